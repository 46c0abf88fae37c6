"""From what an input delivers to events in the store; what applies depends on the way in.

| path                        | breaks | finds time        | TRUNCATE | SEDCMD, TRANSFORMS, INGEST_EVAL |
|-----------------------------|--------|-------------------|----------|---------------------------------|
| monitored file              | yes    | yes               | yes      | yes                             |
| HEC /event                  | no     | no, `time` or now | yes      | yes                             |
| HEC /raw                    | yes    | unless `time`     | yes      | yes                             |
| modular input `<event>`     | no     | unless `<time>`   | yes      | yes                             |
| modular input, `unbroken`   | yes    | unless `<time>`   | yes      | yes                             |
| `collect` (sourcetype stash)| no     | no, the row's     | no       | no                              |

HEC /event: splunk-conf.md marks it [K]. A modular input's event is whole unless it says `unbroken="1"`.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.conf.props import PropsTable
from standin.conf.text import is_true
from standin.environment import Value
from standin.events.breaking import Breaker, Line
from standin.events.draft import Draft, Step
from standin.events.event import NO_FIELDS, Event, Origin
from standin.events.rewriting import compile_steps
from standin.events.store import Store
from standin.events.structured import Structure, structure_of
from standin.events.timestamp import TimeReader, first_iso_time

Clock = Callable[[], float]
CUT: Mapping[str, Value] = {"meta": "truncated"}


class Plan(NamedTuple):
    """The compiled index-time settings of one source, host and sourcetype."""

    breaker: Breaker
    times: TimeReader
    steps: list[Step]
    structure: Structure | None
    annotates_punctuation: bool


class Pipeline:
    """The index-time half of Splunk for one configuration and one store."""

    def __init__(
        self, configuration: Configuration, store: Store, clock: Clock, *, every_line_is_an_event: bool = False
    ) -> None:
        self.store = store
        self._configuration = configuration
        self._clock = clock
        self._bare = every_line_is_an_event
        self._version = -1
        self._plans: dict[tuple[str, str, str], Plan] = {}
        self._props = PropsTable(configuration, None)

    def index_file(self, data: bytes, origin: Origin) -> list[Event]:
        """Index the whole content of a monitored file; return the events that were kept."""
        text = data.decode("utf-8", "replace")
        if self._bare:
            return self.store.add(self._bare_lines(text, origin))
        return self.store.add(self._from_text(text, origin, None, NO_FIELDS))

    def index_hec_event(
        self, raw: str, origin: Origin, time: float | None, fields: Mapping[str, Value] = NO_FIELDS
    ) -> list[Event]:
        """Index one event of HEC's /event endpoint; return it, or nothing where it was dropped."""
        return self.store.add(self._whole(raw, origin, self._clock() if time is None else time, fields))

    def index_hec_events(self, events: Iterable[tuple[str, Origin, float | None, Mapping[str, Value]]]) -> list[Event]:
        """Index the events of one body as `index_hec_event` does, all at once: (raw, origin, time, fields)."""
        now = self._clock()
        finished = [
            self._whole(raw, origin, now if time is None else time, fields) for raw, origin, time, fields in events
        ]
        return self.store.add(event for some in finished for event in some)

    def index_hec_raw(self, data: bytes, origin: Origin, time: float | None = None) -> list[Event]:
        """Index one body of HEC's /raw endpoint."""
        return self.store.add(self._from_text(data.decode("utf-8", "replace"), origin, time, NO_FIELDS))

    def index_lines(
        self,
        data: str,
        origin: Origin,
        time: float | None = None,
        *,
        unbroken: bool = False,
        fields: Mapping[str, Value] = NO_FIELDS,
    ) -> list[Event]:
        """Index one `<event>` of a modular input, or with `unbroken` a piece of a stream; `fields` are `_meta`'s."""
        if unbroken:
            return self.store.add(self._from_text(data, origin, time, fields))
        if time is None:
            now = self._clock()
            time = self._plan(origin).times.read(data, now) or now
        return self.store.add(self._whole(data.rstrip("\r\n"), origin, time, fields))

    def index_summary(self, raw: str, origin: Origin, time: float) -> list[Event]:
        """Index one row of the `collect` command as it is."""
        return self.store.add([Event(raw, time, self._clock(), *origin)])

    def _plan(self, origin: Origin) -> Plan:
        if self._version != self._configuration.version:
            self._props = PropsTable(self._configuration, None)
            self._plans, self._version = {}, self._configuration.version
        key = origin.source, origin.host, origin.sourcetype
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._compile(*key)
        return plan

    def _compile(self, source: str, host: str, sourcetype: str) -> Plan:
        props = self._props.merged(source, host, sourcetype)
        times = TimeReader(props)
        steps = compile_steps(props, self._configuration)
        punct = is_true(props["ANNOTATE_PUNCT"].value)
        return Plan(Breaker(props, times.has_date), times, steps, structure_of(props), punct)

    def _from_text(self, text: str, origin: Origin, time: float | None, fields: Mapping[str, Value]) -> Iterable[Event]:
        plan = self._plan(origin)
        now = self._clock()
        if plan.structure is not None:
            lines = plan.structure.events(text, plan.breaker)
            yield from self._structured(lines, plan, origin, now)
            return
        previous = now
        for line in plan.breaker.break_text(text):
            if time is None:
                previous = plan.times.read(line[0], now) or previous
            yield from _finish(line, plan, Event(line[0], previous if time is None else time, now, *origin), fields)

    def _structured(
        self, lines: Iterable[tuple[Line, Mapping[str, Value], str]], plan: Plan, origin: Origin, now: float
    ) -> Iterable[Event]:
        previous = now
        for line, fields, stamp in lines:
            previous = plan.times.read(stamp, now) or previous
            yield from _finish(line, plan, Event(line[0], previous, now, *origin), fields)

    def _whole(self, raw: str, origin: Origin, time: float, fields: Mapping[str, Value]) -> Iterable[Event]:
        plan = self._plan(origin)
        line = plan.breaker.truncate(raw)
        return _finish(line, plan, Event(line[0], time, self._clock(), *origin), fields)

    def _bare_lines(self, text: str, origin: Origin) -> Iterable[Event]:
        now = self._clock()
        plan = self._plan(origin)
        for line in text.replace("\r", "\n").split("\n"):
            if line:
                raw, cut = plan.breaker.truncate(line)
                time = first_iso_time(line)
                yield Event(raw, now if time is None else time, now, *origin, CUT if cut else NO_FIELDS)


def _finish(line: Line, plan: Plan, event: Event, fields: Mapping[str, Value]) -> Iterable[Event]:
    _, cut = line
    if cut:
        fields = {**fields, **CUT}
    if not plan.steps:
        return (event._replace(fields=fields) if fields else event,)
    draft = Draft(event, dict(fields))
    for step in plan.steps:
        step(draft)
        if draft.stopped:
            break
    finished = draft.finished()
    return () if finished is None else (finished,)
