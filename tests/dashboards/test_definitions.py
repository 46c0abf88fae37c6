"""Dashboards are right before anybody opens them: Studio's own validator, and a lint for what it lets through."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dashboards.lint import problems
from dashboards.views import View, read_schema, read_views, studio_problems

VIEWS = read_views()
Mutation = Callable[[dict[str, Any]], object]

every_view = pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)


@every_view
@pytest.mark.usefixtures("renderer")
def test_studio_accepts_the_definition(view: View) -> None:
    """Dashboard Studio's own validator has nothing to say about a view."""
    (found,) = studio_problems([view.definition])

    assert found == []


@every_view
@pytest.mark.usefixtures("renderer")
def test_the_lint_accepts_the_definition(view: View) -> None:
    """A view has none of the mistakes that the validator misses, and keeps the rules of this app."""
    assert problems(view.definition, read_schema()) == []


@every_view
def test_the_label_is_the_title(view: View) -> None:
    """The navigation and the dashboard call a view by one name."""
    assert view.label == view.definition["title"]


def sample() -> dict[str, Any]:
    """Return a small valid definition to break."""
    return {
        "title": "Sample",
        "inputs": {"input_time": {"type": "input.timerange", "options": {"token": "time", "defaultValue": "-1h,now"}}},
        "dataSources": {
            "ds_all": {"type": "ds.search", "name": "All", "options": {"query": "`events` | stats count by user"}},
            "ds_top": {"type": "ds.chain", "name": "Top", "options": {"extend": "ds_all", "query": "| head 5"}},
        },
        "visualizations": {
            "viz_top": {
                "type": "splunk.bar",
                "dataSources": {"primary": "ds_top"},
                "options": {"legendDisplay": "off"},
            },
            "viz_one": {"type": "splunk.singlevalue", "dataSources": {"primary": "ds_top"}, "options": {}},
        },
        "layout": {
            "type": "absolute",
            "options": {"width": 800, "height": 600},
            "globalInputs": ["input_time"],
            "structure": [
                {"item": name, "type": "block", "position": {"x": 0, "y": 0, "w": 400, "h": 300}}
                for name in ("viz_top", "viz_one")
            ],
        },
    }


def broken(mutation: Mutation) -> dict[str, Any]:
    """Return the sample with one mistake in it."""
    definition = copy.deepcopy(sample())
    mutation(definition)
    return definition


def place_nothing(definition: dict[str, Any]) -> None:
    """Put a panel into the layout that is not defined."""
    position = {"x": 0, "y": 0, "w": 1, "h": 1}
    definition["layout"]["structure"].append({"item": "viz_no", "type": "block", "position": position})


STUDIO_CATCHES: dict[str, Mutation] = {
    "visualization type": lambda d: d["visualizations"]["viz_top"].update(type="splunk.barr"),
    "option value": lambda d: d["visualizations"]["viz_top"]["options"].update(legendDisplay="sideways"),
    "colour": lambda d: d["visualizations"]["viz_one"]["options"].update(majorColor="redish"),
    "panel not defined": place_nothing,
    "data source type": lambda d: d["dataSources"]["ds_all"].update(type="ds.serch"),
    "no layout": lambda d: d.pop("layout"),
    "input not defined": lambda d: d["layout"]["globalInputs"].append("input_no"),
}

LINT_CATCHES: dict[str, Mutation] = {
    "visualization option": lambda d: d["visualizations"]["viz_top"]["options"].update(yAxisTitelText="x"),
    "data source of a panel": lambda d: d["visualizations"]["viz_top"]["dataSources"].update(primary="ds_no"),
    "base of a chain": lambda d: d["dataSources"]["ds_top"]["options"].update(extend="ds_no"),
    "token": lambda d: d["dataSources"]["ds_all"]["options"].update(query="`events` user=$nobody|s$"),
    "data source option": lambda d: d["dataSources"]["ds_all"]["options"].update(querry="x"),
    "root key": lambda d: d.update(vizualizations={}),
    "deprecated option": lambda d: d["visualizations"]["viz_one"]["options"].update(shouldSparklineAcceptNullData=True),
    "unused data source": lambda d: d["dataSources"].update(ds_old={**d["dataSources"]["ds_all"]}),
    "panel not shown": lambda d: d["layout"]["structure"].pop(),
    "index written out": lambda d: d["dataSources"]["ds_all"]["options"].update(query="index = main | head 1"),
    "search without name": lambda d: d["dataSources"]["ds_all"].pop("name"),
    "id without prefix": lambda d: d["dataSources"].update(top=d["dataSources"].pop("ds_top")),
}


@pytest.mark.usefixtures("renderer")
def test_the_validator_catches_its_mistakes() -> None:
    """The validator is really asked: it accepts the sample and refuses each mutation of it."""
    valid, *found = studio_problems([sample(), *(broken(mutation) for mutation in STUDIO_CATCHES.values())])

    assert valid == []
    assert [name for name, lines in zip(STUDIO_CATCHES, found, strict=True) if not lines] == []


@pytest.mark.usefixtures("renderer")
def test_the_lint_accepts_the_sample() -> None:
    """What the mutations start from is fine, so that a refusal is the mutation's."""
    assert problems(sample(), read_schema()) == []


@pytest.mark.usefixtures("renderer")
@pytest.mark.parametrize("name", LINT_CATCHES)
def test_the_lint_catches_its_mistakes(name: str) -> None:
    """The lint refuses what would show an empty or a wrong panel."""
    assert problems(broken(LINT_CATCHES[name]), read_schema())
