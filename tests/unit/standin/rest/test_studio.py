"""What Dashboard Studio's own code asks for: the paths that its packages of 29.6.0 spell out, and what it reads there."""

from collections.abc import Iterator

import pytest

from serving import Serving, serving

NAMESPACE = "/servicesNS/admin/search/"
# @splunk/dashboard-presets, its data sources and its search bar. The helper of the search bar (shelper) has no part here.
ASKED = [
    ("GET", "authentication/current-context", {}, 200),
    ("GET", "configs/conf-searchbnf", {"count": "0"}, 200),
    ("GET", "data/ui/times", {}, 200),
    ("GET", "saved/searches/Some", {}, 200),
    ("GET", "saved/searches/Some/history", {}, 200),
    ("POST", "saved/searches/Some/dispatch", {"trigger_actions": "0"}, 201),
    ("GET", "search/jobs", {}, 200),
    ("POST", "search/jobs", {"search": "| makeresults"}, 201),
    ("GET", "search/v2/jobs", {}, 200),
    ("GET", "search/timeparser", {"time": "-24h@h"}, 200),
    ("POST", "search/v2/parser", {"parse_only": "true", "q": "search *"}, 200),
    ("GET", "search/shelper", {}, 404),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with a saved search of everybody's."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        form = {"name": "Some", "search": "| makeresults", "dispatch.earliest_time": "-1h"}
        running.post("/servicesNS/nobody/search/saved/searches", **form)
        yield running


@pytest.mark.parametrize(("method", "path", "form", "status"), ASKED, ids=str)
def test_studio_is_answered(served: Serving, method: str, path: str, form: dict[str, str], status: int) -> None:
    """As JSON, in a user's namespace."""
    ask = served.get if method == "GET" else served.post

    assert ask(NAMESPACE + path, **form).status_code == status


def test_a_saved_search_says_what_a_data_source_reads(served: Serving) -> None:
    """`ds.savedSearch` takes these from the entry, and its jobs from the history."""
    entry = served.get(NAMESPACE + "saved/searches/Some").json()["entry"][0]
    sid = served.post(NAMESPACE + "saved/searches/Some/dispatch", trigger_actions="0").json()["sid"]
    history = [one["name"] for one in served.get(NAMESPACE + "saved/searches/Some/history").json()["entry"]]

    assert {"author", "updated", "acl", "content"} <= set(entry)
    names = {"is_scheduled", "next_scheduled_time", "search", "dispatch.earliest_time", "dispatch.latest_time"}
    assert names | {"alert_type", "alert.track", "actions"} <= set(entry["content"])
    assert sid in history
