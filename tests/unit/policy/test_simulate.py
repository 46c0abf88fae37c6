"""Replaying logs: the counts are the engine's, whatever the shape of the log, and what cannot be known is said."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster.recordings import recording, text_of
from kube_audit.errors import BadInput
from kube_audit.policy.load import load_text
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import LEVELS
from kube_audit.policy.replay import request_of
from kube_audit.policy.simulate.compare import Comparison
from kube_audit.policy.simulate.events import Event, Reader, Reference
from kube_audit.policy.simulate.report import Logs, Report, as_text, make_report
from kube_audit.policy.simulate.tally import Tally
from policy_cases import REPOSITORY, policy_text

LOGS = Logs(0, 0, 0, 100, 100)


def event(verb: str = "get", uri: str = "/api/v1/namespaces/a/pods/p", **more: object) -> Dict[str, Any]:
    """Make an audit event of an ordinary user."""
    return {
        "kind": "Event",
        "stage": "ResponseComplete",
        "level": "Metadata",
        "verb": verb,
        "requestURI": uri,
        "user": {"username": "u", "groups": ["g"]},
        "objectRef": {"resource": "pods", "namespace": "a", "name": "p"},
        "stageTimestamp": "2026-11-24T10:00:00.000000Z",
        **more,
    }


def replay(policy: str, events: List[Dict[str, Any]], folder: Path) -> Tuple[Tally, Reader]:
    """Write events to a log and replay it."""
    log = folder / "audit.log"
    log.write_text("".join(json.dumps(each) + "\n" for each in events))
    tally, reader = Tally(load_text(policy).policy), Reader()
    for line in reader.read(log):
        tally.add(line.event, line.size)
    return tally, reader


def report_of(policy: str, events: List[Dict[str, Any]], folder: Path) -> Report:
    """Replay events and report on them."""
    tally, _reader = replay(policy, events, folder)
    return make_report(load_text(policy), tally, LOGS._replace(events=len(events)))


def test_events_are_counted_by_rule(tmp_path: Path) -> None:
    """Each event counts for the rule that decides, with its bytes as they stand in the log."""
    policy = policy_text("{level: None, verbs: [watch]}", "{level: Metadata}")
    events = [event(), event("watch", "/api/v1/pods?watch=1"), event()]

    report = report_of(policy, events, tmp_path)

    assert [(rule.seen, rule.kept) for rule in report.rules] == [(1, 0), (2, 2)]
    assert report.kept_bytes == 2 * (len(json.dumps(event())) + 1)
    assert [(lost.verb, lost.events) for lost in report.lost] == [("watch", 1)]


def test_bodies_are_taken_off_when_the_level_falls(tmp_path: Path) -> None:
    """An event with bodies shrinks by exactly its bodies under a lower level."""
    body = {"kind": "Pod", "spec": {"x": "y" * 50}}
    full = event(
        "create", "/api/v1/namespaces/a/pods", level="RequestResponse", requestObject=body, responseObject=body
    )
    compact = {key: value for key, value in full.items() if key not in ("requestObject", "responseObject")}

    tally, _reader = replay(policy_text("{level: Metadata}"), [full], tmp_path)

    # Written by json.dumps, which puts a blank after colons and commas: two more for each body.
    assert tally.counts[0].kept_bytes == len(json.dumps(compact)) + 1 + 4


def test_a_higher_level_is_said_to_be_unknown(tmp_path: Path) -> None:
    """Bodies that the log does not have are not made up; a note says how many events would grow."""
    report = report_of(policy_text("{level: Request}"), [event()], tmp_path)

    assert report.kept_bytes == len(json.dumps(event())) + 1
    assert any(note.startswith("1 events would carry bodies that the log does not have") for note in report.notes)


def test_names_that_were_filled_in_later_do_not_count(tmp_path: Path) -> None:
    """A create whose objectRef got its name from the body still has none for the policy: the URI decides."""
    created = event(
        "create", "/api/v1/namespaces/a/pods", objectRef={"resource": "pods", "name": "p", "namespace": "a"}
    )
    policy = policy_text("{level: None, resources: [{resources: [pods], resourceNames: [p]}]}", "{level: Metadata}")

    report = report_of(policy, [created], tmp_path)

    assert [(rule.seen, rule.kept) for rule in report.rules] == [(0, 0), (1, 1)]


def test_failed_logins_have_no_user(tmp_path: Path) -> None:
    """A 401 (empty user) matches no rule about users, and only ResponseStarted exists of it."""
    failed = event(user={}, stage="ResponseStarted", responseStatus={"code": 401})
    policy = policy_text("{level: None, userGroups: ['system:unauthenticated', g]}", "{level: Metadata}")

    assert report_of(policy, [failed], tmp_path).rules[1].kept == 1


def test_omitted_stages_are_not_lost_requests(tmp_path: Path) -> None:
    """Leaving RequestReceived out loses no request: it is a note, not a loss."""
    policy = policy_text("{level: Metadata}", head="omitStages: [RequestReceived]\n")

    report = report_of(policy, [event(stage="RequestReceived"), event()], tmp_path)

    assert (report.kept, report.lost) == (1, ())
    assert any("RequestReceived are omitted" in note for note in report.notes)


def test_a_day_and_retention_follow_from_the_span(tmp_path: Path) -> None:
    """1,000 bytes an hour are 24,000 a day; 101 files of 100 MB last accordingly."""
    first, last = event(), event(stageTimestamp="2026-11-24T12:00:00.000000Z")

    report = report_of(policy_text("{level: Metadata}"), [first, last], tmp_path)

    assert report.gb_a_day == pytest.approx(report.kept_bytes * 12 / 1e9)
    assert report.retention_hours == pytest.approx(101 * 100e6 / (report.kept_bytes / 2))
    assert "retention on disk" in as_text(report, "p")


def test_retention_is_told_without_each_rule(tmp_path: Path) -> None:
    """The log files last as long as the other rules let them; without the only rule they last for ever."""
    first, last = event(verb="get"), event(verb="list", stageTimestamp="2026-11-24T12:00:00.000000Z")
    events = [first, last]

    report = report_of(policy_text("{level: Metadata, verbs: [get]}", "{level: Metadata}"), events, tmp_path)
    alone = report_of(policy_text("{level: Metadata}"), events, tmp_path)

    getting, rest = report.rules
    assert getting.retention_hours_without == pytest.approx(101 * 100e6 / (rest.kept_bytes / 2))
    assert alone.rules[0].retention_hours_without is None


def test_lists_of_the_webhook_and_packed_logs_are_read(tmp_path: Path) -> None:
    """An EventList on a line counts each item; a gzip file is unpacked; junk is counted and left out."""
    log = tmp_path / "audit.log.gz"
    lines = [
        json.dumps({"kind": "EventList", "items": [event(), event("list")]}),
        json.dumps(event()),
        "junk",
        "[]",
        "",
    ]
    log.write_bytes(gzip.compress("\n".join(lines).encode()))
    reader = Reader()

    events = [line.event.verb for line in reader.read(log)]

    assert (events, reader.unusable) == (["get", "list", "get"], 2)
    assert reader.read_bytes == log.stat().st_size


def test_a_broken_archive_is_bad_input(tmp_path: Path) -> None:
    """A file that ends in .gz and is none is named."""
    log = tmp_path / "audit.log.gz"
    log.write_bytes(b"not gzip")

    with pytest.raises(BadInput, match=r"audit\.log\.gz: cannot be read"):
        list(Reader().read(log))


VERBS = {"get": "", "list": "", "watch": "?watch=1", "create": "", "update": "", "patch": "", "delete": ""}
RULES = st.lists(
    st.fixed_dictionaries(
        {"level": st.sampled_from(list(LEVELS))},
        optional={
            "users": st.lists(st.sampled_from(["u", "v"]), min_size=1, max_size=1),
            "verbs": st.lists(st.sampled_from(list(VERBS)), min_size=1, max_size=2),
            "namespaces": st.lists(st.sampled_from(["a", "b", ""]), min_size=1, max_size=2),
            "resources": st.lists(
                st.fixed_dictionaries(
                    {
                        "group": st.just(""),
                        "resources": st.sampled_from([["pods"], ["pods", "secrets"], ["pods/exec"]]),
                    },
                    optional={"resourceNames": st.lists(st.sampled_from(["p", "q"]), min_size=1, max_size=1)},
                ),
                min_size=1,
                max_size=2,
            ),
        },
    ),
    min_size=1,
    max_size=4,
)


@given(RULES, st.integers())
@settings(max_examples=100, deadline=None)
def test_the_memo_changes_nothing(rules: List[Dict[str, Any]], seed: int) -> None:
    """Deciding by shape gives what deciding every event gives, for any policy and any order of events."""
    policy = load_text(json.dumps({"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": rules})).policy
    chance = random.Random(seed)  # noqa: S311 (chooses test cases)
    tally, evaluator = Tally(policy), Evaluator(policy)
    expected: Dict[int, int] = {}
    for _number in range(60):
        verb, resource = chance.choice(list(VERBS)), chance.choice(["pods", "secrets"])
        namespace, name = chance.choice(["/namespaces/a", "/namespaces/b", ""]), chance.choice(["p", "q"])
        named = verb in ("get", "update", "patch", "delete")
        uri = f"/api/v1{namespace}/{resource}{'/' + name if named else ''}{VERBS[verb]}"
        user = chance.choice(["u", "v", "w", ""])
        one = Event("ResponseComplete", uri, verb)
        one.user.username = user
        one.objectRef = Reference(resource)
        tally.add(one, 1)
        request = request_of(verb, uri, user or None, ())
        assert request is not None and request.verb == verb
        decision = evaluator.decide(request)
        rule = -1 if decision.rule is None else decision.rule
        expected[rule] = expected.get(rule, 0) + 1

    assert {rule: count.seen for rule, count in tally.counts.items()} == expected


def test_two_policies_are_compared() -> None:
    """What only one of two policies records is listed with an example."""
    new, old = (Tally(load_text(policy_text(f"{{level: {level}}}")).policy) for level in ("None", "Metadata"))
    comparison = Comparison(new, old)

    for stage in ("RequestReceived", "ResponseComplete"):
        comparison.add(Event(stage, "/healthz", "get"), 10)

    assert [(change.what, change.events, change.example) for change in comparison.lost()] == [
        ("/healthz", 1, "/healthz")
    ]
    assert comparison.gained() == ()


def run(*arguments: str) -> Tuple[int, str, str]:
    """Run the command: exit code, output, errors."""
    call = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", "simulate", *arguments]
    done = subprocess.run(call, capture_output=True, text=True, check=False, cwd=REPOSITORY, env={"PYTHONPATH": "bin"})
    return done.returncode, done.stdout, done.stderr


def test_the_command_replays_the_recording(tmp_path: Path) -> None:
    """The command replays a recording of the laboratory under two policies, as text and as JSON."""
    new, old = tmp_path / "new.yaml", tmp_path / "old.yaml"
    new.write_text(policy_text("{level: None, verbs: [get, list, watch]}", "{level: Metadata}"))
    old.write_text(policy_text("{level: Metadata}"))
    log = str(tmp_path / "audit.log")
    Path(log).write_bytes(text_of(recording("attacks-1.37-full")))

    status, said, errors = run("--policy", str(new), "--against", str(old), log)
    _status, found, _errors = run("--policy", str(new), "--format", "json", log)

    assert (status, errors.startswith("replaying")) == (0, True)
    assert "GB of licence" in said and "recorded by the second policy and lost with the first" in said
    (report,) = json.loads(found)["policies"]
    assert sum(rule["seen"] for rule in report["rules"]) == report["logs"]["events"] > 1000


def test_the_command_refuses_bad_input(tmp_path: Path) -> None:
    """A policy that the API server would refuse and an unreadable log end with 2 and one line."""
    policy = tmp_path / "p.yaml"
    policy.write_text("rules: []")

    status, _said, errors = run("--policy", str(policy), str(policy))

    assert status == 2
    assert errors.splitlines()[-1].startswith(f"kube-audit: {policy}:1:1: unknown group version")
