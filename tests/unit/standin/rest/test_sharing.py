"""What a user saves and shares with nobody, and how it is shared: as the REST API tutorials say of knowledge objects."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import Serving, serving
from small_app import FILES, NAME, SEARCH, write_package
from standin.conf import Configuration
from standin.conf.private import Place, PrivateSearches

META = "[]\naccess = read : [ * ], write : [ admin, keeper ]\n"
AUTHORIZE = "[role_keeper]\nimportRoles = power\n"
NEVER = "41 3 31 12 *"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve the small app with `keep`, who may write to it, and `look` and `peer`, who may not."""
    folder = tmp_path_factory.mktemp("state")
    with serving(folder / "state") as running:
        files = {**FILES, "metadata/default.meta": META, "default/authorize.conf": AUTHORIZE}
        running.post("/services/apps/local", name=str(write_package(folder, files)), filename="1")
        for name, role in (("keep", "keeper"), ("look", "user"), ("peer", "user")):
            running.post("/services/authentication/users", name=name, password="x", roles=role)
        yield running


@pytest.fixture(autouse=True)
def administrator(served: Serving) -> Iterator[None]:
    """Speak as the administrator again after each test."""
    before = served.management.auth
    yield
    served.management.auth = before


def speak_as(served: Serving, name: str) -> None:
    """Send what follows as one of the users."""
    served.management.auth = (name, "x")


def saved(owner: str, name: str = "") -> str:
    """Return a path in the small app."""
    return f"/servicesNS/{owner}/{NAME}/saved/searches/{name}".rstrip("/")


def names(served: Serving, owner: str) -> list[str]:
    """List what a namespace shows."""
    return [entry["name"] for entry in served.get(saved(owner), count="0").json()["entry"]]


def test_what_a_user_saves_is_seen_by_its_owner_and_administrators(served: Serving) -> None:
    """A user who may not write to the app keeps a search there; another user sees and finds nothing of it."""
    speak_as(served, "look")
    made = served.post(saved("look"), name="mine", search="index=small")

    assert made.status_code == 201
    acl = made.json()["entry"][0]["acl"]
    assert (acl["owner"], acl["sharing"], acl["perms"]) == ("look", "user", {"read": ["look"], "write": ["look"]})
    assert "mine" in names(served, "look") and "mine" not in names(served, "nobody")
    speak_as(served, "peer")
    assert "mine" not in names(served, "peer") and "mine" not in names(served, "-")
    assert served.get(saved("look", "mine")).status_code == 404
    assert served.post(saved("look"), name="planted", search="index=small").status_code == 403
    speak_as(served, "admin")


def test_administrators_see_every_owner(served: Serving) -> None:
    """Below `-` an administrator finds what users keep, with its owner."""
    served.post(saved("peer"), name="of peer", search="index=small")

    found = {entry["name"]: entry["acl"]["owner"] for entry in served.get(saved("-"), count="0").json()["entry"]}

    assert found["of peer"] == "peer"


def test_ones_own_hides_the_apps_of_that_name(served: Serving) -> None:
    """Its owner gets the private one, changes and deletes it; everybody else has the app's."""
    speak_as(served, "peer")
    assert served.post(saved("peer"), name=SEARCH, search="index=own").status_code == 201
    assert served.post(saved("peer"), name=SEARCH, search="index=own").status_code == 409
    assert served.post(saved("peer", SEARCH), description="mine").status_code == 200

    own = served.get(saved("peer", SEARCH)).json()["entry"][0]["content"]
    speak_as(served, "look")
    shared = served.get(saved("look", SEARCH)).json()["entry"][0]["content"]
    speak_as(served, "peer")
    served.management.delete(served.url(saved("peer", SEARCH)), timeout=10)

    assert (own["search"], own["description"]) == ("index=own", "mine")
    assert shared["search"] != "index=own"
    assert served.get(saved("peer", SEARCH)).json()["entry"][0]["content"]["search"] == shared["search"]


def test_a_private_search_is_scheduled_as_its_owner(served: Serving) -> None:
    """The scheduler knows it beside the app's of the same name, and its owner."""
    speak_as(served, "keep")
    made = served.post(
        saved("keep"), name=SEARCH, search="index=small", cron_schedule=NEVER, is_scheduled="1", disabled="0"
    )

    due = {key: one.owner for key, one in served.instance.scheduler.refresh().items()}
    assert made.json()["entry"][0]["content"]["is_scheduled"] is True
    assert due[f"keep/{NAME}", SEARCH] == "keep"


@pytest.mark.parametrize(("name", "status"), [("keep", 200), ("look", 403)])
def test_sharing_with_the_app_needs_its_write_permission(served: Serving, name: str, status: int) -> None:
    """Who may write to the app moves a search there, with readers and writers; others are refused and keep it."""
    speak_as(served, name)
    title = f"from {name}"
    served.post(saved(name), name=title, search="index=small")
    form = {"sharing": "app", "owner": name, "perms.read": "user, keeper", "perms.write": "keeper"}

    answer = served.post(f"{saved(name, title)}/acl", **form)

    assert answer.status_code == status
    acl = served.get(f"{saved(name, title)}/acl").json()["entry"][0]["acl"]
    assert (acl["owner"], acl["sharing"]) == (name, "app" if status == 200 else "user")
    if status == 200:
        assert acl["perms"] == {"read": ["keeper", "user"], "write": ["keeper"]}
        assert title in names(served, "nobody")


def test_a_shared_search_is_taken_back(served: Serving) -> None:
    """Sharing `user` gives it to one user again; what the app ships stays."""
    served.post(saved("nobody"), name="lent", search="index=small")

    back = served.post(f"{saved('nobody', 'lent')}/acl", sharing="user", owner="peer")

    assert back.json()["entry"][0]["acl"]["sharing"] == "user"
    assert "lent" not in names(served, "nobody") and "lent" in names(served, "peer")
    assert served.post(f"{saved('nobody', SEARCH)}/acl", sharing="user", owner="peer").status_code == 405


@pytest.mark.parametrize("form", [{"sharing": "planet", "owner": "nobody"}, {"sharing": "app"}, {"owner": "nobody"}])
def test_wrong_sharing_is_refused(served: Serving, form: dict[str, str]) -> None:
    """Both keys are needed, and sharing is one of three words."""
    assert served.post(f"{saved('nobody', SEARCH)}/acl", **form).status_code == 400


def test_private_objects_of_other_kinds_are_refused(served: Serving) -> None:
    """They would be seen by everybody here."""
    made = served.post(f"/servicesNS/admin/{NAME}/configs/conf-macros", name="m", definition="x")

    assert made.status_code == 400
    assert "private objects of macros.conf" in made.text


@pytest.mark.parametrize("user", ["../../escaped", "..", "a/b"])
def test_names_of_users_stay_below_the_folder(tmp_path: Path, user: str) -> None:
    """Whatever a request calls its owner, the file lies where private searches lie, and is found again."""
    (tmp_path / "apps" / "some").mkdir(parents=True)
    configuration = Configuration.load([tmp_path / "apps" / "some"])
    private = PrivateSearches(tmp_path / "users" / "all", configuration)

    private.write(Place(user, "some"), "one", {"search": "index=x"})

    (file,) = tmp_path.rglob("savedsearches.conf")
    assert file.resolve().is_relative_to((tmp_path / "users" / "all").resolve())
    assert list(private.places()) == [Place(user, "some")]
