"""What the searches of a dashboard answer, against counts that are made in Python from the events that were indexed."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

import build as app_build
from dashboards.sample import NOW, SEVERITIES, Kind, audit_event, finding
from dashboards.test_queries import as_sent, filled, search_chain
from dashboards.views import View, read_views
from standin.conf import Configuration
from standin.environment import Row, TimeBounds
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

ROOT = Path(__file__).parents[2]
AUDIT = Origin("kube_audit", "cp-1", "/var/log/kubernetes/audit.log", "kube:apiserver:audit")
ELSEWHERE = AUDIT._replace(index="main")
WRITTEN = Origin("kube_audit_findings", "sh-1", "kube_audit:finding", "stash")
OTHER = AUDIT._replace(sourcetype="some:other")
RBAC = "rbac.authorization.k8s.io"
HOUR_S = 3600
ASKED_S = 9000  # 300 bins of 30 s


class Case(NamedTuple):
    """A request, how often it is made, and what the dashboard has to call it."""

    kind: Kind
    outcome: str = "succeeded"
    sensitive: str = "none"
    times: int = 1
    without: tuple[str, ...] = ()

    @property
    def user(self) -> str:
        """Return who it is counted for."""
        return "unknown" if "user" in self.without else self.kind.user or "system:unauthenticated"

    @property
    def address(self) -> str:
        """Return where it is counted as coming from."""
        return "unknown" if "sourceIPs" in self.without else f"10.0.{self.kind.every // 100}.{self.kind.every % 100}"

    def event(self) -> str:
        """Return the event; code 0 stands for a request that was never answered."""
        document = audit_event(NOW - HOUR_S, self.kind) | {"sourceIPs": [self.address]}
        without = {*self.without, *(() if self.kind.code else ("responseStatus",))}
        return json.dumps({key: value for key, value in document.items() if key not in without})


CASES = [
    Case(Kind(1, "a", "list", "pods"), times=5),
    Case(Kind(1, "a", "get", "pods", 399)),
    Case(Kind(1, "a", "get", "pods", 400), "client error"),
    Case(Kind(1, "a", "get", "pods", 499), "client error"),
    Case(Kind(2, "a", "get", "pods", 402), "client error"),
    Case(Kind(2, "a", "get", "pods", 404), "client error"),
    Case(Kind(2, "a", "get", "pods", 500), "server error"),
    Case(Kind(2, "a", "get", "pods", 501), "server error"),
    Case(Kind(2, "a", "get", "pods", 0), "no answer", times=2),
    Case(Kind(3, "", "get", "pods", 401, stage="ResponseStarted"), "unauthenticated", times=20),
    Case(Kind(3, "b", "get", "nodes", 403), "denied", times=4),
    Case(Kind(4, "b", "get", "nodes", 403), "denied", times=8),
    Case(Kind(3, "b", "get", "pods", 101, "exec", stage="ResponseStarted"), sensitive="exec", times=2),
    Case(Kind(4, "b", "get", "pods", 101, "attach", stage="ResponseStarted"), sensitive="exec", times=3),
    Case(Kind(4, "c", "create", "pods", 101, "portforward", stage="ResponseStarted"), sensitive="exec"),
    Case(Kind(4, "c", "get", "nodes", 200, "proxy", stage="ResponseStarted"), sensitive="exec"),
    Case(Kind(4, "c", "create", "widgets", 201, "exec", stage="ResponseStarted"), sensitive="none"),
    Case(Kind(5, "c", "get", "pods", 200, "log", stage="ResponseStarted"), sensitive="none"),
    Case(Kind(5, "c", "list", "secrets", cluster="staging"), sensitive="secrets", times=2),
    Case(Kind(5, "d", "create", "serviceaccounts", 201, "token"), sensitive="tokens", times=3),
    Case(Kind(5, "d", "get", "serviceaccounts"), sensitive="none"),
    Case(Kind(5, "d", "get", "secrets"), sensitive="secrets"),
    Case(Kind(5, "e", "list", "secrets"), sensitive="secrets"),
    Case(Kind(7, "rbac create", "get", "secrets", cluster="staging"), sensitive="secrets"),
    Case(Kind(6, "d", "create", "tokenreviews", 201, "token"), sensitive="none"),
    Case(Kind(6, "d", "get", "roles", group=RBAC), sensitive="none"),
    *(
        Case(Kind(7, f"rbac {verb}", verb, "roles", group=RBAC, cluster="staging"), sensitive="rbac")
        for verb in ("create", "update", "patch", "delete", "deletecollection")
    ),
    Case(Kind(8, "d", "create", "roles", group="apps"), sensitive="none"),
    Case(Kind(9, "nobody", "get", "pods"), without=("user", "sourceIPs")),
    *(Case(Kind(10 + at, f"user {at}", "get", "pods", 403), "denied", times=at) for at in range(5, 14)),
    *(Case(Kind(100 + at, "scanner", "get", "pods", cluster="lab")) for at in range(60)),
]
NOT_COUNTED = [
    Case(Kind(1, "a", "get", "pods", 101, "exec", stage="ResponseComplete")),  # it was counted when it began
    Case(Kind(1, "a", "list", "pods", stage="ResponseStarted")),
]
FINDINGS = [  # severity, cluster, how many; each is written twice, as a run that was repeated does
    ("critical", "prod", 3),
    ("critical", "staging", 1),
    ("high", "prod", 2),
    ("medium", "staging", 5),
    ("low", "prod", 104),
]


@pytest.fixture(scope="module")
def head(tmp_path_factory: pytest.TempPathFactory) -> SearchHead:
    """Return a search head of the app with the cases and the findings indexed."""
    app = app_build.stage(ROOT, tmp_path_factory.mktemp("app") / app_build.APP)
    store = Store()
    for index in ("kube_audit", "kube_audit_findings", "main"):
        store.create_index(index)
    head = SearchHead(Configuration.load([app]), store, lambda: float(NOW))
    for origin, cases in ((AUDIT, [*counted(), *NOT_COUNTED]), (ELSEWHERE, CASES[:3]), (OTHER, CASES[:3])):
        for case in cases:
            text = case.event() if origin is not OTHER else json.dumps({**json.loads(case.event()), "cluster": "prod"})
            head.pipeline.index_hec_event(text, origin, NOW - HOUR_S, {"kube_audit_cluster": case.kind.cluster})
    for at, (severity, cluster) in enumerate(findings()):
        text = json.dumps(finding(at, severity) | {"cluster": cluster})
        for _ in range(2):
            head.pipeline.index_hec_event(text, WRITTEN, NOW - 60.0 - at)
    foreign = WRITTEN._replace(source="somebody else")
    head.pipeline.index_hec_event(json.dumps(finding(999, "critical")), foreign, NOW - 60.0)
    return head


def findings() -> list[tuple[str, str]]:
    """Return severity and cluster of each finding, the newest first."""
    return [(severity, cluster) for severity, cluster, number in FINDINGS for _ in range(number)]


Ask = Callable[..., list[Row]]


@pytest.fixture
def ask(head: SearchHead) -> Ask:
    """Return a function that runs a data source of the overview with all that it extends."""
    (view,) = [view for view in read_views() if view.name == "kube_audit_overview"]
    # Whose searches look into other indexes by default: the dashboard must name its own.
    user = User.of(head.configuration, "ann", ["kube_audit_analyst", "power"])

    def run(source: str, cluster: str = "*") -> list[Row]:
        base, above = search_chain(view, source)
        query = as_sent(view.definition["dataSources"][base]["options"]["query"])
        text = filled(_with_cluster(view, cluster), "\n".join(part for part in (query, above) if part))
        return head.search(text, user=user, app=app_build.APP, bounds=TimeBounds(NOW - ASKED_S, float(NOW))).rows

    return run


def _with_cluster(view: View, cluster: str) -> View:
    definition = json.loads(json.dumps(view.definition))
    definition["inputs"]["input_cluster"]["options"]["defaultValue"] = cluster
    return view._replace(definition=definition)


def table(rows: Iterable[Row], *names: str) -> list[tuple[str, ...]]:
    """Return some columns of all rows as text."""
    return [tuple(str(row.get(name, "")) for name in names) for row in rows]


def counted(cluster: str = "*") -> list[Case]:
    """Return each request of a cluster."""
    return [case for case in CASES for _ in range(case.times) if cluster in ("*", case.kind.cluster)]


def test_every_request_has_one_outcome_and_one_sensitivity(ask: Ask) -> None:
    """Requests are counted once, by cluster, user, address, what became of them and how much they matter."""
    rows = ask("ds_requests")

    wanted = Counter((c.kind.cluster, c.user, c.address, c.outcome, c.sensitive) for c in counted())
    found = table(rows, "cluster", "user", "src", "outcome", "sensitive", "count")
    assert {row[:-1]: int(row[-1]) for row in found} == wanted


def refused(cases: Iterable[Case]) -> list[Case]:
    """Return the requests that were not allowed."""
    return [case for case in cases if case.outcome in ("denied", "unauthenticated")]


def most(counts: Counter[str]) -> list[tuple[str, int]]:
    """Return what was counted, the most frequent first."""
    return sorted(counts.items(), key=lambda pair: -pair[1])


@pytest.mark.parametrize("cluster", ["*", "prod", "staging"])
def test_the_numbers_on_top(ask: Ask, cluster: str) -> None:
    """Requests, refused requests and users of the chosen cluster."""
    requests = counted(cluster)

    assert table(ask("ds_total", cluster), "requests") == [(str(len(requests)),)]
    assert table(ask("ds_denied", cluster), "denied") == [(str(len(refused(requests))),)]
    assert table(ask("ds_users", cluster), "users") == [(str(len({case.user for case in requests})),)]


def test_the_clusters_to_choose_from(ask: Ask) -> None:
    """All of them in the order of their names, each with its requests."""
    wanted = sorted(Counter(case.kind.cluster for case in counted()).items())

    assert table(ask("ds_clusters"), "cluster", "requests") == [(name, str(count)) for name, count in wanted]


@pytest.mark.parametrize("cluster", ["*", "staging"])
def test_requests_over_time(ask: Ask, cluster: str) -> None:
    """One column an outcome, whose sum is the requests that ended in it; bins of 30 s fill the time asked for."""
    rows = ask("ds_over_time", cluster)

    wanted = Counter(case.outcome for case in counted(cluster))
    sums = {name: sum(int(str(row.get(name, 0))) for row in rows) for name in wanted}
    assert sums == wanted
    assert {name for row in rows for name in row} - {"_time", "_span"} == set(wanted)
    assert len(rows) == 300  # as many as a chart may have


@pytest.mark.parametrize("cluster", ["*", "prod", "staging"])
def test_who_is_refused_most(ask: Ask, cluster: str) -> None:
    """The eight users with most refused requests, and how many."""
    wanted = most(Counter(case.user for case in refused(counted(cluster))))

    found = table(ask("ds_denied_users", cluster), "user", "requests")

    assert [int(count) for _, count in found] == [count for _, count in wanted][:8]
    assert set(found) <= {(user, str(count)) for user, count in wanted}


@pytest.mark.parametrize("cluster", ["*", "prod", "staging"])
def test_who_does_what_matters(ask: Ask, cluster: str) -> None:
    """The eight users with most sensitive requests, each kind in a column of its own."""
    sensitive = [case for case in counted(cluster) if case.sensitive != "none"]
    totals = most(Counter(case.user for case in sensitive))
    by_kind = Counter((case.user, case.sensitive) for case in sensitive)

    rows = ask("ds_sensitive", cluster)

    found = table(rows, "user", "exec", "secrets", "tokens", "rbac")
    kinds = ("exec", "secrets", "tokens", "rbac")
    assert [sum(map(int, counts)) for _, *counts in found] == [count for _, count in totals][:8]
    assert set(found) <= {(user, *(str(by_kind[user, kind]) for kind in kinds)) for user, _ in totals}
    assert all(list(row) == ["user", *kinds] for row in rows)


@pytest.mark.parametrize("cluster", ["*", "prod", "lab"])
def test_where_requests_come_from(ask: Ask, cluster: str) -> None:
    """The fifty addresses with most requests, how many were refused, and how many users each has."""
    requests = counted(cluster)
    totals = most(Counter(case.address for case in requests))
    denied = Counter(case.address for case in refused(requests))
    users = {address: len({case.user for case in requests if case.address == address}) for address, _ in totals}

    found = table(ask("ds_sources", cluster), "src", "requests", "denied", "users")

    assert [int(count) for _, count, *_ in found] == [count for _, count in totals][:50]
    assert set(found) <= {(at, str(count), str(denied[at]), str(users[at])) for at, count in totals}


@pytest.mark.parametrize("cluster", ["*", "prod", "staging"])
@pytest.mark.parametrize("severity", SEVERITIES)
def test_findings_are_counted_once(ask: Ask, severity: str, cluster: str) -> None:
    """Each finding of ours counts once for its severity, however often it was written."""
    wanted = sum(each == severity and cluster in ("*", where) for each, where in findings())

    assert table(ask(f"ds_{severity}", cluster), "count") == [(str(wanted),)]


def test_the_latest_findings(ask: Ask) -> None:
    """The hundred newest, newest first, with what an analyst reads first."""
    rows = ask("ds_latest")

    columns = ["_time", "severity", "detection", "cluster", "user", "what", "src", "count"]
    assert [name for name in rows[0] if name in columns] == list(rows[0]) == columns
    assert table(rows, "severity", "cluster") == findings()[:100]
    assert [row["_time"] for row in rows] == sorted((row["_time"] for row in rows), reverse=True)
