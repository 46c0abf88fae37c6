"""What the index must hold for a search expression, with all that an app knows: a `language.lispy` expression.

| in the search                         | in the index                                              |
|---------------------------------------|-----------------------------------------------------------|
| word, phrase, CASE()                  | each part between breakers                                |
| TERM(x), field=TERM(x)                | x as one term                                             |
| x*, a*b                               | a look along the terms; *x says nothing                   |
| field=value, field IN (...)           | fields.conf: INDEXED `field::value`; INDEXED_VALUE as set |
|   ... where props calculate the field | the same, or any event that these props are for           |
| field::value                          | `field::value`                                            |
| eventtype=, tag=                      | what the event types and tags stand for                   |
| NOT word                              | not the word, where it is one term                        |
| != < > <= >=, subnets, any other NOT  | nothing                                                   |

A calculated field, or one that an automatic lookup writes, is in no raw text: all events of the stanza have to be read.
(Splunk may look a lookup's outputs up backwards and read less.)
"""

import re
from collections.abc import Iterable, Iterator

from standin.conf.configuration import Configuration
from standin.conf.text import Setting, is_true
from standin.events.sed import sed
from standin.events.segmenters import search_segmenter
from standin.knowledge.automatic_lookups import AutomaticLookup
from standin.knowledge.classification import event_types, tagged
from standin.knowledge.lookups import Lookups
from standin.language.known import TIME_SYNONYMS, TIME_TERMS
from standin.language.lispy import ANYTHING, Has, Lacks, Lispy, either, every
from standin.language.searchtree import All, Any, Clause, Comparison, Membership, Not, Term
from standin.values import cidr, wildcard

# What the index is known to hold of every event; other shipped INDEXED fields (punct, date_hour) are not looked up
METADATA = frozenset({"host", "index", "linecount", "source", "sourcetype"})
SED = re.compile(r"\s*[sy](\W).*\1.*\1")
BOOLEAN = re.compile(r"(?i)\s*(true|false|t|f|1|0|yes|no|y|n)\s*")


class Required:
    """Reads search expressions for one app and set of roles."""

    def __init__(
        self, configuration: Configuration, lookups: Lookups, app: str | None, roles: frozenset[str] | None
    ) -> None:
        self._configuration = configuration
        self._lookups = lookups
        self._view = app, roles
        self._breakers = search_segmenter(configuration)
        self._fields = set(configuration.stanzas("fields", *self._view))
        self._types = {each.name: each.filter.clause for each in event_types(configuration, *self._view)}
        self._open: set[str] = set()

    def of(self, clause: Clause) -> Lispy:
        """Return what the index must hold of every event that a clause finds."""
        if isinstance(clause, All):
            return every(map(self.of, clause.operands))
        if isinstance(clause, Any):
            return either(map(self.of, clause.operands))
        if isinstance(clause, Not):
            return self._not(clause.operand)
        if isinstance(clause, Term):
            return self._term(clause)
        if isinstance(clause, Membership):
            return either(self._equality(clause.field, value) for value in clause.values)
        return self._comparison(clause)

    def _not(self, clause: Clause) -> Lispy:
        """NOT of one whole word is looked up, of anything else it is not (course notes: `NOT 192.168.1.1` is not).

        TERM of a plain word is left out: how far TERM reaches is open (unverified.py, term-breadth).
        """
        if not isinstance(clause, Term) or clause.mode == "CASE" or "*" in clause.text:
            return ANYTHING
        word = clause.text.lower()
        is_plain = self._words(word) == [word]
        return Lacks(word) if word and is_plain != (clause.mode == "TERM") else ANYTHING

    def _term(self, term: Term) -> Lispy:
        return _whole(term.text) if term.mode == "TERM" else self._all_words(term.text)

    def _comparison(self, clause: Comparison) -> Lispy:
        if clause.operator != "=" or clause.field in TIME_TERMS or clause.field in TIME_SYNONYMS:
            return ANYTHING
        if clause.is_indexed:
            return Has(f"{clause.field}::{clause.value}".lower())
        return self._equality(clause.field, clause.value, clause.mode)

    def _equality(self, field: str, value: str, mode: str = "") -> Lispy:
        if field == "eventtype":
            return self._event_type(value)
        if field == "tag" or field.startswith("tag::"):
            return self._tag(field.removeprefix("tag").removeprefix("::"), value)
        if field in METADATA:
            return Has(f"{field}::{value}".lower()) if value.strip("*") else ANYTHING
        indexed = self._setting(field, "INDEXED")
        if is_true(indexed.value):
            return ANYTHING if self._is_shipped(field) else Has(f"{field}::{value}".lower())
        terms = _whole(value) if mode == "TERM" else self._value(value, self._setting(field, "INDEXED_VALUE"))
        return either([terms, *self._calculating(field)])

    def _setting(self, field: str, key: str) -> Setting:
        if field in self._fields:
            return self._configuration.stanza("fields", field, *self._view)[key]
        return self._configuration.default("fields")[key]

    def _is_shipped(self, field: str) -> bool:
        return self._configuration.home("fields", field, self._view[0]) is None

    def _value(self, value: str, setting: Setting) -> Lispy:
        rule = setting.value
        if BOOLEAN.fullmatch(rule):
            is_subnet = cidr.matcher(value) is not None and "/" in value
            return self._all_words(value) if is_true(rule) and not is_subnet else ANYTHING
        if SED.match(rule):
            return self._all_words(sed(setting)(value))
        return _whole(rule.replace("<VALUE>", value))

    def _all_words(self, text: str) -> Lispy:
        return every(map(Has, self._words(text)))

    def _words(self, text: str) -> list[str]:
        words = [word for word in self._breakers.split(text.lower()) if word]
        return [word for word in words if not word.startswith("*")]

    def _calculating(self, field: str) -> Iterator[Lispy]:
        """Yield the events whose props make this field out of anything: their raw text need not have the value."""
        for name in ["default", *self._configuration.stanzas("props", *self._view)]:
            settings = self._props(name)
            if f"EVAL-{field}" in settings or any(field in each.fields for each in self._automatic(settings.items())):
                yield _events_of(name)

    def _props(self, name: str) -> dict[str, Setting]:
        if name == "default":
            return dict(self._configuration.default("props"))
        return dict(self._configuration.own("props", name, *self._view))

    def _automatic(self, settings: Iterable[tuple[str, Setting]]) -> Iterator[AutomaticLookup]:
        return (AutomaticLookup(setting, self._lookups) for key, setting in settings if key.startswith("LOOKUP-"))

    def _event_type(self, pattern: str) -> Lispy:
        matches = wildcard.matcher(pattern)
        return either(self._one_type(name) for name in self._types if matches(name))

    def _one_type(self, name: str) -> Lispy:
        if name in self._open:
            return ANYTHING  # event types in a circle
        self._open.add(name)
        try:
            return self.of(self._types[name])
        finally:
            self._open.discard(name)

    def _tag(self, field: str, pattern: str) -> Lispy:
        matches = wildcard.matcher(pattern)
        pairs = tagged(self._configuration, *self._view)
        return either(
            self._equality(each.field, each.value)
            for each in pairs
            if field in ("", each.field) and any(map(matches, each.tags))
        )


def _whole(text: str) -> Lispy:
    word = text.lower()
    return ANYTHING if not word or word.startswith("*") else Has(word)


def _events_of(stanza: str) -> Lispy:
    """Return the events that a stanza of props is for."""
    if stanza == "default":
        return ANYTHING
    if "::" not in stanza:
        return Has(f"sourcetype::{stanza}".lower())
    return Has(re.sub(r"\.\.\.|\([^()]*\)|[|()]", "*", stanza).lower())
