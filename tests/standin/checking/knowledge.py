"""Props and transforms: every regex, expression, alias, lookup and transform that they name."""

from collections.abc import Callable, Iterator
from functools import partial

from standin.checking.subject import Stanza, Subject, attempt
from standin.conf import Problem, Setting
from standin.conf.patterns import compile_regex
from standin.events.rewriting import transform_steps
from standin.events.sed import sed_step
from standin.events.timestamp import TimeReader
from standin.events.transforms import RegexTransform
from standin.knowledge.automatic_lookups import AutomaticLookup
from standin.knowledge.derived import calculated, read_aliases
from standin.knowledge.inline import InlineExtraction
from standin.knowledge.lookups import match_rules
from standin.knowledge.reports import Report, named_report

LIMITS = 100_000, 1_000
REGEX_KEYS = frozenset(
    {"LINE_BREAKER", "BREAK_ONLY_BEFORE", "MUST_BREAK_AFTER", "MUST_NOT_BREAK_AFTER", "MUST_NOT_BREAK_BEFORE"}
)
TIME_KEYS = frozenset({"TIME_PREFIX", "TZ", "MAX_TIMESTAMP_LOOKAHEAD", "MAX_DAYS_AGO", "MAX_DAYS_HENCE"})
Check = Callable[[], object]


def check_props(subject: Subject) -> Iterator[Problem]:
    """Compile every setting of the app's props."""
    for _, stanza in subject.stanzas("props"):
        for key, setting in stanza.items():
            for check in _props_checks(subject, key, setting):
                yield from attempt(check, setting)


def _props_checks(subject: Subject, key: str, setting: Setting) -> Iterator[Check]:
    kind = key.partition("-")[0]
    names = [name.strip() for name in setting.value.split(",") if name.strip()]
    if kind == "EXTRACT":
        yield partial(InlineExtraction, setting, *LIMITS)
    elif kind == "EVAL":
        yield partial(calculated, key, setting)
    elif kind == "FIELDALIAS":
        yield partial(read_aliases, setting)
    elif kind == "LOOKUP":
        yield partial(AutomaticLookup, setting, subject.lookups)
    elif kind == "SEDCMD":
        yield partial(sed_step, setting)
    elif kind == "REPORT":
        yield from (partial(named_report, name, setting, subject.configuration, subject.app.name) for name in names)
    elif kind == "TRANSFORMS":
        yield from (partial(transform_steps, name, setting, subject.configuration) for name in names)
    elif key in REGEX_KEYS and setting.value:
        yield partial(compile_regex, setting, setting.value)
    elif key in TIME_KEYS and setting.value:
        yield partial(TimeReader, {**subject.configuration.default("props"), key: setting})


def check_transforms(subject: Subject) -> Iterator[Problem]:
    """Compile every transform of the app, and look for the file or collection of every lookup definition."""
    for name, stanza in subject.stanzas("transforms"):
        place = next(iter(stanza.values()))
        yield from attempt(partial(_check_transform, subject, name, stanza), place)


def _check_transform(subject: Subject, name: str, stanza: Stanza) -> None:
    settings = subject.configuration.stanza("transforms", name, subject.app.name)
    if "filename" in stanza or "collection" in stanza or "external_type" in stanza:
        match_rules(settings)
        if subject.lookups.find(name) is None:
            raise ValueError(f"lookup [{name}] names a file that is not in lookups/")
    elif "INGEST_EVAL" in stanza or "STOP_PROCESSING_IF" in stanza:
        transform_steps(name, next(iter(stanza.values())), subject.configuration)
    elif "DEST_KEY" in stanza or "WRITE_META" in stanza:
        RegexTransform(name, settings)
    else:
        Report(name, settings)
