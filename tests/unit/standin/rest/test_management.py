"""The management API's forms, as measured on Splunk 10.4.2 (splunk-measured.md 3 and 4)."""

from collections.abc import Iterator

import pytest
import requests

from serving import NOW, Serving, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance for all tests of this module, with three events."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        body = "".join(f'{{"event":"n={number} word=w{number}","time":{NOW - number}}}' for number in range(3))
        assert running.collect("/event", body).json() == {"text": "Success", "code": 0}
        yield running


def text_of(answer: requests.Response) -> str:
    """Return the first message of a JSON answer."""
    text: str = answer.json()["messages"][0]["text"]
    return text


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/services/nothing", 404, "Not Found"),
        ("/services", 404, "Not Found"),
        ("/services/search/nothing", 404, "Unknown endpoint."),
        ("/services/saved/searches/nothing", 404, "Could not find object id=nothing"),
        ("/services/search/jobs/nothing", 404, "Unknown sid."),
        ("/services/server/info?colour=red", 400, 'Argument "colour" is not supported by this handler.'),
        ("/services/data/indexes?sort_dir=up", 400, 'Unknown sort order "up".'),
        ("/services/data/indexes?count=many", 400, 'Invalid value "many" for argument "count".'),
    ],
)
def test_what_is_unknown_is_refused(served: Serving, path: str, status: int, text: str) -> None:
    """Unknown paths, objects and arguments have each their own words."""
    answer = served.get(path)

    assert answer.status_code == status
    assert text_of(answer) == text


@pytest.mark.parametrize("mode", ["", "yaml"])
def test_unknown_output_modes_are_refused_in_xml(served: Serving, mode: str) -> None:
    """The refusal of a mode is XML, whatever was asked for."""
    answer = served.management.get(served.url(f"/services/server/info?output_mode={mode}"), timeout=10)

    assert answer.status_code == 400
    assert f"Invalid output mode specified ({mode})." in answer.text
    assert answer.headers["Content-Type"].startswith("text/xml")


@pytest.mark.parametrize(
    ("header", "challenge", "text"),
    [
        ({}, True, "Unauthorized"),
        ({"Authorization": "Basic YWRtaW46d3Jvbmc="}, True, "Unauthorized"),
        ({"Authorization": "Splunk nonsense"}, False, "call not properly authenticated"),
        ({"Authorization": "Bearer nonsense"}, False, "call not properly authenticated"),
    ],
)
def test_credentials_are_needed(served: Serving, header: dict[str, str], challenge: bool, text: str) -> None:
    """Wrong names get a challenge, wrong keys do not."""
    answer = requests.get(served.url("/services/server/info"), headers=header, verify=str(served.ca_file), timeout=10)

    assert answer.status_code == 401
    assert text in answer.text
    assert ("WWW-Authenticate" in answer.headers) is challenge


def test_login_gives_a_key_and_a_code_for_a_wrong_password(served: Serving) -> None:
    """auth/login needs no session; the code tells a wrong password from a missing one."""
    good = served.post("/services/auth/login", username="admin", password="changeme")
    wrong = served.post("/services/auth/login", username="admin", password="wrong")
    missing = served.post("/services/auth/login", username="admin")

    assert good.json()["sessionKey"]
    assert wrong.status_code == 401
    assert wrong.json()["messages"][0]["code"] == "incorrect_username_or_password"
    assert missing.status_code == 400
    assert "code" not in missing.json()["messages"][0]


def test_collections_are_paged_and_filtered(served: Serving) -> None:
    """Thirty entries without a count, all with count=0, an exact field or a substring by `search`."""
    assert served.get("/services/data/indexes").json()["paging"]["perPage"] == 30
    everything = served.get("/services/data/indexes", count="0").json()
    assert everything["paging"]["perPage"] == 10_000_000
    names = [entry["name"] for entry in everything["entry"]]
    assert names == sorted(names)
    assert [e["name"] for e in served.get("/services/data/indexes", search="name=main").json()["entry"]] == ["main"]
    assert len(served.get("/services/data/indexes", count="2", offset="1").json()["entry"]) == 2


def test_json_has_real_types_and_xml_has_digits(served: Serving) -> None:
    """JSON carries booleans and numbers, sizes stay text; XML has 0 and 1."""
    content = served.get("/services/data/indexes/main").json()["entry"][0]["content"]
    assert content["disabled"] is False
    assert content["totalEventCount"] == 3
    assert content["currentDBSizeMB"] == "1"
    xml = served.management.get(served.url("/services/data/indexes/main"), timeout=10).text
    assert '<s:key name="disabled">0</s:key>' in xml


@pytest.mark.parametrize(
    ("form", "status", "text"),
    [
        ({}, 400, "The required 'search' parameter"),
        ({"search": "search *", "earliest_time": "-30x"}, 400, "Invalid earliest_time."),
        ({"search": "search *", "earliest_time": "0", "latest_time": "0"}, 400, "Invalid latest_time:"),
        ({"search": "search * | nonsense"}, 400, "Unknown search command 'nonsense'."),
        ({"search": "index=main"}, 400, "Unknown search command 'index'."),
        ({"search": '("a")'}, 400, "Unknown search command '(\"a\")'."),
    ],
)
def test_wrong_searches_are_refused_at_dispatch(served: Serving, form: dict[str, str], status: int, text: str) -> None:
    """What Splunk finds while parsing is a 400, FATAL."""
    answer = served.post("/services/search/jobs", exec_mode="oneshot", **form)

    assert answer.status_code == status
    assert answer.json()["messages"][0]["type"] == "FATAL"
    assert text_of(answer).startswith(text)


def test_the_position_counts_in_what_was_sent(served: Serving) -> None:
    """The place of the fault is that of the client's text, not of ours."""
    spl = "eval x=1 | nonsense"

    assert served.post("/services/search/jobs", search=spl, exec_mode="oneshot").json()["position"] == spl.index(
        "nonsense"
    )


def test_other_faults_fail_the_job(served: Serving) -> None:
    """A oneshot answers 200 with messages only; a job is FAILED, its results are refused with the same words."""
    spl = "search index=main | eval x=nonsense(1)"
    oneshot = served.post("/services/search/jobs", search=spl, exec_mode="oneshot")
    assert oneshot.status_code == 200
    assert "results" not in oneshot.json()
    assert oneshot.json()["messages"][0]["type"] == "FATAL"

    sid = served.post("/services/search/jobs", search=spl, exec_mode="blocking").json()["sid"]
    content = served.get(f"/services/search/jobs/{sid}").json()["entry"][0]["content"]
    assert (content["dispatchState"], content["isFailed"], content["doneProgress"]) == ("FAILED", True, 1)
    assert [message["type"] for message in content["messages"]] == ["FATAL", "ERROR"]
    assert served.get(f"/services/search/v2/jobs/{sid}/results").status_code == 400


def test_results_come_in_every_form(served: Serving) -> None:
    """json, json_rows, json_cols, csv and xml hold the same rows."""
    spl = "search index=main | table n, word, none"
    sid = served.post("/services/search/jobs", search=spl, exec_mode="blocking").json()["sid"]
    path = f"/services/search/v2/jobs/{sid}/results"

    assert served.get(path, count="1").json()["results"] == [{"n": "0", "word": "w0"}]
    assert served.get(path, output_mode="json_rows", offset="2").json()["rows"] == [["2", "w2", None]]
    columns = served.get(path, output_mode="json_cols", show_metadata="true").json()
    assert columns["fields"] == [{"name": "n"}, {"name": "word"}, {"name": "none"}]
    assert columns["columns"] == [["0", "1", "2"], ["w0", "w1", "w2"], [None, None, None]]
    assert served.get(path, output_mode="csv").text == "n,word,none\n0,w0,\n1,w1,\n2,w2,\n"
    assert "<field k='word'>\n<value><text>w1</text></value>" in served.get(path, output_mode="xml").text


def test_post_process_filters_the_rows_of_a_job(served: Serving) -> None:
    """`search=` runs over the job's rows, by GET and by POST, with and without a command in front."""
    spl = "search index=main | table n, word"
    sid = served.post("/services/search/jobs", search=spl, exec_mode="blocking").json()["sid"]
    path = f"/services/search/v2/jobs/{sid}/results_preview"

    assert served.post(path, search="search n=1").json()["results"] == [{"n": "1", "word": "w1"}]
    assert served.get(path, search="| where n>1 | table word").json()["results"] == [{"word": "w2"}]
    assert served.get(path, search="where n>1 | table word").json()["results"] == [{"word": "w2"}]
    assert served.post(path, search="| nonsense").status_code == 400


def test_post_process_counts_its_own_rows(served: Serving) -> None:
    """Only a post-processed answer says how many rows there are, before paging: Dashboard Studio shows that number."""
    sid = served.post("/services/search/jobs", search="search index=main n=99", exec_mode="blocking").json()["sid"]
    path = f"/services/search/v2/jobs/{sid}/results_preview"

    of_nothing = served.get(path, output_mode="json_cols", search="| stats count").json()
    plain = served.get(path, output_mode="json_cols").json()

    assert of_nothing["post_process_count"] == 1
    assert "post_process_count" not in plain


def test_a_job_lives_until_it_is_cancelled(served: Serving) -> None:
    """Control changes the job, cancel removes it; an unknown action is refused."""
    sid = served.post("/services/search/jobs", search="search index=main", exec_mode="blocking").json()["sid"]
    path = f"/services/search/jobs/{sid}"

    assert (
        text_of(served.post(f"{path}/control", action="setttl", ttl="77"))
        == "The ttl of the search job was changed to 77."
    )
    assert served.post(f"{path}/control", action="dance").status_code == 400
    assert [entry["content"]["sid"] for entry in served.get("/services/search/jobs", id=sid).json()["entry"]] == [sid]
    assert text_of(served.post(f"{path}/control", action="cancel")) == "Search job cancelled."
    assert served.get(path).status_code == 404


def test_export_writes_a_line_a_row(served: Serving) -> None:
    """Each line is a document; the last is marked; without rows there is one line."""
    lines = served.post("/services/search/v2/jobs/export", search="search index=main | table n").text.splitlines()
    assert lines[0] == '{"preview":false,"offset":0,"result":{"n":"0"}}'
    assert lines[2] == '{"preview":false,"offset":2,"lastrow":true,"result":{"n":"2"}}'
    empty = served.post("/services/search/v2/jobs/export", search="search index=main n=99").text
    assert empty == '{"preview":false,"lastrow":true}\n'


def test_simple_receiver_indexes_a_body(served: Serving) -> None:
    """The answer echoes where the event went; an index that is missing is named."""
    url = served.url("/services/receivers/simple?output_mode=json&sourcetype=s")
    stored = served.management.post(url, data="hello receiver", timeout=10)
    assert stored.json() == {
        "index": "default",
        "bytes": 14,
        "host": "127.0.0.1",
        "source": "http-simple",
        "sourcetype": "s",
    }
    missing = served.management.post(url + "&index=nowhere", data="x", timeout=10)
    assert text_of(missing) == "supplied index 'nowhere' missing"


def test_the_clock_goes_forward_only(served: Serving) -> None:
    """Going back, and no number, are refused."""
    assert served.get("/standin/clock").json()["now"] >= NOW
    assert served.post("/standin/clock", set="1").status_code == 400
    assert served.post("/standin/clock", set="noon").status_code == 400
