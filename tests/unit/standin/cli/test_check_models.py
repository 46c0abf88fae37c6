"""standin check over data models: their files, what is in them, and the searches that name them."""

import json

import pytest

from unit.standin.cli.test_check import Run, problems
from unit.standin.doors import MODEL, PATH, evaluated, files, with_object
from unit.standin.laboratory import MakeApp


def test_a_good_model_has_none(run: Run, make_app: MakeApp) -> None:
    """A model in which everything resolves, and a search of it, give no line and exit 0."""
    search = (
        "[A]\nsearch = | tstats count from datamodel=Doors.Access where nodename=Access.Denied"
        " [| from datamodel:Doors.Shifts | rename who as Access.who | fields Access.who] by Access.who\n"
    )

    assert problems(run, make_app(files(savedsearches=search, datamodels="[Doors]\nstrict_fields = false\n")), 0) == []


def line_of(text: str, word: str) -> int:
    """Return the line of a word in the file of a model."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


@pytest.mark.parametrize(
    ("changes", "word", "expected"),
    [
        pytest.param({"nonsense": 1}, '"nonsense"', "model: an object has no key 'nonsense'", id="key"),
        pytest.param({"parentName": "Gone"}, '"Gone"', "model: no object 'Gone'", id="parent"),
        pytest.param({"constraints": [{"search": "`gone`"}]}, "`gone`", "constraint: Error in 'SearchParser'", id="macro"),
        pytest.param({"constraints": [{"search": "(a=1"}]}, "(a=1", "constraint: ", id="constraint"),
        pytest.param({"constraints": [{"search": "eventtype=gone"}]}, "eventtype=gone", "eventtype: no event type 'gone'", id="event-type"),
        pytest.param({"calculations": [evaluated("x", "gone(1)")]}, "eval_x", "calculation: Error in 'EvalCommand'", id="eval"),
        pytest.param(
            {"calculations": [{"calculationID": "geo", "calculationType": "GeoIP"}]},
            '"GeoIP"',
            "unsupported: calculationType GeoIP is right in Splunk but not supported here",
            id="geo-ip",
        ),
    ],
)  # fmt: skip
def test_faults_of_files(run: Run, make_app: MakeApp, changes: dict[str, object], word: str, expected: str) -> None:
    """A fault of a file is a line with the file, the line of the fault and its name."""
    app = make_app(files(with_object("Forced", **changes)))
    wanted = line_of((app / PATH).read_text(encoding="utf-8"), word)

    found = problems(run, app)

    assert len(found) == 1
    assert found[0].startswith((f"{PATH}:{wanted}: {expected}", f"{PATH}:{wanted - 1}: {expected}"))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("| datamodel Gone", "2: search: Error in 'datamodel' command: Data model 'Gone' was not found."),
        ("| datamodel Doors Gone search", "2: search: Error in 'datamodel' command: Dataset 'Gone' was not found"),
        ("| from datamodel:Doors.Gone", "2: search: Error in 'from' command: Dataset 'Gone' was not found"),
        ("| from savedsearch:Gone", "2: search: Error in 'from' command: Saved search 'Gone' was not found."),
        ("| tstats count from datamodel=Gone", "2: search: Error in 'tstats' command: Data model 'Gone' was not found."),
        ("| tstats count \\\n from datamodel=Doors.Access \\\n by Access.gone",
         "4: search: data model Doors has no field Access.gone below Access"),
        ("index=doors [| tstats count from datamodel=Doors.Access where who=x]",
         "2: search: data model Doors has no field who below Access"),
    ],
)  # fmt: skip
def test_faults_of_searches(run: Run, make_app: MakeApp, search: str, expected: str) -> None:
    """A search that names a model, a dataset or a field that is not there is a problem at its line."""
    found = problems(run, make_app(files(savedsearches=f"[A]\nsearch = {search}\n")))

    assert [line.startswith(f"default/savedsearches.conf:{expected}") for line in found] == [True]


@pytest.mark.parametrize(
    ("conf", "expected"),
    [
        ("[Gone]\nacceleration = false\n", "1: model: [Gone] names a data model that does not exist"),
        ("[Doors]\naccelerate = 1\n", "2: key: no spec defines accelerate in datamodels.conf [Doors]"),
        ("[Doors]\ntags_whitelist = access\n", "2: unsupported: tags_whitelist in datamodels.conf is right in Splunk"),
        ("[Doors]\ndataset.type = table\n", "2: unsupported: dataset.type in datamodels.conf is right in Splunk"),
    ],
)
def test_faults_of_the_conf(run: Run, make_app: MakeApp, conf: str, expected: str) -> None:
    """A stanza of datamodels.conf names a model and known keys."""
    found = problems(run, make_app(files(datamodels=conf)))

    assert [line.startswith(f"default/datamodels.conf:{expected}") for line in found] == [True]


def test_the_local_file_is_the_one_that_is_checked(run: Run, make_app: MakeApp) -> None:
    """A local model stands in for the shipped one."""
    app = make_app({**files("{"), f"local{PATH.removeprefix('default')}": json.dumps(MODEL)})

    assert problems(run, app, 0) == []


def test_a_doubt_is_said_where_it_is_written(run: Run, make_app: MakeApp) -> None:
    """A search that names another is not blamed for the field that the other one names."""
    searches = (
        "[A]\nsearch = | from savedsearch:B\n[B]\nsearch = | tstats count from datamodel=Doors.Access by Access.gone\n"
    )

    found = problems(run, make_app(files(savedsearches=searches)))

    assert [line.partition(": ")[0] for line in found] == ["default/savedsearches.conf:4"]
