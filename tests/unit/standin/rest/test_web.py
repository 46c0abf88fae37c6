"""The web port: the page, its session, and splunkd's paths behind it."""

from collections.abc import Iterator

import pytest
import requests

from serving import Serving, serving

RAW = "/en-US/splunkd/__raw/services"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        yield running


@pytest.fixture
def browser(served: Serving) -> requests.Session:
    """Load the page, as a browser would, and keep its cookies."""
    session = requests.Session()
    answer = session.get(served.instance.addresses.web + "/en-US/app/search/search", timeout=10)
    assert answer.status_code == 200
    assert "<title>" in answer.text
    return session


def form_key(session: requests.Session) -> dict[str, str]:
    """Return the header that Splunk Web wants on every POST."""
    return {"X-Splunk-Form-Key": next(one.value or "" for one in session.cookies if "csrf" in one.name)}


def test_the_page_signs_in(served: Serving, browser: requests.Session) -> None:
    """Loading a view is enough to read splunkd's paths; the session cookie is out of scripts' reach."""
    web = served.instance.addresses.web
    context = browser.get(f"{web}{RAW}/authentication/current-context?output_mode=json", timeout=10)

    assert context.json()["entry"][0]["content"]["username"] == "admin"
    cookie = next(one for one in browser.cookies if one.name.startswith("splunkd_"))
    assert cookie.has_nonstandard_attr("HttpOnly")


def test_a_post_needs_the_form_key(served: Serving, browser: requests.Session) -> None:
    """A cookie alone does not let a POST through."""
    url = f"{served.instance.addresses.web}{RAW}/search/jobs"
    form = {"search": "| makeresults", "output_mode": "json"}

    assert browser.post(url, data=form, timeout=10).status_code == 401
    assert browser.post(url, data=form, headers=form_key(browser), timeout=10).status_code in (200, 201, 400)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example:80"])
def test_foreign_host_names_are_refused(served: Serving, host: str) -> None:
    """A name that points here from elsewhere gets nothing, not even a session."""
    answer = requests.get(served.instance.addresses.web + "/", headers={"Host": host}, timeout=10)

    assert answer.status_code == 403
    assert not answer.cookies


def test_without_a_session_nothing_is_read(served: Serving) -> None:
    """Splunkd's paths need the cookie."""
    assert requests.get(f"{served.instance.addresses.web}{RAW}/server/info", timeout=10).status_code == 401


def test_log_in_as_somebody_else(served: Serving) -> None:
    """The log-in form opens a session of that user; a wrong password does not."""
    served.post("/services/authentication/users", name="ann", password="x", roles="user")
    url = served.instance.addresses.web + "/en-US/account/login"
    session = requests.Session()

    assert session.post(url, data={"username": "ann", "password": "y"}, timeout=10).status_code == 401
    session.post(url, data={"username": "ann", "password": "x"}, timeout=10)
    context = session.get(
        f"{served.instance.addresses.web}{RAW}/authentication/current-context?output_mode=json", timeout=10
    )
    assert context.json()["entry"][0]["content"]["username"] == "ann"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/static/page.js", 200),
        ("/static/nothing.js", 404),
        ("/static/..%2f__init__.py", 404),
        ("/standin/page.json", 200),
        ("/nothing", 404),
    ],
)
def test_files_of_the_page(served: Serving, path: str, status: int) -> None:
    """Only the page's own files are there."""
    assert requests.get(served.instance.addresses.web + path, timeout=10).status_code == status
