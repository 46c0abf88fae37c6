"""Events as one app and some roles see them: rows with every field that search time adds.

    indexed fields ▶ EXTRACT ▶ REPORT ▶ KV_MODE ▶ FIELDALIAS ▶ EVAL ▶ LOOKUP ▶ event types ▶ tags

Every event also has `_raw _time _indextime host index source sourcetype linecount splunk_server` and, unless
ANNOTATE_PUNCT is off, `punct`. Rows are made once for each event and kept until a conf or a lookup file changes.
"""

import re
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.conf.props import PropsTable
from standin.conf.text import is_true
from standin.environment import Row
from standin.events.event import Event
from standin.knowledge.automatic_lookups import AutomaticLookup, apply_lookups, automatic_lookups
from standin.knowledge.classification import Classifier
from standin.knowledge.derived import Alias, Calculated, aliases
from standin.knowledge.inline import InlineExtraction, inline_extractions
from standin.knowledge.keyvalue import Extractor, Limits, automatic
from standin.knowledge.lookups import Lookups
from standin.knowledge.reports import Report, reports

PUNCT_LENGTH = 50  # measured: punct-cap
NO_PUNCT = re.compile(r"[A-Za-z0-9]+|[^\x00-\x7f]+")
SERVER = "standin"


class Plan(NamedTuple):
    """The compiled search-time settings of one source, host and sourcetype."""

    inline: list[InlineExtraction]
    reports: list[Report]
    automatic: Extractor
    aliases: list[Alias]
    calculated: Calculated
    lookups: list[AutomaticLookup]
    annotates_punctuation: bool


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

    def row(self, event: Event) -> Row:
        """Return the event with all its fields, as a row of its own."""
        plan = self._plan(event.source, event.host, event.sourcetype)
        row = base_row(event, with_punct=plan.annotates_punctuation)
        for extraction in plan.inline:
            extraction(row)
        for report in plan.reports:
            report(row)
        plan.automatic(row, event.fields)
        for alias in plan.aliases:
            alias(row)
        plan.calculated(row)
        if plan.lookups:
            apply_lookups(row, plan.lookups)
        self._classify(row)
        return row

    def _plan(self, source: str, host: str, sourcetype: str) -> Plan:
        key = source, host, sourcetype
        plan = self._plans.get(key)
        if plan is None:
            props = self._props.merged(*key)
            plan = self._plans[key] = Plan(
                inline_extractions(props),
                reports(props, self._configuration, self._app),
                automatic(props, self._limits),
                aliases(props),
                Calculated(props),
                automatic_lookups(props, self._lookups),
                is_true(props["ANNOTATE_PUNCT"].value),
            )
        return plan


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
