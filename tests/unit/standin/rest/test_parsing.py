"""search/parser, search/timeparser and the small collections that splunk-sdk reads."""

from collections.abc import Iterator

import pytest

from serving import Serving, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        yield running


def parsed(served: Serving, query: str, path: str = "search/v2/parser") -> dict[str, object]:
    """Parse a search."""
    answer = served.post(f"/services/{path}", q=query, parse_only="true")
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


def test_a_search_is_taken_apart(served: Serving) -> None:
    """A flat object (measured); the form of each command is the sample in Splunk's own web code."""
    found = parsed(served, "search * | eval myfield = 10 | stats count")

    assert (found["eventsSearch"], found["reportsSearch"]) == ("search * | eval myfield = 10", "stats count")
    assert found["isStreamingSearch"] is False
    assert found["commands"] == [
        {
            "command": "search",
            "rawargs": "* ",
            "pipeline": "streaming",
            "streamType": "SP_STREAM",
            "args": {"search": ["*"]},
            "isGenerating": True,
        },
        {
            "command": "eval",
            "rawargs": "myfield = 10 ",
            "pipeline": "streaming",
            "streamType": "SP_STREAM",
            "args": " myfield = 10",
            "isGenerating": False,
        },
        {
            "command": "stats",
            "rawargs": "count",
            "pipeline": "report",
            "streamType": "SP_STREAMREPORT",
            "isGenerating": False,
        },
    ]
    assert parsed(served, "search * | stats count", "search/parser")["reportsSearch"] == "stats count"


# Measured on Splunk 10.4.2, one probe a command.
@pytest.mark.parametrize(
    ("command", "pipeline", "kind"),
    [
        ("where a=1", "streaming", "SP_STREAM"),
        ("table a", "streaming", "SP_STREAM"),
        ("fillnull a", "streaming", "SP_STREAM"),
        ("timechart count", "report", "SP_STREAMREPORT"),
        ("top a", "report", "SP_STREAMREPORT"),
        ("head 1", "report", "SP_STATEFUL"),
        ("dedup a", "stateful", "SP_STATEFUL"),
        ("sort a", "events", "SP_EVENTS"),
        ("tail 1", "events", "SP_EVENTS"),
    ],
)
def test_commands_are_classified_as_measured(served: Serving, command: str, pipeline: str, kind: str) -> None:
    """Each command says in which pipeline it runs and how it takes events."""
    commands = parsed(served, f"search * | {command}")["commands"]

    assert isinstance(commands, list)
    assert (commands[1]["pipeline"], commands[1]["streamType"]) == (pipeline, kind)


def test_a_generating_command_has_no_events_search(served: Serving) -> None:
    """Measured for makeresults and inputlookup; what nobody measured says nothing of its class."""
    found = parsed(served, "| makeresults | streamstats count")

    assert (found["eventsSearch"], found["reportsSearch"]) == ("", "makeresults | streamstats count")
    assert "pipeline" not in found["commands"][1]  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "Invalid query."),
        ("  ", "Invalid query."),
        ("index=main", "Unknown search command 'index'."),
        ("search * | nonsense", "Unknown search command 'nonsense'."),
        ("search * | eval", "Error in 'EvalCommand'"),
        ("search * | transaction a", "not supported by this stand-in: command transaction"),
    ],
)
def test_what_is_no_search_is_refused(served: Serving, query: str, text: str) -> None:
    """400, FATAL, with the words of the search itself."""
    answer = served.post("/services/search/parser", q=query)

    assert answer.status_code == 400
    assert answer.json()["messages"][0]["type"] == "FATAL"
    assert text in answer.json()["messages"][0]["text"]


def test_the_parser_takes_post_only(served: Serving) -> None:
    """Measured: GET is 405 and says what is allowed."""
    answer = served.get("/services/search/v2/parser", q="search *")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_parsed_search_is_xml_too(served: Serving) -> None:
    """Splunk's own form: a dict of the search, a list of commands."""
    text = served.post("/services/search/parser", q="search a | head 1", output_mode="xml").text

    assert '<dict><key name="eventsSearch">search a</key>' in text
    assert '<key name="args"><dict><key name="search"><list><item>a</item></list></key></dict></key>' in text


def test_times_are_resolved(served: Serving) -> None:
    """Keyed by the modifier (measured), in ISO 8601 unless another form is asked for, relative to `now`."""
    found = served.get("/services/search/timeparser", time="-1h@h", now="3600.5")
    assert found.json() == {"-1h@h": "1970-01-01T00:00:00.000+00:00"}
    epoch = served.get("/services/search/timeparser", time="0", output_time_format="%s")
    assert epoch.json() == {"0": "0"}
    xml = served.get("/services/search/timeparser", time="0", output_mode="xml").text
    assert '<response><dict><key name="0">1970-01-01T00:00:00.000+00:00</key></dict></response>' in xml


def test_times_that_are_none_are_refused(served: Serving) -> None:
    """Measured: without `time` no content; an unreadable one is 400."""
    assert served.get("/services/search/timeparser").status_code == 204
    answer = served.get("/services/search/timeparser", time="nonsense")
    assert (answer.status_code, answer.json()["messages"][0]["text"]) == (400, "Invalid time.")


def test_event_types_are_created_changed_and_deleted(served: Serving) -> None:
    """saved/eventtypes writes eventtypes.conf; searches see it, and a search that is none is refused."""
    path = "/servicesNS/nobody/search/saved/eventtypes"
    assert served.post(path, name="some type", search="a=1", priority="2").status_code == 201
    assert served.post(path, name="some type", search="a=1").status_code == 409
    assert served.post(path, name="bad", search="(").status_code == 400
    assert served.post(f"{path}/some%20type", description="text").json()["entry"][0]["content"]["description"] == "text"
    assert served.post(f"{path}/some%20type/disable").json()["entry"][0]["content"]["disabled"] is True
    assert [one["name"] for one in served.get(path).json()["entry"]] == ["some type"]
    assert served.management.delete(served.url(f"{path}/some%20type"), timeout=10).status_code == 200
    assert served.get(f"{path}/some%20type").status_code == 404
