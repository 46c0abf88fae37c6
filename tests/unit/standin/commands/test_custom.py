"""What a search says to each kind of custom command, and what it makes of the answers, with commands made of a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from standin.environment import Answer, Invocation, Row, Value
from standin.language.errors import SearchError
from standin.language.search import Result, run
from unit.standin.searching import MemoryEnvironment

Rows = Sequence[Mapping[str, Value]]
Work = Callable[[Rows], list[Row]]


def echo(rows: Rows) -> list[Row]:
    """Give rows back as they came."""
    return [dict(row) for row in rows]


@dataclass
class Scripted:
    """A custom command that keeps what it was sent; it is finished when it was told that the rows are."""

    kind: str = "streaming"
    work: Work = echo
    generates: bool = False
    required_fields: Sequence[str] | None = None
    streaming_preop: str = ""
    batch_size: int = 50_000
    messages: Sequence[tuple[str, str]] = ()
    is_finished: bool = False
    finishes_after: int = 10**6
    sent: list[tuple[list[str], int, bool]] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    has_finished: bool = False
    is_closed: bool = False

    def start(self, invocation: Invocation) -> "Scripted":
        """Keep how it was called."""
        self.invocations.append(invocation)
        return self

    def send(self, rows: Rows, fields: Sequence[str], *, is_last: bool) -> Answer:
        """Keep what was sent and answer."""
        self.sent.append((list(fields), len(rows), is_last))
        found = self.work(rows)
        names = list(dict.fromkeys(name for row in found for name in row))
        return Answer(found, names, (), is_last or len(self.sent) >= self.finishes_after)

    def finish(self) -> None:
        """Keep that it was let go."""
        self.has_finished = True

    def close(self) -> None:
        """Keep that it was ended."""
        self.is_closed = True


def searched(spl: str, **commands: Scripted) -> Result:
    """Run a search that knows some commands."""
    return run(
        spl,
        MemoryEnvironment(
            events=[
                {"_raw": "x", "_time": 2.0, "age": "66", "name": "a"},
                {"_raw": "y", "_time": 1.0, "age": "18", "name": "b"},
            ],
            externals=commands,
        ),
    )


# Recorded from Splunk 8.2.1 (github NDietrich/Splunk-CustomSearchProtocol-v2, example_messages): fields, rows, finished.
CONVERSATIONS = [
    pytest.param(
        "search * | it",
        Scripted("streaming", required_fields=["age"]),
        [(["age", "_chunked_idx"], 2, False), (["age", "_chunked_idx"], 0, True)],
        id="doubleage, streaming",
    ),
    pytest.param(
        "search * | it",
        Scripted("stateful", required_fields=["age", "sum"]),
        [(["age", "sum", "_chunked_idx"], 2, False), (["age", "sum", "_chunked_idx"], 0, True)],
        id="accumages, stateful",
    ),
    pytest.param(
        "search * | it",
        Scripted("reporting", required_fields=["age"]),
        [(["age"], 2, True)],
        id="averageage, reporting",
    ),
    pytest.param(
        "search * | fields _raw _time age name | it",
        Scripted("events", required_fields=["age"]),
        [(["_raw", "_time", "age", "name"], 2, True)],
        id="sortages, events",
    ),
    pytest.param(
        "| it",
        Scripted("stateful", generates=True, required_fields=["_time", "data"]),
        [(["_time", "data", "_chunked_idx"], 0, True)],
        id="generateevents, generating",
    ),
]


@pytest.mark.parametrize(("spl", "command", "sent"), CONVERSATIONS)
def test_a_search_says_what_splunk_was_recorded_to_say(
    spl: str, command: Scripted, sent: list[tuple[list[str], int, bool]]
) -> None:
    """Which fields go there, how many rows, and whether they are the last."""
    searched(spl, it=command)

    assert command.sent == sent
    assert command.has_finished and command.is_closed


def doubled(rows: Rows) -> list[Row]:
    """Double an age, leave out the rest."""
    return [{"age": str(int(str(row["age"])) * 2), "_chunked_idx": row["_chunked_idx"], "new": "n"} for row in rows]


def test_what_was_not_sent_is_kept() -> None:
    """Rows are merged by their place; a required field that does not come back is gone."""
    command = Scripted(required_fields=["age", "_raw"], work=doubled)

    found = searched("search * | it", it=command)

    assert found.rows == [
        {"_time": 2.0, "age": "132", "name": "a", "new": "n"},
        {"_time": 1.0, "age": "36", "name": "b", "new": "n"},
    ]
    assert found.are_events


def test_rows_may_be_dropped_and_multiplied() -> None:
    """Each row that comes back is its own, whatever its place; one without a place stands by itself."""
    command = Scripted(
        required_fields=["age"],
        work=lambda rows: (
            [{"_chunked_idx": "1", "n": "1"}, {"_chunked_idx": "1", "n": "2"}, {"n": "3"}] if rows else []
        ),
    )

    assert [(row.get("name"), row["n"]) for row in searched("search * | it", it=command).rows] == [
        ("b", "1"),
        ("b", "2"),
        (None, "3"),
    ]


@pytest.mark.parametrize("required", [None, ["*"], ["a*", "_*"]])
def test_all_fields_go_there_unless_some_are_named(required: list[str] | None) -> None:
    """Without a list, or with a star, nothing is merged."""
    command = Scripted(required_fields=required)
    searched("search * | fields _raw _time age name | it", it=command)

    assert set(command.sent[0][0]) - {"_chunked_idx"} >= {"_raw", "_time", "age"}


@pytest.mark.parametrize("required", [None, ["*"], ["a*", "_*"], ["age"]])
def test_the_last_chunk_names_the_same_columns(required: list[str] | None) -> None:
    """That there are no more rows is said under the header of those before (recorded as above)."""
    command = Scripted(required_fields=required)
    searched("search * | fields _raw _time age name | it", it=command)

    (first, _, _), (last, count, _) = command.sent
    assert (last, count) == (first, 0)


def test_batches_are_as_large_as_said() -> None:
    """Reports get their rows in batches too, the last one says so."""
    command = Scripted("reporting", batch_size=2)
    searched("| makeresults count=5 | it", it=command)

    assert [(count, last) for _, count, last in command.sent] == [(2, False), (2, False), (1, True)]


@pytest.mark.parametrize("kind", ["streaming", "events", "reporting"])
def test_a_command_that_has_finished_gets_no_more(kind: str) -> None:
    """What it has not been sent is not asked for."""
    command = Scripted(kind, batch_size=1, finishes_after=1)
    found = searched("| makeresults count=5 | it", it=command)

    assert (len(found.rows), len(command.sent), command.has_finished) == (1, 1, True)


def test_a_report_has_columns_of_its_own() -> None:
    """The order is the command's; its rows are no events."""
    found = searched("search * | it", it=Scripted("reporting", work=lambda rows: [{"z": "1", "a": "2"}]))

    assert (found.fields, found.are_events) == (["z", "a"], False)


def test_a_preop_runs_before_its_report() -> None:
    """splunk-sdk names its map phase; a preop of Splunk's own commands works too."""
    mapper = Scripted("streaming", work=lambda rows: [{"n": str(len(rows))}] if rows else [])
    report = Scripted("reporting", streaming_preop='mapper phase="map" "a b"')
    found = searched("search * | it", it=report, mapper=mapper)
    assert found.rows == [{"n": "2"}]
    assert (mapper.invocations[0].arguments, mapper.invocations[0].raw_arguments) == (
        ["phase=map", "a b"],
        ['phase="map"', '"a b"'],
    )

    own = Scripted("reporting", streaming_preop="eval n=age+1 | fields n")
    assert [row["n"] for row in searched("search * | it", it=own).rows] == [67, 19]


@pytest.mark.parametrize("mapper", [Scripted("reporting"), Scripted("events"), Scripted(generates=True)])
def test_a_preop_that_is_not_streaming_is_left_out(mapper: Scripted) -> None:
    """The report gets the rows themselves, and the other process is ended."""
    report = Scripted("reporting", streaming_preop="mapper")
    searched("search * | it", it=report, mapper=mapper)

    assert (report.sent[0][1], mapper.sent, mapper.is_closed) == (2, [], True)


def test_a_preop_that_is_wrong_names_the_command() -> None:
    """Its position is the command's, since nobody wrote it."""
    with pytest.raises(SearchError) as caught:
        searched("search * | it", it=Scripted("reporting", streaming_preop="nonsense x"))

    assert caught.value.position == len("search * | ")


def test_messages_are_said_but_for_debug() -> None:
    """Those of the first reply too."""
    found = searched("search * | it", it=Scripted(messages=[("WARN", "a"), ("DEBUG", "b")]))

    assert [tuple(message) for message in found.messages] == [("WARN", "a")]


def test_a_generating_command_comes_first() -> None:
    """Splunk's words; one that is finished at once has no rows."""
    with pytest.raises(SearchError, match="Error in 'it' command: This command must be the first command of a search"):
        searched("search * | it", it=Scripted(generates=True))
    assert searched("| it", it=Scripted(generates=True, is_finished=True)).rows == []


@pytest.mark.parametrize(
    ("row", "are_events"),
    [
        ({"_raw": "x", "_time": "1"}, True),
        ({"n": "1", "_time": "1", "_raw": "x"}, True),
        ({"_raw": "x", "n": "1"}, False),
        ({"_time": "1"}, False),
    ],
)
def test_what_is_generated_is_events_by_its_columns(row: Row, are_events: bool) -> None:
    """Events are rows with a text and a time (Splexicon: event; splunk-sdk's generating commands give both)."""
    found = searched("| it", it=Scripted(generates=True, work=lambda _: [dict(row)]))

    assert (found.rows, found.are_events) == ([row], are_events)


def test_arguments_may_come_from_a_subsearch() -> None:
    """What stands in brackets is run first, for every command."""
    command = Scripted()
    searched('search * | it a=[| makeresults | eval search="5" | table search]', it=command)

    assert command.invocations[0].arguments == ["a=5"]
    assert command.invocations[0].search.startswith("search * | it a=[")


def test_a_command_is_ended_when_another_fails() -> None:
    """However a search ends, its commands do too."""
    command = Scripted()
    with pytest.raises(SearchError):
        searched("search * | it | other", it=command, other=Scripted(generates=True))

    assert command.is_closed
