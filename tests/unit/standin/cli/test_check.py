"""`standin check`: one line for each fault of an app, at its file and line."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import Result

from unit.standin.laboratory import MakeApp

Run = Callable[..., Result]
GOOD = {
    "README/inputs.conf.spec": "[scheme://<name>]\nfolder = <path>\n",
    "default/props.conf": "[t]\nTIME_PREFIX = at=\nLINE_BREAKER = ([\\r\\n]+)\nEXTRACT-a = (?<a>x)\nREPORT-b = by_regex\nTRANSFORMS-c = route\n"
    "EVAL-d = a.b\nFIELDALIAS-e = a AS f\nLOOKUP-g = table a OUTPUT b\nSEDCMD-h = s/a/b/\nTZ = UTC\n",
    "default/transforms.conf": "[by_regex]\nREGEX = (?<b>y)\n[route]\nREGEX = z\nDEST_KEY = queue\nFORMAT = nullQueue\n[table]\nfilename = table.csv\n",
    "lookups/table.csv": "a,b\n1,2\n",
    "default/macros.conf": "[outer(1)]\nargs = x\ndefinition = search $x$ | `inner`\nvalidation = isnotnull($x$)\n[inner]\ndefinition = head 1\n",
    "default/eventtypes.conf": "[type]\nsearch = a=x\n",
    "default/tags.conf": "[eventtype=type]\ntag = enabled\n",
    "default/alert_actions.conf": "[act]\nis_custom = 1\npayload_format = json\n[xml]\nis_custom = 1\n",
    "default/savedsearches.conf": "[One]\nsearch = eventtype=type | lookup table a OUTPUT b | `outer(1)`\ncron_schedule = */5 * * * *\naction.act = 1\nalert_condition = search count > 1\n",
    "default/inputs.conf": "[scheme://one]\nfolder = /x\n",
}
Files = Mapping[str, str]


def problems(run: Run, app: Path, code: int = 1) -> list[str]:
    """Return the lines of `check`, without the app's folder."""
    result = run("check", "--app", app)
    assert result.exit_code == code, result.output
    return [line.removeprefix(f"{app}/") for line in result.stdout.splitlines()]


def test_a_good_app_has_none(run: Run, make_app: MakeApp) -> None:
    """An app in which everything resolves gives no line and exit 0."""
    assert problems(run, make_app(GOOD), 0) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"default/props.conf": "[t]\nEXTRACT-a = (x\n"}, "default/props.conf:2: regex: missing closing parenthesis", id="extract"),
        pytest.param({"default/props.conf": "[t]\nLINE_BREAKER = (x\n"}, "default/props.conf:2: regex: missing closing parenthesis", id="line-breaker"),
        pytest.param({"default/props.conf": "[t]\nTZ = Mars\n"}, "default/props.conf:2: value: no time zone 'Mars'", id="time-zone"),
        pytest.param({"default/props.conf": "[t]\nEVAL-a = nonsense(1)\n"}, "default/props.conf:2: expression: EVAL-a: The 'nonsense' function is unsupported or undefined.", id="eval"),
        pytest.param({"default/props.conf": "[t]\nREPORT-a = missing\n"}, "default/props.conf:2: transform: no transform [missing] in transforms.conf", id="report"),
        pytest.param({"default/props.conf": "[t]\nTRANSFORMS-a = route, missing\n"}, "default/props.conf:2: transform: no transform [missing] in transforms.conf", id="transforms"),
        pytest.param({"default/props.conf": "[t]\nLOOKUP-a = missing a OUTPUT b\n"}, "default/props.conf:2: lookup: no lookup 'missing'", id="lookup"),
        pytest.param({"default/props.conf": "[t]\nLOOKUP-a = table a OUTPUT c\n"}, "default/props.conf:2: lookup: lookup 'table' has no column 'c'", id="column"),
        pytest.param({"default/props.conf": "[t]\nFIELDALIAS-a = b IS c\n"}, "default/props.conf:2: value: not pairs of `name AS name`: 'b IS c'", id="alias"),
        pytest.param({"default/transforms.conf": GOOD["default/transforms.conf"] + "[x]\nfilename = gone.csv\n"}, "default/transforms.conf:10: value: lookup [x] names a file that is not in lookups/", id="lookup-file"),
        pytest.param({"default/transforms.conf": GOOD["default/transforms.conf"] + "[x]\nINGEST_EVAL = 1\n"}, "default/transforms.conf:10: value: not assignments: '1'", id="ingest-eval"),
        pytest.param({"default/macros.conf": GOOD["default/macros.conf"] + "[x]\ndefinition = a \\\n| `gone(1)`\n"}, "default/macros.conf:9: macro: no macro `gone(1)`", id="macro-in-a-macro"),
        pytest.param({"default/macros.conf": GOOD["default/macros.conf"] + "[x(2)]\nargs = a\ndefinition = $a$\n"}, "default/macros.conf:9: macro: [x(2)] wants 2 different names in args, and has 'a'", id="macro-arguments"),
        pytest.param({"default/eventtypes.conf": "[type]\nsearch = (a=x\n"}, "default/eventtypes.conf:2: search: [type]: ", id="event-type"),
        pytest.param({"default/eventtypes.conf": "[type]\nsearch = a=x\n[other]\nsearch = eventtype=gone\n"}, "default/eventtypes.conf:4: eventtype: no event type 'gone'", id="event-type-in-an-event-type"),
        pytest.param({"default/tags.conf": "[eventtype=gone]\ntag = enabled\n"}, "default/tags.conf:1: eventtype: [eventtype=gone] names an event type that does not exist", id="tag"),
        pytest.param({"default/tags.conf": "[gone]\ntag = enabled\n"}, "default/tags.conf:1: tag: [gone] is not FIELD=VALUE", id="tag-form"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x \\\n| nonsense\n"}, "default/savedsearches.conf:3: search: Unknown search command 'nonsense'.", id="command"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x | `gone`\n"}, "default/savedsearches.conf:2: search: Error in 'SearchParser': The search specifies a macro 'gone' that cannot be found.", id="macro"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = eventtype=gone\n"}, "default/savedsearches.conf:2: eventtype: no event type 'gone'", id="event-type-in-a-search"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x | lookup gone a\n"}, "default/savedsearches.conf:2: search: ", id="lookup-in-a-search"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x | geostats count\n"}, "default/savedsearches.conf:2: unsupported: not supported by this stand-in: command geostats", id="unsupported"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\ncron_schedule = 61 * * * *\n"}, "default/savedsearches.conf:3: value: not a cron schedule: '61 * * * *'", id="cron"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\naction.gone = 1\n"}, "default/savedsearches.conf:3: action: no alert action 'gone' in alert_actions.conf", id="action"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\naction.email = 1\n"}, "default/savedsearches.conf:3: unsupported: not supported by this stand-in: action email, only custom alert actions are run", id="email"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\naction.script = 1\n"}, "default/savedsearches.conf:3: unsupported: not supported by this stand-in: action script, only custom", id="script"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\naction.xml = 1\n"}, "default/savedsearches.conf:3: unsupported: not supported by this stand-in: action xml with payload_format", id="payload-format"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\naction.summary_index = 1\naction.summary_index._type = metric\n"}, "default/savedsearches.conf:3: unsupported: not supported by this stand-in: action summary_index with _type = metric", id="metric"),
        pytest.param({"default/macros.conf": GOOD["default/macros.conf"] + "[x(1)]\nargs = a\ndefinition = $a$ \\\n| head $b$\n"}, "default/macros.conf:10: macro: [x(1)] uses $b$, which its args do not name", id="macro-token"),
        pytest.param({"default/savedsearches.conf": "[A]\nsearch = x\nalert_condition = nonsense\n"}, "default/savedsearches.conf:3: alert_condition: Unknown search command 'nonsense'.", id="alert-condition"),
        pytest.param({"default/props.conf": "[t]\nnonsense\n"}, "default/props.conf:2: syntax: neither stanza nor setting: 'nonsense'", id="syntax"),
        pytest.param({"default/props.conf": "[t\nTRUNCATE = 1\n"}, "default/props.conf:1: syntax: stanza without closing bracket: '[t'", id="open-stanza"),
        pytest.param({"default/props.conf": "[t]\nTRUNCATE = 1\nTRUNCATE = 2\n"}, "default/props.conf:3: duplicate: TRUNCATE stands twice in [t], first in line 2", id="duplicate"),
    ],
)  # fmt: skip
def test_each_fault_is_named(run: Run, make_app: MakeApp, files: Files, expected: str) -> None:
    """What does not resolve is one line: file, line, kind, what is wrong."""
    found = problems(run, make_app({**GOOD, **files}))

    assert [line for line in found if not line.startswith(expected)] == []
    assert len(found) == 1


def view(query: str) -> str:
    """Return a dashboard with one search and one that extends it."""
    sources = {
        "ds_one": {
            "type": "ds.search",
            "options": {"query": query, "queryParameters": {"earliest": "$time.earliest$"}},
        },
        "ds_two": {"type": "ds.chain", "options": {"extend": "ds_one", "query": "| head $rows$"}},
    }
    inputs = {"input_rows": {"options": {"token": "rows", "defaultValue": "5"}}}
    definition = json.dumps({"dataSources": sources, "inputs": inputs}, indent=1)
    return f'<dashboard version="2"><label>x</label><definition><![CDATA[\n{definition}\n]]></definition></dashboard>'


def test_dashboards_are_searched(run: Run, make_app: MakeApp) -> None:
    """Every search of a dashboard is compiled, chains behind what they extend, tokens with their defaults."""
    path = "default/data/ui/views/some.xml"
    assert problems(run, make_app({**GOOD, path: view("index=main | stats count by $field$")}), 0) == []

    found = problems(run, make_app({**GOOD, path: view("index=main | nonsense")}))

    assert [line.partition(": search: ")[2] for line in found] == [
        "ds_one: Unknown search command 'nonsense'.",
        "ds_two: Unknown search command 'nonsense'.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<dashboard>", id="no-xml"),
        pytest.param("<dashboard><definition>{</definition></dashboard>", id="no-json"),
        pytest.param("<form><row/></form>", id="simple-xml"),
    ],
)
def test_other_views_are_problems(run: Run, make_app: MakeApp, text: str) -> None:
    """A view that is no Dashboard Studio definition is named."""
    found = problems(run, make_app({**GOOD, "default/data/ui/views/some.xml": text}))

    assert [line.startswith("default/data/ui/views/some.xml:1: view: ") for line in found] == [True]


def test_missing_apps_end_with_2(run: Run) -> None:
    """A folder that is not there ends with 2 and one line."""
    result = run("check", "--app", "/no/such/app")

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "standin: no folder /no/such/app\n")


def test_each_command_is_checked(run: Run, make_app: MakeApp) -> None:
    """A search with several faults gives a line for each command that has one."""
    searches = "[A]\nsearch = x \\\n| nonsense \\\n| head 1 \\\n| eval y=gone(1) \\\n| geostats count\n"

    found = problems(run, make_app({**GOOD, "default/savedsearches.conf": searches}))

    assert [line[:45] for line in found] == [
        "default/savedsearches.conf:3: search: Unknown",
        "default/savedsearches.conf:5: search: Error i",
        "default/savedsearches.conf:6: unsupported: no",
    ]


def test_open_questions_are_said_and_no_fault(run: Run, make_app: MakeApp) -> None:
    """What a saved search depends on and no source settles stands on stderr; the exit code stays 0."""
    searches = '[A]\nsearch = x | `most`\n[B]\nsearch = x | stats count\n[C]\nsearch = x | head "\n'
    app = make_app(
        {"default/savedsearches.conf": searches, "default/macros.conf": "[most]\ndefinition = stats mode(a)\n"}
    )

    result = run("check", "--app", app)

    assert result.stderr.splitlines() == [
        f"{app}/default/savedsearches.conf:2: unverified: [A] depends on which value mode() gives of several equally"
        " frequent ones (mode-tie); here: the first to come"
    ]
    assert result.exit_code == 1  # for [C]

    fixed = make_app({"default/savedsearches.conf": searches.partition("[C]")[0]})
    assert run("check", "--app", fixed).exit_code == 0
