"""Custom commands of an instance that serves: a session of the user, the job's folder and its log."""

import re
from collections.abc import Iterator

import pytest

from serving import Serving, serving
from unit.standin.external.commands_app import NAME, write_app


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with the commands and a user without special rights."""
    app = write_app(tmp_path_factory.mktemp("apps"))
    with serving(tmp_path_factory.mktemp("state")) as running:
        running.instance.install(app)
        running.post("/services/authentication/users", name="ann", password="secret", roles="user")
        yield running


def search(served: Serving, spl: str, **form: str) -> dict[str, object]:
    """Run a search in the app to its end and return its answer."""
    answer: dict[str, object] = served.post(
        f"/servicesNS/nobody/{NAME}/search/jobs", search=spl, exec_mode="oneshot", **form
    ).json()
    return answer


def test_a_command_speaks_to_splunkd_as_the_user(served: Serving) -> None:
    """self.service is logged in as the one who searches; the session ends with the command."""
    before, served.management.auth = served.management.auth, ("ann", "secret")
    answer = search(served, "| whoami")
    served.management.auth = before

    assert answer["results"] == [{"name": "ann", "version": "10.4.2"}]
    assert "ann" not in served.instance.sessions._names.values()


def test_a_job_keeps_what_its_command_wrote_to_stderr(served: Serving) -> None:
    """search.log of the job has the lines, as splunkd marks them."""
    path = f"/servicesNS/nobody/{NAME}/search/jobs"
    sid = served.post(path, search="| makeresults | fail mode=log | head 1", exec_mode="blocking").json()["sid"]
    plain = served.post(path, search="| makeresults", exec_mode="blocking").json()["sid"]

    log = served.get(f"/services/search/jobs/{sid}/search.log")
    assert log.status_code == 200
    assert re.fullmatch(
        r"09-21-2026 14:\d\d:\d\d\.\d+ \+0000 ERROR ChunkedExternProcessor - stderr: logged\n", log.text
    )
    assert served.get(f"/services/search/jobs/{plain}/search.log").text == ""


def test_what_fails_is_a_message_of_the_job(served: Serving) -> None:
    """As for every other command, the answer has messages and no results."""
    answer = search(served, "| makeresults | fail")

    messages = answer["messages"]
    assert isinstance(messages, list) and messages[0]["type"] == "FATAL"
    assert 'A value for "mode" is required' in messages[0]["text"]
    assert "results" not in answer or answer["results"] == []


def test_an_unknown_command_is_refused_at_dispatch(served: Serving) -> None:
    """Another app does not see what an app keeps to itself; here the commands are exported."""
    assert search(served, "| numbers count=1")["results"]
    answer = served.post("/servicesNS/nobody/search/search/jobs", search="| nowhere", exec_mode="oneshot")

    assert (answer.status_code, "Unknown search command 'nowhere'" in answer.text) == (400, True)


def test_commands_run_over_the_rows_of_a_job(served: Serving) -> None:
    """The post-process of results may call them too."""
    path = f"/servicesNS/nobody/{NAME}/search/jobs"
    sid = served.post(path, search="| makeresults count=2 | eval n=1", exec_mode="blocking").json()["sid"]
    answer = served.get(f"/services/search/jobs/{sid}/results", search="double field=x times=2 n | table x").json()

    assert answer["results"] == [{"x": "11"}, {"x": "11"}]
