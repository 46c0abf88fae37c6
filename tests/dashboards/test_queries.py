"""Every search of every panel and input runs, finds something in the sample, and brings the fields that are shown."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from dashboards import sample
from dashboards.instance import Instance, Rows
from dashboards.lint import TOKEN, texts
from dashboards.views import View, read_views

APP = "kube_audit"
NUMBERS_FROM = {"splunk.singlevalue": 0, "splunk.bar": 1, "splunk.column": 1}
SERIES = re.compile(r'seriesByName\("([^"]+)"\)')


class Use(NamedTuple):
    """A panel or an input, and one data source that it reads."""

    view: View
    name: str
    item: Mapping[str, Any]
    source: str


def uses() -> Iterator[Use]:
    """Yield every use of a data source by what is on screen."""
    for view in read_views():
        for section in ("visualizations", "inputs"):
            for name, item in view.definition.get(section, {}).items():
                for source in item.get("dataSources", {}).values():
                    yield Use(view, name, item, source)


def token_values(view: View) -> dict[str, str]:
    """Return what each token of a view is before anybody touched an input."""
    values = {"env:app": APP, "env:user": "admin"}
    for item in view.definition.get("inputs", {}).values():
        token, default = item["options"]["token"], item["options"].get("defaultValue", "")
        if item["type"] == "input.timerange":
            values[f"{token}.earliest"], _, values[f"{token}.latest"] = default.partition(",")
        else:
            values[token] = default
    return values


def filled(view: View, text: str) -> str:
    """Replace tokens as Dashboard Studio does; the filter `|s` puts the value in quotes."""
    values = token_values(view)

    def value(match: re.Match[str]) -> str:
        quote = '"' if match.group().endswith("|s$") else ""
        return quote + values[match.group(1)] + quote

    return TOKEN.sub(value, text)


def search_chain(view: View, source: str) -> tuple[str, str]:
    """Return the base search of a data source and what is run on its results."""
    options = view.definition["dataSources"][source]["options"]
    if "extend" not in options:
        return source, ""
    base, above = search_chain(view, options["extend"])
    return base, f"{above}\n{options['query']}".strip()


def as_sent(search: str) -> str:
    """Put the implied search command in front, as Dashboard Studio does."""
    return search if search.startswith("|") else f"search {search}"


def answer(instance: Instance, use: Use) -> Rows:
    """Ask for the data of one use, by its base search and a post-process."""
    base, post_process = search_chain(use.view, use.source)
    definition = use.view.definition
    own = definition["dataSources"][base]["options"]
    times = {**definition["defaults"]["dataSources"]["ds.search"]["options"], **own}["queryParameters"]
    bounds = {f"{name}_time": filled(use.view, value) for name, value in times.items()}
    sid = instance.dispatch(APP, as_sent(filled(use.view, own["query"])), **bounds)
    return instance.results(sid, filled(use.view, post_process))


def fields_shown(item: Mapping[str, Any]) -> set[str]:
    """Return the fields that an item names: in its expressions, and as formatted columns."""
    named = {name for text in texts(item) for name in SERIES.findall(text)}
    return named | set(item.get("options", {}).get("columnFormat", {}))


@pytest.mark.parametrize("use", list(uses()), ids=lambda use: f"{use.view.name}-{use.name}")
def test_a_panel_gets_what_it_shows(instance: Instance, use: Use) -> None:
    """The search finds rows in the sample, every field that the panel names is there, and charts get numbers."""
    found = answer(instance, use)

    assert found.rows, "the search found nothing"
    assert fields_shown(use.item) - set(found.fields) == set()
    for name in found.fields[NUMBERS_FROM.get(use.item["type"], len(found.fields)) :]:
        assert all(float(row[name]) >= 0 for row in found.rows if name in row), f"{name} is no number"


def test_the_requests_are_counted_once(instance: Instance) -> None:
    """The overview's counts are those of the sample: each request once, refused ones by code 401 and 403."""
    (view,) = [view for view in read_views() if view.name == "kube_audit_overview"]
    rows = {name: answer(instance, Use(view, name, {}, name)).rows for name in ("ds_total", "ds_denied", "ds_clusters")}

    assert rows["ds_total"] == [{"requests": str(sample.REQUESTS)}]
    assert rows["ds_denied"] == [{"denied": str(sample.DENIED)}]
    assert {row["cluster"] for row in rows["ds_clusters"]} == sample.CLUSTERS


@pytest.fixture(scope="module")
def analyst(instance: Instance) -> Instance:
    """Return the stand-in as an analyst sees it, who has no other role."""
    user = ("ann", "a password of a test")
    instance.call("POST", "/services/authentication/users", name=user[0], password=user[1], roles="kube_audit_analyst")
    return instance._replace(user=user)


@pytest.mark.parametrize("view", read_views(), ids=lambda view: view.name)
def test_an_analyst_sees_what_an_administrator_sees(instance: Instance, analyst: Instance, view: View) -> None:
    """The role of an analyst is enough for every panel and input of a dashboard, and hides nothing."""
    analyst.call("GET", f"/servicesNS/-/{APP}/data/ui/views/{view.name}")
    shown = [use for use in uses() if use.view == view]

    differing = [use.name for use in shown if answer(analyst, use) != answer(instance, use)]

    assert shown
    assert differing == []
