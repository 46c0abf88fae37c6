"""Layers, exports, roles, and writing into an app's local folder."""

import pytest

from standin.conf import ConfError, Configuration
from standin.conf.metadata import Access, Metadata, set_metadata
from unit.standin.laboratory import MakeApp

PRIVATE = "[]\nexport = none\n"


def macro(text: str) -> str:
    """Return a macros.conf with one macro."""
    return f"[some_macro]\ndefinition = {text}\n"


def test_local_beats_default(make_app: MakeApp) -> None:
    """An app's local folder wins key by key over its default folder."""
    app = make_app({"default/macros.conf": macro("shipped") + "iseval = 0\n", "local/macros.conf": macro("tuned")})

    stanza = Configuration.load([app]).stanza("macros", "some_macro", "some_app")

    assert {key: (setting.value, setting.file.parent.name, setting.line) for key, setting in stanza.items()} == {
        "definition": ("tuned", "local", 2),
        "iseval": ("0", "default", 3),
    }


def test_default_stanza_is_under_every_other(make_app: MakeApp) -> None:
    """Every stanza starts from what Splunk ships in [default]."""
    app = make_app({"default/props.conf": "[some:type]\nTRUNCATE = 5\n"})

    stanza = Configuration.load([app]).stanza("props", "some:type")

    assert (stanza["TRUNCATE"].value, stanza["MAX_EVENTS"].value) == ("5", "256")


@pytest.mark.parametrize(
    ("metadata", "seen_from_other"),
    [
        pytest.param("[]\nexport = system\n", True, id="whole-app"),
        pytest.param("[macros]\nexport = system\n", True, id="kind"),
        pytest.param("[macros/some_macro]\nexport = system\n", True, id="object"),
        pytest.param("[macros/some%5Fmacro]\nexport = system\n", True, id="object-url-encoded"),
        pytest.param("[]\nexport = system\n\n[macros/some_macro]\nexport = none\n", False, id="object-kept"),
        pytest.param("[props]\nexport = system\n", False, id="another-kind"),
        pytest.param("", False, id="nothing-said"),
    ],
)
def test_exports(make_app: MakeApp, metadata: str, seen_from_other: bool) -> None:
    """A stanza is seen from its own app, and from others only where metadata exports it."""
    owner = make_app({"default/macros.conf": macro("x"), "metadata/default.meta": metadata}, name="owner")
    other = make_app({}, name="other")
    configuration = Configuration.load([owner, other])

    assert configuration.stanzas("macros", "owner") == ["some_macro"]
    assert configuration.stanzas("macros") == ["some_macro"]
    assert (configuration.stanzas("macros", "other") == ["some_macro"]) is seen_from_other


def test_precedence_of_apps(make_app: MakeApp) -> None:
    """Seen from an app: itself, then others from Z to A. Seen from nowhere: A before Z, and every local first."""
    first = make_app({"default/macros.conf": macro("a")}, name="a_app")
    last = make_app({"default/macros.conf": macro("z")}, name="z_app")
    local = make_app({"local/macros.conf": macro("m")}, name="m_app")
    configuration = Configuration.load([first, last, local])

    def seen(app: str | None) -> str:
        return configuration.stanza("macros", "some_macro", app)["definition"].value

    assert [seen("a_app"), seen("search"), seen(None)] == ["a", "z", "m"]


@pytest.mark.parametrize(
    ("grants", "roles", "visible"),
    [
        pytest.param("access = read : [ analyst ], write : [ admin ]", {"analyst"}, True, id="named-role"),
        pytest.param("access = read : [ analyst ], write : [ admin ]", {"user"}, False, id="other-role"),
        pytest.param("access = read : [ * ]", {"user"}, True, id="everybody"),
        pytest.param("owner = nobody", {"user"}, True, id="nothing-said"),
    ],
)
def test_read_access(make_app: MakeApp, grants: str, roles: set[str], visible: bool) -> None:
    """A stanza is there only for roles that may read it; splunkd reads everything."""
    app = make_app(
        {"default/macros.conf": macro("x"), "metadata/default.meta": f"[macros]\nexport = system\n{grants}\n"}
    )
    configuration = Configuration.load([app])

    assert bool(configuration.stanzas("macros", "some_app", frozenset(roles))) is visible
    assert configuration.stanzas("macros", "some_app") == ["some_macro"]


def test_writing(make_app: MakeApp) -> None:
    """What is set stands in local/, changes what is seen at once, and can be taken back."""
    app = make_app({"default/savedsearches.conf": "[a]\nsearch = x\ndisabled = 1\n"})
    configuration = Configuration.load([app])
    version = configuration.version

    configuration.set("some_app", "savedsearches", "a", {"disabled": "0", "search": "y \n| z"})

    stanza = configuration.stanza("savedsearches", "a", "some_app")
    assert (stanza["disabled"].value, stanza["search"].value) == ("0", "y \n| z")
    assert configuration.version > version
    configuration.remove("some_app", "savedsearches", "a")
    assert configuration.stanza("savedsearches", "a", "some_app")["search"].value == "x"


def test_access_is_written(make_app: MakeApp) -> None:
    """Owner, grants and export are written to local.meta, and hold at once."""
    app = make_app({"default/macros.conf": macro("x")})
    configuration = Configuration.load([app])

    given = Access(frozenset({"user"}), frozenset({"admin", "power"}), exported=True, owner="alice")
    configuration.set("some_app", "macros", "mine(1)", {"definition": "y", "args": "a"})
    configuration.set_access("some_app", "macros", "mine(1)", given)

    assert configuration.access("macros", "mine(1)", "some_app") == given
    assert configuration.access("macros", "some_macro", "some_app").owner == "nobody"


def test_writing_refuses_unknown_names(make_app: MakeApp) -> None:
    """A key that does not exist is not written."""
    app = make_app({})

    with pytest.raises(ConfError, match="no spec defines definitoin"):
        Configuration.load([app]).set("some_app", "macros", "a", {"definitoin": "x"})

    assert not (app / "local").exists()


def test_installing(make_app: MakeApp) -> None:
    """An app can be added to a running configuration; a wrong one changes nothing."""
    configuration = Configuration.load([make_app({}, name="first")])
    good = make_app({"default/macros.conf": macro("x")}, name="good")
    bad = make_app({"default/macros.conf": "[a]\ndefinitoin = x\n"}, name="bad")

    configuration.install(good)
    with pytest.raises(ConfError):
        configuration.install(bad)

    assert sorted(configuration.apps) == ["first", "good"]
    assert configuration.stanzas("macros", "first") == ["some_macro"]


def test_home_and_value(make_app: MakeApp) -> None:
    """A stanza knows its app, and a value is found with its default."""
    app = make_app({"default/macros.conf": macro("x")})
    configuration = Configuration.load([app])

    assert configuration.home("macros", "some_macro", "search") == "some_app"
    assert configuration.home("limits", "kv", "search") is None
    assert configuration.value("limits", "kv", "maxchars") == "10240"
    assert configuration.value("limits", "kv", "no_such_key") is None


def test_metadata_names_unknown_keys(make_app: MakeApp) -> None:
    """A key that metadata does not have is a problem with its line."""
    app = make_app({"metadata/default.meta": "[]\nexprt = system\n"})

    _, problems = Metadata.read(app)

    assert [(problem.line, problem.message) for problem in problems] == [(2, "no spec defines exprt in default.meta")]


@pytest.mark.parametrize(
    ("access", "roles", "reads", "writes"),
    [
        pytest.param("read : [ * ], write : [ * ]", {"user"}, True, True, id="everybody"),
        pytest.param("read : [ a, b ], write : [ b ]", {"b"}, True, True, id="named"),
        pytest.param("read : [ a, b ], write : [ b ]", {"a"}, True, False, id="reader"),
        pytest.param("read : [ a ], write : [ b ]", {"c", "d"}, False, False, id="somebody else"),
        pytest.param("read : [ a ], write : [ b ]", None, True, True, id="splunkd itself"),
    ],
)
def test_who_may(make_app: MakeApp, access: str, roles: set[str] | None, reads: bool, writes: bool) -> None:
    """A role that is named may, and every role where a star is (default.meta.conf.spec)."""
    app = make_app({"metadata/default.meta": f"[]\naccess = {access}\n"})
    given = None if roles is None else frozenset(roles)

    metadata, _ = Metadata.read(app)

    found = metadata.access("macros", "any")
    assert (found.may_read(given), found.may_write(given)) == (reads, writes)


def test_what_is_written_keeps_what_was_there(make_app: MakeApp) -> None:
    """Stanzas of local.meta stay when one object's is written, also those without keys."""
    app = make_app({"metadata/local.meta": "[views]\n\n[props]\nexport = none\n"})

    set_metadata(app, "macros", "a b", {"owner": "ann"})

    metadata, problems = Metadata.read(app)
    assert problems == []
    assert metadata.access("macros", "a b").owner == "ann"
    assert not metadata.access("props", "x").exported
    assert "[views]" in (app / "metadata/local.meta").read_text()
