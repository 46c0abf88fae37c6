"""Users and what their roles give."""

import pytest

from standin.conf import Configuration
from standin.knowledge.users import User
from unit.standin.laboratory import MakeApp

ROLES = """
[role_analyst]
importRoles = base
srchIndexesAllowed = some;findings
srchIndexesDefault = some
srchFilter = zone=dmz
search = enabled

[role_base]
srchIndexesAllowed = extra*
run_collect = enabled
srchFilter =
"""


@pytest.fixture
def configuration(make_app: MakeApp) -> Configuration:
    """Return a configuration with two roles of an app."""
    return Configuration.load([make_app({"default/authorize.conf": ROLES})])


def test_imports_add_up(configuration: Configuration) -> None:
    """Capabilities, indexes and filters of imported roles count too."""
    user = User.of(configuration, "alice", ["analyst"])

    assert user.roles == {"analyst", "base"}
    assert {"search", "run_collect"} <= user.capabilities
    assert not [name for name in user.capabilities if name.startswith("srch")]
    assert (user.default_indexes, user.filters) == (("some",), ("zone=dmz",))
    assert [user.may_search(name) for name in ("some", "extra1", "main", "_audit")] == [True, True, False, False]


def test_shipped_roles(configuration: Configuration) -> None:
    """The built-in roles see what Splunk ships: user and power main, admin everything."""
    user, admin = User.of(configuration, "u", ["user"]), User.of(configuration, "a", ["admin"])

    assert (user.default_indexes, admin.default_indexes) == (("main",), ("main", "os"))
    assert (user.may_search("_audit"), admin.may_search("_audit"), admin.filters) == (False, True, ())
    assert "admin_all_objects" in admin.capabilities


def test_unknown_role(configuration: Configuration) -> None:
    """A role that does not exist is an error."""
    with pytest.raises(KeyError):
        User.of(configuration, "u", ["nobody_knows"])
