"""Custom search commands: how rows go to a command of an app and come back, by what the command says it is.

streaming, stateful   batch by batch; with `required_fields` only these go there, with `_chunked_idx`, by which what
                      comes back is merged with the other fields of its row
events                all rows go there, with all fields, and what comes back are the rows
reporting             all rows go there, narrowed to `required_fields`, and what comes back are rows but no events

(recorded from Splunk 8.2.1; the words are those of Splunk's support on the protocol). A `generating` command must be
the first and gets no rows. The `streaming_preop` of a reporting command runs before it, wherever it stands (an example
of splunk-sdk's has it behind `head`); one that turns out not to be streaming is left out, since splunk-sdk names one
for a command without a map phase too.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from standin.commands.stream import Search, Step, Stream
from standin.commands.subsearch import expand_subsearches
from standin.environment import Answer, Conversation, External, Invocation, Row
from standin.external.words import bare, raw_words
from standin.language.errors import SearchError
from standin.language.pipeline import Call, split_pipeline
from standin.values.numbers import read_number
from standin.values.wildcard import has_wildcard, select

INDEX = "_chunked_idx"
STREAMING = ("streaming", "stateful")
FIRST = "This command must be the first command of a search."


def build_custom(call: Call, search: Search, external: External, *, is_first: bool) -> Step:
    """Call a command of an app; it is started when rows are asked for."""
    call = expand_subsearches(call, search)
    return partial(_step, call, search, external, is_first)


def _step(call: Call, search: Search, external: External, is_first: bool, stream: Stream) -> Stream:
    try:
        talk = _start(call, search, external)
        if talk.generates:
            return _generated(call, search, talk, is_first=is_first)
        if talk.kind in STREAMING:
            return stream.with_rows(_placed(call, _streamed(search, talk, stream.rows)))
        return _gathered(search, talk, _before(call, search, talk, stream))
    except SearchError as error:
        raise _at(error, call) from None


def _at(error: SearchError, call: Call) -> SearchError:
    if error.position is None:
        error.position = call.name_position
    return error


def _placed(call: Call, rows: Iterator[Row]) -> Iterator[Row]:
    try:
        yield from rows
    except SearchError as error:
        raise _at(error, call) from None


def _start(call: Call, search: Search, external: External) -> Conversation:
    raw = raw_words(call.arguments)
    words = [bare(word) for word in raw]
    talk = external.start(Invocation(call.name, raw, words, search.text, search.deadline))
    search.resources.callback(talk.close)
    _say(search, talk.messages)
    return talk


def _say(search: Search, messages: Iterable[tuple[str, str]]) -> None:
    for level, text in messages:
        if level != "DEBUG":
            search.say(level, text)


def _send(search: Search, talk: Conversation, rows: Sequence[Row], fields: Sequence[str], *, is_last: bool) -> Answer:
    answer = talk.send(rows, fields, is_last=is_last)
    _say(search, answer.messages)
    return answer


def _rest(search: Search, talk: Conversation, answer: Answer, fields: Sequence[str]) -> Iterator[Answer]:
    """Ask for what a command has still to give after its last rows."""
    while not answer.is_finished:
        answer = _send(search, talk, [], fields, is_last=True)
        yield answer
    talk.finish()


def _generated(call: Call, search: Search, talk: Conversation, *, is_first: bool) -> Stream:
    if not is_first:
        raise SearchError(f"Error in '{call.name}' command: {FIRST}", call.name_position)
    fields = [*(talk.required_fields or ()), INDEX] if talk.required_fields and talk.kind in STREAMING else []
    answers = [] if talk.is_finished else [_send(search, talk, [], fields, is_last=True)]
    answers += [more for first in answers[:1] for more in _rest(search, talk, first, fields)]
    return _stream_of(search, talk, answers, Stream([]))


def _gathered(search: Search, talk: Conversation, stream: Stream) -> Stream:
    rows = list(search.guard(stream.rows))
    narrows = talk.kind == "reporting"
    answers: list[Answer] = []
    fields: list[str] = []
    for start in range(0, max(len(rows), 1), talk.batch_size):
        batch = rows[start : start + talk.batch_size]
        fields = _fields(batch, talk.required_fields if narrows else None) or fields
        is_last = start + talk.batch_size >= len(rows)
        answers.append(_send(search, talk, batch, fields, is_last=is_last))
        if answers[-1].is_finished:
            break
    answers += _rest(search, talk, answers[-1], fields)
    return _stream_of(search, talk, answers, stream)


def _stream_of(search: Search, talk: Conversation, answers: Sequence[Answer], stream: Stream) -> Stream:
    rows = list(search.guard(row for answer in answers for row in answer.rows))
    for row in rows:
        row.pop(INDEX, None)
    names = dict.fromkeys(name for answer in answers for name in answer.fields if name != INDEX)
    if talk.kind == "reporting":
        return Stream(rows, order=list(names), declared=frozenset(names))
    are_events = stream.is_events if not talk.generates else {"_raw", "_time"} <= set(names)
    return Stream(rows, order=stream.order, is_events=are_events, declared=stream.declared)


def _streamed(search: Search, talk: Conversation, rows: Iterable[Row]) -> Iterator[Row]:
    waiting = iter(search.guard(rows))
    required = talk.required_fields
    merges = required is not None and "*" not in required
    fields: list[str] = []
    while batch := list(islice(waiting, talk.batch_size)):
        fields = _fields(batch, required)
        sent: Sequence[Row] = [_numbered(row, fields, number) for number, row in enumerate(batch)] if merges else batch
        answer = _send(search, talk, sent, [*fields, INDEX] if merges else fields, is_last=False)
        yield from _merged(answer.rows, batch, fields) if merges else answer.rows
        if answer.is_finished:
            talk.finish()
            return
    fields = fields or _fields([], required)
    last = _send(search, talk, [], [*fields, INDEX] if merges else fields, is_last=True)
    yield from last.rows
    for more in _rest(search, talk, last, fields):
        yield from more.rows


def _fields(rows: Sequence[Row], required: Sequence[str] | None) -> list[str]:
    if required is not None and not any(has_wildcard(name) for name in required):
        return list(required)
    present = list(dict.fromkeys(name for row in rows for name in row))
    return present if required is None else select(required, present)


def _numbered(row: Row, fields: Sequence[str], number: int) -> Row:
    values = ((name, row.get(name)) for name in fields)
    return {**{name: value for name, value in values if value is not None}, INDEX: number}


def _merged(rows: Iterable[Row], batch: Sequence[Row], sent: Sequence[str]) -> Iterator[Row]:
    """Put what came back over the fields that were not sent, row by row."""
    for row in rows:
        number = read_number(str(row.pop(INDEX, "")))
        if isinstance(number, int) and 0 <= number < len(batch):
            whole = batch[number].copy()
            for name in sent:
                whole.pop(name, None)
            whole.update(row)
            yield whole
        else:
            yield row


def _before(call: Call, search: Search, talk: Conversation, stream: Stream) -> Stream:
    """Run what a reporting command wants to have run before it."""
    if not talk.streaming_preop:
        return stream
    try:
        steps = [_preop(one, search) for one in split_pipeline(talk.streaming_preop, is_subsearch=True)]
    except SearchError as error:
        error.position = call.name_position
        raise
    if any(step is None for step in steps):
        return stream
    for step in steps:
        stream = step(stream) if step is not None else stream
    return stream


def _preop(call: Call, search: Search) -> Step | None:
    """Compile one command of a preop; None where a custom one is not streaming."""
    external = search.environment.external(call.name)
    if external is None:
        return search.pipeline(f"{call.name} {call.arguments}", call.name_position, search, is_subsearch=True)
    talk = _start(call, search, external)
    if talk.kind not in STREAMING or talk.generates:
        talk.close()
        return None
    return lambda stream: stream.with_rows(_placed(call, _streamed(search, talk, stream.rows)))
