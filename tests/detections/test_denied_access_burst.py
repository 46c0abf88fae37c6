"""Where the detection of repeated denied access begins and ends to fire, and what it says."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

import build
from detections.conftest import Bench
from detections.made import DETECTIONS, Json, event, found, id_of, identity_of
from standin.knowledge.users import User


def iso(second: float) -> str:
    """Return a time after the beginning as the API server writes it."""
    minutes, rest = divmod(second, 60)
    return f"2026-11-02T{9 + (30 + int(minutes)) // 60:02}:{(30 + int(minutes)) % 60:02}:{rest:09.6f}Z"


def denied(seconds: Sequence[float], **changes: Any) -> list[Json]:  # noqa: ANN401 - JSON
    """Return refused requests at these seconds, each for a secret of its own namespace."""
    return [
        event(
            **(
                {
                    **{
                        "auditID": f"a-{second}",
                        "verb": "list",
                        "requestURI": "/x?limit=5",
                        "stageTimestamp": iso(second),
                    },
                    **{
                        "objectRef": {"resource": "secrets", "namespace": f"n{at % 2}"},
                        "responseStatus": {"code": 403},
                    },
                }
                | changes
            )
        )
        for at, second in enumerate(seconds)
    ]


TEN = [second * 10.0 for second in range(10)]
BURSTS = [
    pytest.param(denied(TEN), 1, id="ten"),
    pytest.param(denied(TEN[:9]), 0, id="nine"),
    pytest.param(denied([*TEN[:9], 599.0]), 1, id="within ten minutes"),
    pytest.param(denied([*TEN[:9], 601.0]), 0, id="just over ten minutes"),
    pytest.param(denied(TEN, responseStatus={"code": 401}, stage="ResponseStarted"), 1, id="401"),
    pytest.param(denied(TEN, responseStatus={"code": 402}), 0, id="402"),
    pytest.param(denied(TEN, responseStatus={"code": 404}, auditID="403"), 0, id="404"),
    pytest.param(denied(TEN, stage="ResponseStarted"), 0, id="not decided"),
    pytest.param(denied(TEN[:5]) + denied(TEN[5:], user={"username": "bob"}), 0, id="two users"),
    pytest.param(denied(TEN, user={"username": "system:anonymous"}), 1, id="nobody from one address"),
    pytest.param(
        denied(TEN[:5], user={"username": "system:anonymous"})
        + denied(TEN[5:], user={"username": "system:anonymous"}, sourceIPs=["10.0.0.2"]),
        0,
        id="nobody from two addresses",
    ),
    pytest.param(
        denied(TEN[:5], user={}) + denied(TEN[5:], user={}, sourceIPs=["10.0.0.2"]), 0, id="unauthenticated from two"
    ),
    pytest.param(denied(TEN[:5]) + denied(TEN[5:], sourceIPs=["10.0.0.2"]), 1, id="a user from two addresses"),
    pytest.param(
        denied(TEN[:5], **{"k8s.cluster.name": "a"}) + denied(TEN[5:], **{"k8s.cluster.name": "b"}),
        0,
        id="two clusters",
    ),
    pytest.param(denied(TEN, user=None), 1, id="a user that is not named"),
    pytest.param(denied(TEN) + denied([second + 3_600 for second in TEN]), 2, id="two bursts"),
    pytest.param(denied([second * 30.0 for second in range(30)]), 1, id="longer than ten minutes"),
]


@pytest.mark.parametrize(("events", "count"), BURSTS)
def test_which_bursts_fire(bench: Bench, events: list[Json], count: int) -> None:
    """Ten refused requests of one user, or from one address of nobody, within ten minutes."""
    assert len(found(bench, "denied_access_burst", events)) == count


TARGETS = [
    ({}, "list secrets in n1"),
    ({"objectRef": {"resource": "nodes"}}, "list nodes"),
    ({"objectRef": {"resource": "pods", "subresource": "log", "namespace": "a"}, "verb": "get"}, None),
    ({"objectRef": {"resource": "pods", "subresource": "status", "namespace": "a"}}, "list pods/status in a"),
    ({"objectRef": None, "requestURI": "/metrics?x=1"}, "list /metrics"),
]


@pytest.mark.parametrize(("change", "what"), TARGETS, ids=id_of)
def test_what_was_asked_for(bench: Bench, change: Json, what: str | None) -> None:
    """Verb, resource with its part, and namespace; else the path without its query."""
    findings = found(bench, "denied_access_burst", denied(TEN, **change))

    assert [finding["what"] for finding in findings] == ([] if what is None else [what])


def test_what_a_burst_says(bench: Bench) -> None:
    """How many of which codes, the most within ten minutes, and, from the threshold on, ten things asked for."""
    wide = [
        one | {"objectRef": {"resource": f"r{at:02}"}, "sourceIPs": [f"10.0.0.{at}"]}
        for at, one in enumerate(denied([second * 10.0 for second in range(21)]))
    ]
    last = denied([210.0], responseStatus={"code": 401}, stage="ResponseStarted", objectRef={"resource": "zz"})

    (finding,) = found(bench, "denied_access_burst", [*wide, *last])

    assert finding["reasons"] == [
        "22 requests refused (401, 403)",
        "most within 10 minutes: 22 (threshold 10)",
        "different things asked for: 22, among them " + "; ".join(f"list r{at:02}" for at in range(9, 19)),
    ]
    assert (finding["count"], finding["what"], finding["src"]) == (22, "list zz", "203.0.113.7")
    assert (finding["first_time"], finding["last_time"]) == ("2026-11-02T09:30:00.000Z", "2026-11-02T09:33:30.000Z")
    assert finding["severity"] == "medium"


def test_a_burst_that_goes_on_says_its_most(bench: Bench) -> None:
    """The count is of the whole burst, the most is of ten minutes."""
    seconds = [*(0.0 + at for at in range(10)), *(590.0 + at for at in range(4))]

    findings = found(bench, "denied_access_burst", denied(seconds))

    assert [(finding["count"], finding["reasons"][1]) for finding in findings] == [
        (14, "most within 10 minutes: 14 (threshold 10)")
    ]


@pytest.mark.parametrize(
    ("change", "actor"),
    [
        ({}, "mallory"),
        ({"user": None}, "unknown"),
        ({"user": {}}, "system:unauthenticated from 203.0.113.7"),
        ({"user": {"username": "system:anonymous"}, "sourceIPs": None}, "system:anonymous from unknown"),
    ],
)
def test_the_identity_is_made_of_these_parts(bench: Bench, change: Json, actor: str) -> None:
    """Cluster, actor and the burst's first time, in this form."""
    (finding,) = found(bench, "denied_access_burst", denied(TEN, **{"k8s.cluster.name": "prod"}, **change))

    assert finding["cluster"] == "prod"
    assert finding["finding_id"] == identity_of("denied_access_burst", "prod", actor, "1793611800.000000")


A = {"k8s.cluster.name": "a"}
B = {"k8s.cluster.name": "b"}
BOB = {"user": {"username": "bob"}}
LATER = [second + 45.0 for second in TEN]
HOUR = [second + 3_600.0 for second in TEN]
OTHERS = [pytest.param({}, BOB, id="another user"), pytest.param(A, B, id="the same user of another cluster")]


def said(findings: Sequence[Json]) -> list[tuple[str, str, int, str, str]]:
    """Return who did how much, and from when to when within the day."""
    return [
        (one["cluster"], one["user"], one["count"], one["first_time"][11:19], one["last_time"][11:19])
        for one in findings
    ]


@pytest.mark.parametrize(("one", "other"), OTHERS)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(TEN, LATER, id="one after the other"),
        pytest.param([*TEN, *(at + 100.0 for at in TEN)], [at + 5.0 for at in TEN], id="one within the other"),
    ],
)
def test_bursts_at_the_same_time_are_told_apart(
    bench: Bench, one: Json, other: Json, first: list[float], second: list[float]
) -> None:
    """Requests of somebody else between those of a burst neither count in it nor cut it into two."""
    events = denied(first, **one) + denied(second, **other)

    findings = said(found(bench, "denied_access_burst", events))

    alone = [
        said(found(bench, "denied_access_burst", denied(at, **who))) for at, who in ((first, one), (second, other))
    ]
    assert findings == [finding for findings in alone for finding in findings]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_a_burst_of_another_does_not_join_two(bench: Bench, one: Json, other: Json) -> None:
    """Two bursts of one user an hour apart stay two when somebody else's ends where the second begins."""
    events = denied([*TEN, *HOUR], **one) + denied([at + 3_555.0 for at in TEN], **other)

    findings = said(found(bench, "denied_access_burst", events))

    times = [("09:30:00", "09:31:30"), ("10:29:15", "10:30:45"), ("10:30:00", "10:31:30")]
    assert [finding[2:] for finding in findings] == [(10, *each) for each in times]


@pytest.mark.parametrize("turned", [False, True], ids=["in order", "out of order"])
def test_a_long_burst_is_told_whole(bench: Bench, turned: bool) -> None:
    """From the first request to the last and all between, in whatever order they came."""
    events = denied([at * 30.0 for at in range(40)])

    (finding,) = found(bench, "denied_access_burst", events[::-1] if turned else events)

    assert said([finding]) == [("unknown", "mallory", 40, "09:30:00", "09:49:30")]
    assert finding["reasons"][1] == "most within 10 minutes: 20 (threshold 10)"
    assert finding["what"] == "list secrets in n1"


def test_only_events_with_the_codes_in_their_text_are_read(bench: Bench) -> None:
    """The words 401 and 403 are searched for first, so that an index need not read what was allowed."""
    allowed = denied([second + 1.0 for second in TEN], responseStatus={"code": 200})
    head = bench.head_with([json.dumps(one).encode() + b"\n" for one in denied(TEN) + allowed])
    user = User.of(head.configuration, "admin", ["admin"])
    search = head.configuration.stanza("savedsearches", DETECTIONS["denied_access_burst"].stanza, build.APP)["search"]

    cost = head.cost(head.search(search.value, user=user, app=build.APP), user=user, app=build.APP)

    assert (cost.read, cost.events) == (10, 20)
