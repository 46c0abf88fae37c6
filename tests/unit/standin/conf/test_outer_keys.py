"""Keys of the confs of splunkd's outer life: what each that is executed does, told anew from its spec; others refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Serving, serving
from standin.conf import ConfError, Configuration
from standin.environment import Row
from standin.jobs.alert import Suppression
from standin.jobs.saved import SavedSearch, action_setting, read_saved_search
from standin.jobs.scheduler import time_to_live_s
from unit.standin.laboratory import MakeApp, MakeLab

APP = """
[launcher]
version = 1.2.3
author = Somebody
description = What it does
[ui]
label = Some App
is_visible = 0
[install]
is_configured = 1
"""
ROLES = """
[role_plain]
search = enabled
[role_tokens]
edit_token_http = enabled
[role_users]
edit_user = enabled
[role_secrets]
list_storage_passwords = enabled
"""
SAVED = """
[One]
search = x
cron_schedule = */10 * * * *
dispatch.ttl = 3p
alert.suppress = 1
alert.suppress.period = 1h
alert.suppress.fields = user, host
alert.digest_mode = 0
action.note = 1
action.own.maxresults = 5
"""
ACTIONS = """
[note]
maxresults = 7
[own]
maxresults = 9
"""
REFUSED = "is right in Splunk but not supported here"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve an instance with an app that says what it is and brings roles, and a user of each role."""
    folder = tmp_path_factory.mktemp("outer")
    app = folder / "some_app"
    for name, text in {
        "default/app.conf": APP,
        "default/authorize.conf": ROLES,
        "metadata/default.meta": "[]\n",
    }.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text, encoding="utf-8")
    with serving(folder / "state") as running:
        running.instance.install(app)
        for role in ("plain", "tokens", "users", "secrets"):
            running.post("/services/authentication/users", name=role, password="secret", roles=role)
        yield running


def test_an_app_says_what_it_is(served: Serving) -> None:
    """app.conf.spec: label, version, author, description, is_visible, is_configured, as Splunk Web shows them."""
    (entry,) = served.get("/services/apps/local/some_app").json()["entry"]

    assert {key: entry["content"][key] for key in ("label", "version", "author", "description")} == {
        "label": "Some App",
        "version": "1.2.3",
        "author": "Somebody",
        "description": "What it does",
    }
    assert (entry["content"]["visible"], entry["content"]["configured"]) == (False, True)


@pytest.mark.parametrize(
    ("role", "path", "form"),
    [
        pytest.param("tokens", "/services/data/inputs/http", {"name": "t"}, id="edit_token_http"),
        pytest.param(
            "users", "/services/authentication/users", {"name": "u", "password": "p", "roles": "user"}, id="edit_user"
        ),
    ],
)
def test_capabilities_that_are_asked_for(served: Serving, role: str, path: str, form: dict[str, str]) -> None:
    """authorize.conf.spec: a role may do what its capabilities say, and nobody else."""
    administrator = served.management.auth
    try:
        served.management.auth = ("plain", "secret")
        assert served.post(path, **form).status_code == 403
        served.management.auth = (role, "secret")
        assert served.post(path, **form).status_code == 201
    finally:
        served.management.auth = administrator


def test_secrets_are_listed_by_capability(served: Serving) -> None:
    """authorize.conf.spec, list_storage_passwords."""
    administrator = served.management.auth
    try:
        statuses = {}
        for role in ("plain", "secrets"):
            served.management.auth = (role, "secret")
            statuses[role] = served.get("/servicesNS/nobody/some_app/storage/passwords").status_code
    finally:
        served.management.auth = administrator
    assert statuses == {"plain": 403, "secrets": 200}


@pytest.fixture
def configuration(make_app: MakeApp) -> Configuration:
    """Return the conf of an app with a saved search and two alert actions."""
    return Configuration.load([make_app({"default/savedsearches.conf": SAVED, "default/alert_actions.conf": ACTIONS})])


@pytest.mark.parametrize(
    ("action", "key", "expected"),
    [
        pytest.param("note", "maxresults", "7", id="of-the-action"),
        pytest.param("own", "maxresults", "5", id="of-the-search"),
        pytest.param("summary_index", "maxresults", "10000", id="as-shipped"),
        pytest.param("note", "track_alert", "0", id="default-stanza"),
        pytest.param("note", "nothing", "", id="none"),
    ],
)
def test_settings_of_actions(configuration: Configuration, action: str, key: str, expected: str) -> None:
    """A saved search overrides alert_actions.conf, whose stanza overrides [default] (savedsearches.conf.spec)."""
    saved = read_saved_search(configuration, "One", "some_app")

    assert action_setting(configuration, saved, action, key) == expected


def test_keys_of_a_saved_search(configuration: Configuration) -> None:
    """dispatch.ttl counts periods; alert.suppress.fields tells apart what is silenced (savedsearches.conf.spec)."""
    saved: SavedSearch = read_saved_search(configuration, "One", "some_app")
    rows: list[Row] = [{"user": "a", "host": "h"}, {"user": "a", "host": "i"}, {"user": "a", "host": "h", "x": "1"}]

    assert time_to_live_s(saved, 0.0) == 1800
    assert [alert[0]["host"] for alert in Suppression().pass_alerts(saved, rows, 0.0)] == ["h", "i"]


@pytest.mark.parametrize(("maxchars", "found"), [pytest.param(5, False, id="cut"), pytest.param(100, True, id="whole")])
def test_limits_of_automatic_extraction(lab: MakeLab, maxchars: int, found: bool) -> None:
    """limits.conf.spec, [kv] maxchars: automatic extraction reads so many characters; limit: so many fields."""
    ours = lab(limits=f"[kv]\nmaxchars = {maxchars}\nlimit = 50\n[spath]\nextraction_cutoff = 5000\n")
    ours.index("some text a=1\n")

    (row,) = ours.search("index=main")
    assert ("a" in row) is found


@pytest.mark.parametrize(
    ("conf", "text", "message"),
    [
        pytest.param("inputs", "[monitor:///var/log/x]\nindex = a\n", f"[monitor:///var/log/x] in inputs.conf {REFUSED}", id="monitor"),
        pytest.param("inputs", "[script]\ninterval = 5\n", f"[script] in inputs.conf {REFUSED}", id="script"),
        pytest.param("inputs", "[http]\nport = 1\n", f"port in inputs.conf {REFUSED}", id="http-port"),
        pytest.param("limits", "[subsearch]\nmaxout = 5\n", f"maxout in limits.conf {REFUSED}", id="limits"),
        pytest.param("limits", "[sistats]\nmaxvalues = 5\n", f"maxvalues in limits.conf {REFUSED}", id="limits-elsewhere"),
        pytest.param("alert_actions", "[a]\ncommand = sendemail\n", f"command in alert_actions.conf {REFUSED}", id="command"),
        pytest.param("alert_actions", "[a]\npayload_format = xml\n", None, id="payload-as-shipped-by-default"),
        pytest.param("app", "[install]\nstate = disabled\n", f"state in app.conf {REFUSED}", id="disabled-app"),
        pytest.param("authorize", "[role_a]\nsrchTimeWin = 60\n", f"srchTimeWin in authorize.conf {REFUSED}", id="time-window"),
        pytest.param("indexes", "[a]\nhomePath = x\n", f"homePath in indexes.conf {REFUSED}", id="indexes"),
        pytest.param("restmap", "[script:a]\nmatch = /x\n", f"match in restmap.conf {REFUSED}", id="restmap"),
        pytest.param("web", "[expose:a]\npattern = x\n", f"pattern in web.conf {REFUSED}", id="web"),
        pytest.param("server", "[general]\nserverName = x\n", f"serverName in server.conf {REFUSED}", id="server"),
        pytest.param("server", "[shclustering]\nconf_replication_include.a = true\n", None, id="server-stored"),
        pytest.param("savedsearches", "[a]\ndispatch.lookups = 0\n", f"dispatch.lookups in savedsearches.conf {REFUSED}", id="dispatch"),
        pytest.param("savedsearches", "[a]\ndispatch.max_count = 500000\n", None, id="dispatch-as-shipped"),
        pytest.param("savedsearches", "[a]\nalert.managedBy = x\n", None, id="managed-by"),
        pytest.param("workflow_actions", "[a]\nlabel = x\n", None, id="stored-whole"),
    ],
)  # fmt: skip
def test_what_is_not_executed_is_refused(make_app: MakeApp, conf: str, text: str, message: str | None) -> None:
    """A key that would change what happens, and does not here, is refused by name unless it is set as shipped."""
    app = make_app({f"default/{conf}.conf": text})

    if message is None:
        assert Configuration.load([app]).problems() == []
        return
    with pytest.raises(ConfError) as caught:
        Configuration.load([app])
    assert str(caught.value).endswith(f"unsupported: {message}")


def test_what_an_app_defines_is_its_own(make_app: MakeApp, tmp_path: Path) -> None:
    """Keys of the app's own README/*.conf.spec are the app's to execute, in the stanzas that it defines only."""
    specs = {"README/inputs.conf.spec": "[mine://<name>]\nfolder = <path>\nqueue = <text>\n"}
    mine = make_app({**specs, "default/inputs.conf": "[mine://a]\nfolder = x\nqueue = y\n"})
    assert Configuration.load([mine]).problems() == []

    (mine / "default" / "inputs.conf").write_text("[http]\nqueue = y\n", encoding="utf-8")
    with pytest.raises(ConfError, match=r"queue in inputs\.conf"):
        Configuration.load([mine])
