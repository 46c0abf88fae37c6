"""Events as one app and some roles see them: rows with every field that search time adds.

    indexed fields ▶ EXTRACT ▶ REPORT ▶ KV_MODE ▶ FIELDALIAS ▶ EVAL ▶ LOOKUP ▶ event types ▶ tags

Every event also has `_raw _time _indextime host index source sourcetype linecount splunk_server` and, unless
ANNOTATE_PUNCT is off, `punct`. A field is worked out when a search first asks for it (`rows`): the extractions of an
event all together, each calculated field alone, the automatic lookups together, event types and tags together.
"""

import re
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.conf.props import PropsTable
from standin.conf.text import is_true
from standin.environment import Row, Value
from standin.events.event import Event
from standin.knowledge.automatic_lookups import AutomaticLookup, automatic_lookups
from standin.knowledge.classification import Classifier
from standin.knowledge.derived import Alias, Calculated, aliases
from standin.knowledge.inline import InlineExtraction, inline_extractions
from standin.knowledge.keyvalue import Extractor, Limits, automatic
from standin.knowledge.lookups import Lookups
from standin.knowledge.reports import Report, reports
from standin.knowledge.rows import LazyRow

PUNCT_LENGTH = 50  # measured: punct-cap
NO_PUNCT = re.compile(r"[A-Za-z0-9]+|[^\x00-\x7f]+")
SERVER = "standin"
CLASSES = ("eventtype", "tag")
# What no extraction can change: a field that is there keeps its value
FIXED = frozenset(
    {"_raw", "_time", "_indextime", "host", "index", "linecount", "source", "sourcetype", "splunk_server"}
)


class Plan(NamedTuple):
    """The compiled search-time settings of one source, host and sourcetype."""

    inline: list[InlineExtraction]
    reports: list[Report]
    automatic: Extractor
    aliases: list[Alias]
    calculated: Calculated
    lookups: list[AutomaticLookup]
    annotates_punctuation: bool
    classify: Classifier
    fixed: frozenset[str]
    looked_up: frozenset[str]


class View:
    """Search time for one app and role set."""

    def __init__(
        self, configuration: Configuration, lookups: Lookups, app: str | None, roles: frozenset[str] | None
    ) -> None:
        self._configuration = configuration
        self._lookups = lookups
        self._app = app
        self._props = PropsTable(configuration, app, roles)
        self._classify = Classifier(configuration, app, roles)
        self._limits = Limits.of(configuration)
        self._plans: dict[tuple[str, str, str], Plan] = {}

    def fields(self, event: Event) -> "EventFields":
        """Return the fields of an event, none worked out yet."""
        return EventFields(event, self._plan(event.source, event.host, event.sourcetype))

    def _plan(self, source: str, host: str, sourcetype: str) -> Plan:
        key = source, host, sourcetype
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._compile(*key)
        return plan

    def _compile(self, source: str, host: str, sourcetype: str) -> Plan:
        props = self._props.merged(source, host, sourcetype)
        renamed = aliases(props)
        lookups = automatic_lookups(props, self._lookups)
        return Plan(
            inline_extractions(props),
            reports(props, self._configuration, self._app),
            automatic(props, self._limits),
            renamed,
            Calculated(props),
            lookups,
            is_true(props["ANNOTATE_PUNCT"].value),
            self._classify,
            FIXED - {alias.new for alias in renamed},
            frozenset(name for lookup in lookups for name in lookup.fields),
        )


class EventFields:
    """All fields of one event, each worked out once."""

    __slots__ = ("_classified", "_event", "_extracted", "_known", "_plan", "_whole", "_written")

    def __init__(self, event: Event, plan: Plan) -> None:
        self._event = event
        self._plan = plan
        self._known: dict[str, Value | None] = {}
        self._extracted: Row | None = None
        self._written: Row | None = None
        self._classified: Row | None = None
        self._whole: Row  # made when first asked for

    @property
    def event(self) -> Event:
        """Return the event as the index holds it."""
        return self._event

    def value(self, name: str) -> Value | None:
        """Return one field, None where there is none."""
        try:
            return self._known[name]
        except KeyError:
            value = self._known[name] = self._work_out(name)
            return value

    def all(self) -> Row:
        """Return every field, in a row that nobody may change: it serves every search."""
        try:
            return self._whole
        except AttributeError:
            self._whole = self._all()
            return self._whole

    def _all(self) -> Row:
        row = dict(self._snapshot())
        base = base_row(self._event, with_punct=False)
        row.update({name: base[name] for name in self._plan.fixed})
        extracted = (name for name in row if name.startswith(CLASSES) and is_class(name))
        computed = (*self._plan.calculated.names, *self._lookup_outputs(), *self._classes(), *extracted)
        for name in dict.fromkeys(computed):
            value = self.value(name)
            if value is None:
                row.pop(name, None)
            else:
                row[name] = value
        return row

    def _work_out(self, name: str) -> Value | None:
        if is_class(name):
            return self._classes().get(name)
        if name in self._plan.looked_up:
            written = self._lookup_outputs()
            if name in written:
                return written[name] if written[name] != "" else None
        return self.before_lookups(name)

    def is_indexed_only(self, name: str) -> bool:
        """Tell whether a field comes from the index and from nothing that search time does."""
        plan = self._plan
        if name not in self._event.fields or name in plan.calculated.names or name in plan.looked_up:
            return False
        return all(alias.new != name for alias in plan.aliases)

    def indexed(self) -> Row:
        """Return what the index itself holds."""
        return base_row(self._event, with_punct=self._plan.annotates_punctuation)

    def before_lookups(self, name: str) -> Value | None:
        """Return one field as the calculated fields leave it."""
        if name in self._plan.calculated.names:
            return self._plan.calculated.evaluate(name, LazyRow(_Snapshot(self)))
        return self.before_calculation(name)

    def before_calculation(self, name: str) -> Value | None:
        """Return one field as the aliases leave it."""
        if name in self._plan.fixed:
            return fixed_field(self._event, name)
        return self._snapshot().get(name)

    def snapshot(self) -> Row:
        """Return every field as the aliases leave it."""
        return self._snapshot()

    def _snapshot(self) -> Row:
        if self._extracted is None:
            plan = self._plan
            row = base_row(self._event, with_punct=plan.annotates_punctuation)
            for extraction in plan.inline:
                extraction(row)
            for report in plan.reports:
                report(row)
            plan.automatic(row, self._event.fields)
            for alias in plan.aliases:
                alias(row)
            self._extracted = row
        return self._extracted

    def _lookup_outputs(self) -> Row:
        if self._written is None:
            row = LazyRow(_BeforeLookups(self))
            self._written = {name: value for lookup in self._plan.lookups for name, value in lookup(row).items()}
        return self._written

    def _classes(self) -> Row:
        if self._classified is None:
            self._classified = self._plan.classify(LazyRow(_Unclassified(self)))
        return self._classified


class _Snapshot:
    """What calculated fields see."""

    def __init__(self, fields: EventFields) -> None:
        self._fields = fields

    def value(self, name: str) -> Value | None:
        """Return one field as the aliases leave it."""
        return self._fields.before_calculation(name)

    def all(self) -> Row:
        """Return every field as the aliases leave it."""
        return self._fields.snapshot()


class _BeforeLookups(_Snapshot):
    """What automatic lookups see."""

    def value(self, name: str) -> Value | None:
        """Return one field as the calculated fields leave it."""
        return self._fields.before_lookups(name)


class _Unclassified(_Snapshot):
    """What event types and tags see: they hand each other what they find by themselves."""

    def value(self, name: str) -> Value | None:
        """Return one field as the lookups leave it."""
        return None if is_class(name) else self._fields.value(name)


def is_class(name: str) -> bool:
    """Tell whether event types or tags write a field."""
    return name in CLASSES or name.startswith("tag::")


def fixed_field(event: Event, name: str) -> Value | None:
    """Return one of the fields that every event has."""
    if name == "_raw":
        return event.raw
    if name == "_time":
        return event.time
    return base_row(event, with_punct=False).get(name)


def base_row(event: Event, *, with_punct: bool) -> Row:
    """Return what the index says of an event."""
    row: Row = {
        "_raw": event.raw,
        "_time": event.time,
        "_indextime": int(event.index_time),
        "host": event.host,
        "index": event.index,
        "linecount": str(event.raw.count("\n") + 1),
        "source": event.source,
        "sourcetype": event.sourcetype,
        "splunk_server": SERVER,
    }
    if with_punct:
        row["punct"] = punctuation(event.raw)
    for name, value in event.fields.items():
        row[name] = list(value) if isinstance(value, list) else value
    return row


def punctuation(raw: str) -> str:
    """Return the punctuation of the first line, a blank as `_`."""
    line = raw[: raw.index("\n")] if "\n" in raw else raw
    return NO_PUNCT.sub("", line[:2000]).replace(" ", "_").replace("\t", "t")[:PUNCT_LENGTH]
