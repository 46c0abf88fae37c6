"""Names that exist, names that do not, and what is only not supported."""

import json
from pathlib import Path

import pytest

from standin.conf import ConfError, Configuration
from standin.conf.derive_known import read_spec
from standin.conf.known import TABLE
from unit.standin.laboratory import MakeApp

LACKING = "no spec defines "
REFUSED = " is right in Splunk but not supported here"


@pytest.mark.parametrize(
    ("conf", "text", "kind", "message"),
    [
        pytest.param("propz", "[a]\nx = 1\n", "conf", LACKING + "propz.conf; did you mean props?", id="conf"),
        pytest.param(
            "props",
            "[a]\nTRUNCAT = 1\n",
            "key",
            LACKING + "TRUNCAT in props.conf [a]; did you mean TRUNCATE?",
            id="key",
        ),
        pytest.param(
            "app",
            "[launchr]\nversion = 1\n",
            "stanza",
            LACKING + "a stanza [launchr] in app.conf; did you mean launcher?",
            id="stanza",
        ),
        pytest.param(
            "savedsearches",
            "[a]\ncron_shedule = x\n",
            "key",
            LACKING + "cron_shedule in savedsearches.conf [a]; did you mean cron_schedule?",
            id="savedsearch",
        ),
        pytest.param(
            "inputs",
            "[monitr:///var/log]\nindex = main\n",
            "stanza",
            LACKING + "a stanza [monitr:///var/log] in inputs.conf; did you mean monitor://*?",
            id="scheme",
        ),
        pytest.param(
            "authorize",
            "[role_a]\nserch = enabled\n",
            "key",
            LACKING + "serch in authorize.conf [role_a]; did you mean search?",
            id="capability",
        ),
        pytest.param(
            "props",
            "[a]\nCHECK_FOR_HEADER = true\n",
            "unsupported",
            "CHECK_FOR_HEADER in props.conf" + REFUSED,
            id="unsupported-key",
        ),
        pytest.param(
            "props",
            "[a]\nKV_MODE = auto_escaped\n",
            "unsupported",
            "KV_MODE in props.conf" + REFUSED,
            id="unsupported-value",
        ),
        pytest.param(
            "transforms",
            "[a]\nCLONE_SOURCETYPE = b\n",
            "unsupported",
            "CLONE_SOURCETYPE in transforms.conf" + REFUSED,
            id="unsupported-transform",
        ),
    ],
)
def test_refuses_by_name(make_app: MakeApp, conf: str, text: str, kind: str, message: str) -> None:
    """What does not exist, or is not supported, is an error with file, line and name."""
    app = make_app({f"default/{conf}.conf": text})

    with pytest.raises(ConfError) as caught:
        Configuration.load([app])

    assert str(caught.value) == f"{app / 'default' / (conf + '.conf')}:2: {kind}: {message}"


@pytest.mark.parametrize(
    ("conf", "text"),
    [
        pytest.param("props", "[a]\nEVAL-x = 1\nEXTRACT-any thing = (?<a>b)\nRULESET_DESC-x = y\n", id="both-classes"),
        pytest.param("props", "[a]\nDETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME = 0\n", id="unsupported-but-as-shipped"),
        pytest.param("savedsearches", "[a]\naction.b.param.x = 1\ndispatch.index_latest = -7m\n", id="placeholders"),
        pytest.param("alert_actions", "[a]\npython.required = 3.9, 3.13\nparam.url = x\n", id="added-in-10.2"),
        pytest.param("authorize", "[role_a]\nsearch = enabled\nsrchIndexesAllowed = x\n", id="role"),
        pytest.param("tags", "[eventtype=a]\nsome_tag = enabled\n", id="tags-of-any-name"),
        pytest.param("commands", "[a]\nfilename = a.py\nchunked = true\n", id="commands"),
        pytest.param("inputs", "[default]\nhost = a\nindex = b\n", id="inputs"),
    ],
)  # fmt: skip
def test_accepts(make_app: MakeApp, conf: str, text: str) -> None:
    """What specs define is accepted, placeholders in names included."""
    app = make_app({f"default/{conf}.conf": text})

    assert Configuration.load([app]).problems() == []


def test_specs_of_the_app_extend_the_table(make_app: MakeApp) -> None:
    """README/*.conf.spec makes an app's own confs, stanzas and keys exist, and no others."""
    app = make_app(
        {
            "README/some.conf.spec": "[post]\nca_file = <path>\n* where it is\n",
            "README/inputs.conf.spec": "[some_scheme://<name>]\nfolder = <path>\n",
            "default/some.conf": "[post]\nca_file = x\n",
            "default/inputs.conf": "[some_scheme://a]\nfolder = x\ninterval = 60\npython.required = 3.9\n",
        }
    )
    assert Configuration.load([app]).problems() == []

    (app / "default/some.conf").write_text("[post]\nca_fil = x\n", encoding="utf-8")
    found = [str(problem).partition("default/")[2] for problem in Configuration.load([app], refuse=False).problems()]
    assert found == ["some.conf:2: key: no spec defines ca_fil in some.conf [post]; did you mean ca_file?"]


def test_names_a_key_that_stands_twice(make_app: MakeApp) -> None:
    """A key that stands twice is reported by `check`, but an app with one still loads."""
    app = make_app({"default/props.conf": "[a]\nTRUNCATE = 1\nTRUNCATE = 2\n"})

    problems = Configuration.load([app]).problems()

    assert [(each.line, each.kind) for each in problems] == [(3, "duplicate")]


def test_reads_a_spec() -> None:
    """Placeholders become wildcards, prose and values are left out."""
    spec = "# c\nGLOBAL = <x>\n\n[stanza:<name>]\n* prose = not a key\nEVAL-<field> = <expr>\nsearch a = b\n"

    assert read_spec(spec, any_stanza=False) == {"": {"GLOBAL"}, "stanza:*": {"EVAL-*"}}


def test_the_committed_table_is_what_the_script_derives(shared_data: Path) -> None:
    """known.json is derived from Splunk's specs and shipped values by the committed script."""
    from standin.conf.derive_known import derive  # noqa: PLC0415, only where the data is

    derived = derive(shared_data / "splunk_specs", shared_data / "splunk_defaults.jsonl")

    assert json.loads(TABLE.read_text(encoding="utf-8")) == json.loads(json.dumps(derived))
