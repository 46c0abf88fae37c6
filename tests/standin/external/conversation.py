"""The talk between a search and a custom command: getinfo once, then execute for every batch of rows.

    search                                              command
    {"action":"getinfo","searchinfo":{…}}          ──▶
                                                   ◀──  {"type":"streaming","required_fields":["a"]}
    {"action":"execute","finished":false} + rows   ──▶
                                                   ◀──  {"finished":false} + rows
    {"action":"execute","finished":true}           ──▶
                                                   ◀──  {"finished":true}, and its end

The keys of both, and their order, were recorded from Splunk 8.2.1 (github NDietrich/Splunk-CustomSearchProtocol-v2,
example_messages). A command that is not yet finished after the last rows is asked again, without rows.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from standin.environment import Answer, Invocation, TimeBounds, Value
from standin.external.child import Child, Exited, Program, TooSlow
from standin.external.definition import Definition, command_line
from standin.external.host import Host, Surroundings
from standin.external.reply import Configuration, Said, messages_of, read_configuration, unknown_keys
from standin.external.wire import Chunk, Inbox, WireError, pack, read_table, write_table
from standin.jobs.scripts import Scripts
from standin.language.errors import LimitReached, SearchError, Unsupported

VERSION = "10.4.2"
MAX_RESULT_ROWS = 50_000  # [searchresults] maxresultrows of limits.conf as shipped; recorded in searchinfo
MAX_CHUNK_BYTES = 1 << 29
SETUP, RUNNING = "during setup", "during search"


class Caller(NamedTuple):
    """On whose behalf, from which app and over which time a search runs."""

    user: str
    app: str
    sid: str
    bounds: TimeBounds


class Command:
    """A custom command as one search sees it: `standin.environment.External`."""

    def __init__(self, definition: Definition, host: Host, caller: Caller) -> None:
        self._definition = definition
        self._host = host
        self._caller = caller
        self._max_chunk = definition.number("maxchunksize") or MAX_CHUNK_BYTES
        self._max_wait_s = definition.number("maxwait")
        # Whatever is wrong with the definition is said before anything runs.
        command_line(definition, Scripts(Path("/"), host.python))

    def start(self, invocation: Invocation) -> "Talk":
        """Start the process and let it say what it is."""
        with ExitStack() as resources:
            around = resources.enter_context(self._host.surroundings(self._caller.user, self._caller.sid))
            child = self._child(around, invocation)
            self._host.running.add(child)
            resources.callback(self._host.running.discard, child)
            resources.callback(child.kill)
            talk = Talk(child, invocation, float(self._max_wait_s))
            talk.introduce(searchinfo(invocation, self._caller, around))
            talk.resources = resources.pop_all()
            return talk

    def _child(self, around: Surroundings, invocation: Invocation) -> Child:
        scripts = Scripts(around.home, self._host.python)
        arguments = command_line(self._definition, scripts)
        program = Program(arguments, scripts.environment(), Path("/"))
        try:
            return Child(program, Inbox(self._max_chunk), around.log)
        except OSError as error:
            text = f"Cannot find program '{invocation.name}' or script '{arguments[0]}': {error.strerror}."
            raise SearchError(f"Error in '{invocation.name}' command: {text}") from error


def searchinfo(invocation: Invocation, caller: Caller, around: Surroundings) -> Mapping[str, object]:
    """Return what the first message tells of the search."""
    return {
        "args": list(invocation.arguments),
        "raw_args": list(invocation.raw_arguments),
        "dispatch_dir": str(around.dispatch),
        "sid": caller.sid,
        "app": caller.app,
        "owner": caller.user,
        "username": caller.user,
        "session_key": around.session_key,
        "splunkd_uri": around.uri,
        "splunk_version": VERSION,
        "search": quote(invocation.search, safe=""),
        "command": invocation.name,
        "maxresultrows": MAX_RESULT_ROWS,
        "earliest_time": _moment(caller.bounds.earliest),
        "latest_time": _moment(caller.bounds.latest),
    }


def _moment(epoch: float | None) -> str:
    """Write a bound as text; 0 is no bound (recorded)."""
    return "0" if epoch is None else f"{epoch:.9f}"


class Talk:
    """One running command: `standin.environment.Conversation`."""

    def __init__(self, child: Child, invocation: Invocation, max_wait_s: float) -> None:
        self.resources = ExitStack()
        self.messages: Sequence[tuple[str, str]] = ()
        self._child = child
        self._name = invocation.name
        self._deadline = invocation.deadline
        self._max_wait_s = max_wait_s
        self._said: list[str] = []
        self._stage = SETUP
        self._take(Configuration())

    def introduce(self, search: Mapping[str, object]) -> None:
        """Ask the command what it is."""
        question = {"action": "getinfo", "preview": False, "streaming_command_will_restart": False}
        metadata = self._exchange(pack({**question, "searchinfo": search})).metadata
        try:
            unknown = unknown_keys(metadata)
            if unknown:
                raise Unsupported(f"{unknown[0]} in the first reply of command {self._name}")
            self.messages = self._messages(metadata)
            self._take(read_configuration(metadata))
        except WireError as error:
            raise self._invalid(error) from error
        self._stage = RUNNING
        if self.is_finished:
            self.finish()

    def _take(self, said: Configuration) -> None:
        self.kind = said.kind
        self.generates = said.generates
        self.required_fields: Sequence[str] | None = said.required_fields
        self.streaming_preop = said.streaming_preop
        self.batch_size = min(said.max_inputs or MAX_RESULT_ROWS, MAX_RESULT_ROWS)
        self.is_finished = said.is_finished
        self._max_wait_s = said.max_wait_s or self._max_wait_s

    def send(self, rows: Sequence[Mapping[str, Value]], fields: Sequence[str], *, is_last: bool) -> Answer:
        """Send one batch of rows and return what came back."""
        chunk = self._exchange(pack({"action": "execute", "finished": is_last}, write_table(rows, fields)))
        try:
            messages = self._messages(chunk.metadata)
            answered, header = read_table(chunk.body)
        except WireError as error:
            raise self._invalid(error) from error
        return Answer(answered, header, messages, bool(chunk.metadata.get("finished")))

    def finish(self) -> None:
        """Let the command end by itself."""
        code = self._child.end()
        if code is None:
            raise self._failed("The command had finished, but did not end.")
        if code:
            raise self._ended(code)

    def close(self) -> None:
        """End the command at once."""
        self.resources.close()

    def _messages(self, metadata: Mapping[str, object]) -> Said:
        messages = messages_of(metadata)
        self._said += [f"{level} {text}" for level, text in messages if level in ("ERROR", "FATAL")]
        if metadata.get("error"):
            raise self._failed(str(metadata["error"]))
        return messages

    def _exchange(self, data: bytes) -> Chunk:
        try:
            return self._child.exchange(data, self._deadline, self._max_wait_s)
        except Exited:
            code = self._child.end()
            raise self._ended(code) from None
        except TooSlow:
            self._child.kill()
            text = f"the search was ended: command '{self._name}' gave no answer in time.{self._details()}"
            raise LimitReached(text) from None
        except WireError as error:
            raise self._invalid(error) from error

    def _ended(self, code: int | None) -> SearchError:
        if code:
            return self._failed(f"External search command exited unexpectedly with non-zero error code {code}.")
        return self._failed("External search command exited unexpectedly: exit code 0, but no answer.")

    def _invalid(self, error: WireError) -> SearchError:
        self._child.kill()
        return self._failed(f"Invalid message received from external search command {self._stage}: {error}.")

    def _failed(self, text: str) -> SearchError:
        return SearchError(f"Error in '{self._name}' command: {text}{self._details()}")

    def _details(self) -> str:
        said = f" It said: {'; '.join(self._said)}." if self._said else ""
        tail = self._child.tail
        return said + (f" The end of its stderr: {tail}" if tail else "")
