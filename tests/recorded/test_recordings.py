"""The recordings hold what their labels and their README say; no cluster is needed for that."""

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from cluster.labels import parse_time
from cluster.recordings import Event, events_of, labels_of, recordings
from cluster.scenarios.attacks import ATTACKS
from cluster.scenarios.attacks.crosswalk import LISTS

FOLDER = Path(__file__).parent
RECORDINGS = recordings(FOLDER)
LIMIT_BYTES = 20_000_000
STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")

# What a policy without these requests cannot show: by policy, the steps of which nothing was logged.
NOT_LOGGED: dict[str, set[tuple[str, str]]] = {
    "full": set(),
    "typical": {("A21", "a hunting tool's user agent"), ("N57", "event invented")},
    "metadata": set(),
}


@pytest.fixture(scope="module", params=RECORDINGS)
def name(request: pytest.FixtureRequest) -> str:
    """Name each recording in turn."""
    return str(request.param)


@pytest.fixture(scope="module")
def events(name: str) -> list[Event]:
    """Read one recording, once for all tests of it."""
    return events_of(RECORDINGS[name])


@pytest.fixture(scope="module")
def labels() -> list[Event]:
    """Read all labels."""
    return labels_of(FOLDER)


def test_all_recordings_together_stay_small() -> None:
    """Everything in the folder is at most 20 MB."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= LIMIT_BYTES


def test_every_line_is_an_audit_event_with_an_identity(events: list[Event]) -> None:
    """Each line is one event of audit.k8s.io/v1 with an id, a stage, a verb and a source address."""
    for event in events:
        assert (event["kind"], event["apiVersion"]) == ("Event", "audit.k8s.io/v1")
        assert event["auditID"]
        assert event["stage"] in STAGES
        assert event["sourceIPs"]


def test_stages_of_a_request_keep_their_order(events: list[Event]) -> None:
    """Within one request later stages have later times, none before it was received."""
    stages: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in events:
        assert event["stageTimestamp"] >= event["requestReceivedTimestamp"]
        stages[event["auditID"]].append((STAGES.index(event["stage"]), event["stageTimestamp"]))
    for found in stages.values():
        times = [time for _, time in sorted(found)]
        assert times == sorted(times)


def test_a_recording_is_one_continuous_time(events: list[Event]) -> None:
    """No hole of more than a minute is in a recording."""
    times = sorted(parse_time(event["stageTimestamp"]) for event in events)

    assert all(later - earlier < timedelta(minutes=1) for earlier, later in pairwise(times))


def test_every_label_names_a_request_of_its_actor(name: str, events: list[Event], labels: list[Event]) -> None:
    """A label's audit id is in its recording, made by the label's actor or by nobody who could be authenticated."""
    users: dict[str, set[str]] = defaultdict(set)
    for event in events:
        users[event["auditID"]].add(event["user"].get("username", ""))

    for label in labels:
        if label["recording"] == name:
            assert users[label["auditID"]] <= {label["actor"], ""}


def test_clients_read_most_of_the_ids_that_labels_name(name: str, labels: list[Event]) -> None:
    """Where a client can read its audit id it did: labels by audit id and by actor and time are the same."""
    mine = [label for label in labels if label["recording"] == name]

    assert sum(label["confirmed"] for label in mine) >= len(mine) * 0.5


def test_labels_belong_to_recordings_that_are_there(labels: list[Event]) -> None:
    """No label is left of a recording that is gone."""
    assert {label["recording"] for label in labels} <= RECORDINGS.keys()


def test_ordinary_life_is_an_hour_of_twenty_thousand_events() -> None:
    """The ordinary hour is long and busy enough to measure false alarms on."""
    hour = events_of(RECORDINGS["ordinary-life"])
    times = sorted(parse_time(event["stageTimestamp"]) for event in hour)

    assert len(hour) >= 20_000
    assert times[-1] - times[0] >= timedelta(minutes=59)


@pytest.mark.parametrize("minor", ["1.37", "1.30"])
@pytest.mark.parametrize("policy", ["full", "typical", "metadata"])
def test_every_attack_is_in_every_recording_of_attacks(minor: str, policy: str, labels: list[Event]) -> None:
    """Every step of the script left requests under every policy that logs it, and is labelled with its catalogue id."""
    found = {
        (label["catalogue"], label["step"]) for label in labels if label["recording"] == f"attacks-{minor}-{policy}"
    }

    missing = {(attack.catalogue, attack.name) for attack in ATTACKS} - found
    assert missing <= NOT_LOGGED[policy]


@pytest.mark.parametrize("name", LISTS)
def test_attack_lists_of_others_are_shown(name: str, labels: list[Event]) -> None:
    """Every id that stands for a technique of another list has requests in the recordings."""
    shown = {label["catalogue"] for label in labels}

    assert {one for ids in LISTS[name].values() for one in ids} <= shown
