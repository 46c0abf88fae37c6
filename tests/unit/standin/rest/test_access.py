"""Users, roles and what they may do: what works only as administrator fails here for others."""

from collections.abc import Iterator

import pytest

from serving import Serving, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with an analyst who sees the index `seen` only."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        for index in ("seen", "unseen"):
            running.post("/services/data/indexes", name=index)
            running.collect("/event", f'{{"event":"in {index}","index":"{index}"}}')
        role = running.post(
            "/services/authorization/roles",
            name="analyst",
            capabilities="search",
            srchIndexesAllowed="seen",
            srchIndexesDefault="seen",
        )
        assert role.status_code == 201, role.text
        user = running.post("/services/authentication/users", name="ann", password="secret", roles="analyst")
        assert user.status_code == 201, user.text
        yield running


@pytest.fixture
def as_analyst(served: Serving) -> Iterator[Serving]:
    """Speak as the analyst."""
    before = served.management.auth
    served.management.auth = ("ann", "secret")
    yield served
    served.management.auth = before


@pytest.mark.parametrize("spl", ["search *", "search index=*", "search index=seen OR index=unseen"])
def test_a_search_sees_allowed_indexes_only(as_analyst: Serving, spl: str) -> None:
    """Whatever the search names, only the allowed index answers."""
    answer = as_analyst.post("/services/search/jobs", search=f"{spl} | table _raw", exec_mode="oneshot").json()

    assert answer["results"] == [{"_raw": "in seen"}]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/services/data/indexes", {"name": "mine"}),
        ("/services/authentication/users", {"name": "x", "password": "y", "roles": "admin"}),
        ("/services/authorization/roles", {"name": "x"}),
        ("/services/storage/passwords", {"name": "x", "password": "y"}),
        ("/services/data/inputs/http", {"name": "x"}),
        ("/services/apps/local", {"name": "/nowhere"}),
        ("/services/receivers/simple", {}),
        ("/standin/clock", {"set": "1"}),
        ("/standin/faults", {"code": "9"}),
        ("/services/authentication/users/ann", {"roles": "admin"}),
    ],
)
def test_what_needs_a_capability_is_refused_without_it(as_analyst: Serving, path: str, form: dict[str, str]) -> None:
    """The refusal names the capability."""
    answer = as_analyst.post(path, **form)

    assert answer.status_code == 403
    assert "requires capability:" in answer.json()["messages"][0]["text"]


def test_secrets_are_hidden_from_others(as_analyst: Serving) -> None:
    """Listing secrets needs a capability too."""
    assert as_analyst.get("/services/storage/passwords").status_code == 403


def test_jobs_of_others_are_unknown(served: Serving) -> None:
    """An analyst does not find the administrator's job; the administrator finds the analyst's."""
    sid = served.post("/services/search/jobs", search="search index=seen", exec_mode="blocking").json()["sid"]
    before, served.management.auth = served.management.auth, ("ann", "secret")
    own = served.post("/services/search/jobs", search="search index=seen", exec_mode="blocking").json()["sid"]

    assert served.get(f"/services/search/jobs/{sid}").status_code == 404
    assert [e["content"]["sid"] for e in served.get("/services/search/jobs").json()["entry"]] == [own]
    served.management.auth = before
    assert served.get(f"/services/search/jobs/{own}").status_code == 200


def test_everybody_changes_the_own_password(served: Serving) -> None:
    """The new password opens, the old one does not."""
    served.post("/services/authentication/users", name="bob", password="one", roles="user")
    before, served.management.auth = served.management.auth, ("bob", "one")
    assert served.post("/services/authentication/users/bob", password="two").status_code == 200
    assert served.get("/services/authentication/current-context").status_code == 401
    served.management.auth = ("bob", "two")
    context = served.get("/services/authentication/current-context").json()["entry"][0]["content"]
    served.management.auth = before

    assert context["roles"] == ["user"]


def test_a_deleted_user_is_out(served: Serving) -> None:
    """Sessions of a deleted user end."""
    served.post("/services/authentication/users", name="eve", password="x", roles="user")
    key = served.post("/services/auth/login", username="eve", password="x").json()["sessionKey"]
    assert served.management.delete(served.url("/services/authentication/users/eve"), timeout=10).status_code == 200
    before, served.management.auth = served.management.auth, None
    answer = served.management.get(
        served.url("/services/server/info"), headers={"Authorization": f"Splunk {key}"}, timeout=10
    )
    served.management.auth = before

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"name": "ann", "password": "x", "roles": "user"}, 409),
        ({"name": "x", "password": "x", "roles": "nobody"}, 400),
        ({"name": "x", "password": "x"}, 400),
        ({"name": "x", "roles": "user"}, 400),
    ],
)
def test_a_wrong_user_is_refused(served: Serving, form: dict[str, str], status: int) -> None:
    """Names that are taken, roles that do not exist and missing arguments are refused."""
    assert served.post("/services/authentication/users", **form).status_code == status
