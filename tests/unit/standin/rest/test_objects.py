"""Who may see and change the objects of an app, over REST."""

from collections.abc import Iterator

import pytest

from serving import Serving, serving
from small_app import FILES, NAME, SEARCH, write_package

META = """
[]
access = read : [ * ], write : [ admin, keeper ]
[macros/hidden]
access = read : [ admin ], write : [ admin ]
[props]
export = system
"""
MACROS = "[shown]\ndefinition = index=small\n[hidden]\ndefinition = index=secret\n"
AUTHORIZE = "[role_keeper]\nimportRoles = power\n"
SAVED = f"/servicesNS/nobody/{NAME}/saved/searches/{SEARCH}"
MACRO = f"/servicesNS/nobody/{NAME}/configs/conf-macros"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve the small app with a role `keeper` that may write, and one user of each kind."""
    folder = tmp_path_factory.mktemp("state")
    files = {**FILES, "metadata/default.meta": META, "default/macros.conf": MACROS, "default/authorize.conf": AUTHORIZE}
    with serving(folder / "state") as running:
        package = write_package(folder, files)
        assert running.post("/services/apps/local", name=str(package), filename="1").status_code == 201
        for name, role in (("keep", "keeper"), ("look", "user")):
            running.post("/services/authentication/users", name=name, password="x", roles=role)
        yield running


@pytest.fixture(params=["keep", "look"])
def name(request: pytest.FixtureRequest, served: Serving) -> Iterator[str]:
    """Speak as one of the two users."""
    before, served.management.auth = served.management.auth, (request.param, "x")
    yield str(request.param)
    served.management.auth = before


def test_write_access_decides_who_changes(served: Serving, name: str) -> None:
    """The role that metadata lets write may switch a search on; another is refused."""
    answer = served.post(SAVED, disabled="0")

    assert answer.status_code == (200 if name == "keep" else 403)


def test_a_schedule_needs_its_capability(served: Serving, name: str) -> None:
    """`user` cannot schedule, `power` and what imports it can."""
    answer = served.post(SAVED, cron_schedule="1 * * * *")

    assert answer.status_code == (200 if name == "keep" else 403)


def test_what_may_not_be_read_is_not_there(served: Serving, name: str) -> None:
    """A macro that only administrators read is neither listed nor found by others."""
    listed = [entry["name"] for entry in served.get(MACRO, count="0").json()["entry"]]

    assert "shown" in listed and "hidden" not in listed
    assert served.get(f"{MACRO}/hidden").status_code == 404


def test_what_is_not_exported_stays_in_its_app(served: Serving) -> None:
    """From another app the macro is not there; under `-` all apps are."""
    assert served.get("/servicesNS/nobody/search/configs/conf-macros/shown").status_code == 404
    assert served.get("/servicesNS/-/-/configs/conf-macros/shown").status_code == 200


def test_what_an_app_ships_cannot_be_deleted(served: Serving) -> None:
    """Only what was created here can be removed."""
    url = served.url(f"{MACRO}/shown")

    assert served.management.delete(url, timeout=10).status_code == 405
    assert served.post(MACRO, name="mine", definition="index=x").status_code == 201
    assert served.management.delete(served.url(f"{MACRO}/mine"), timeout=10).status_code == 200
    assert served.get(f"{MACRO}/mine").status_code == 404


@pytest.mark.parametrize("path", ["conf-nonsense", "conf-macros/nonsense"])
def test_unknown_confs_and_stanzas_are_not_found(served: Serving, path: str) -> None:
    """A conf that no spec defines, and a stanza that is not there."""
    assert served.get(f"/servicesNS/nobody/{NAME}/configs/{path}").status_code == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"cron_schedule": "every day"}, 400),
        ({"colour": "red"}, 400),
        ({"description": "fine"}, 200),
    ],
)
def test_settings_of_a_search_are_checked(served: Serving, form: dict[str, str], status: int) -> None:
    """A wrong cron expression and a key that no spec defines are refused."""
    assert served.post(SAVED, **form).status_code == status


def test_views_are_read_from_the_app(served: Serving) -> None:
    """An app without views lists none; one that is not there is not found."""
    assert served.get(f"/servicesNS/-/{NAME}/data/ui/views").json()["entry"] == []
    assert served.get(f"/servicesNS/-/{NAME}/data/ui/views/nothing").status_code == 404
