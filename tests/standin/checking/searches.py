"""Macros, event types, tags and saved searches: everything that they name, and their text."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from urllib.parse import unquote

from cronsim import CronSim, CronSimError

from standin.checking.subject import Subject, attempt, search_problem
from standin.conf import Problem, Setting, is_true
from standin.jobs.scheduler import SUMMARY_INDEX
from standin.knowledge.classification import compile_event_type
from standin.knowledge.macros import read_macro
from standin.language.analyse import analyse, macros_of
from standin.language.errors import SearchError
from standin.language.evaluate import compile_expression

ARITY = re.compile(r"(?P<name>.+?)\((?P<count>\d+)\)\Z")
TOKEN = re.compile(r"\$([A-Za-z][\w-]*)\$")
EVENT_TYPE = "eventtype"


def check_macros(subject: Subject) -> Iterator[Problem]:
    """Check each macro's arguments, the macros that it calls, and its validation."""
    for stanza, settings in subject.stanzas("macros"):
        arity = ARITY.match(stanza)
        place = settings.get("definition") or next(iter(settings.values()))
        yield from attempt(partial(read_macro, stanza, int(arity["count"]) if arity else 0, settings), place)
        if "definition" in settings:
            yield from _called_macros(subject, settings["definition"])
            yield from _undeclared_arguments(stanza, settings)
        if settings.get("validation") and settings["validation"].value:
            yield from attempt(partial(_check_validation, settings["validation"]), settings["validation"])


def _check_validation(setting: Setting) -> None:
    compile_expression(re.sub(r"\$[\w-]+\$", "argument", setting.value))


def _called_macros(subject: Subject, setting: Setting) -> Iterator[Problem]:
    for use in macros_of(setting.value):
        if subject.environment.macro(use.name, use.argument_count) is None:
            called = f"{use.name}({use.argument_count})" if use.argument_count else use.name
            line = setting.line + setting.value.count("\n", 0, use.position)
            yield Problem(setting.file, line, "macro", f"no macro `{called}`")


def _undeclared_arguments(stanza: str, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    """Name each `$x$` of a definition that no argument replaces: it reaches the search as it stands."""
    setting = settings["definition"]
    declared = settings["args"].value.split(",") if "args" in settings else []
    names = {name.strip() for name in declared}
    for use in TOKEN.finditer(setting.value):
        if use[1] not in names:
            line = setting.line + setting.value.count("\n", 0, use.start())
            yield Problem(setting.file, line, "macro", f"[{stanza}] uses ${use[1]}$, which its args do not name")


def check_event_types(subject: Subject) -> Iterator[Problem]:
    """Compile each event type, and look for the event types that it names."""
    for name, settings in subject.stanzas("eventtypes"):
        place = settings.get("search") or next(iter(settings.values()))
        wrong = list(attempt(partial(compile_event_type, name, settings), place))
        yield from wrong or (event_types_of(subject, place) if "search" in settings else ())


def check_tags(subject: Subject) -> Iterator[Problem]:
    """Look for the event type that each tag stanza names."""
    known = set(subject.configuration.stanzas("eventtypes", subject.app.name))
    for stanza, settings in subject.stanzas("tags"):
        field, equals, value = stanza.partition("=")
        place = next(iter(settings.values()))
        line = place.line - 1
        if not equals:
            yield Problem(place.file, line, "tag", f"[{stanza}] is not FIELD=VALUE")
        elif unquote(field) == EVENT_TYPE and unquote(value) not in known:
            yield Problem(place.file, line, "eventtype", f"[{stanza}] names an event type that does not exist")


def check_saved_searches(subject: Subject) -> Iterator[Problem]:
    """Compile each saved search and alert condition, read its schedule, look for its actions and event types."""
    for _, settings in subject.stanzas("savedsearches"):
        if "search" in settings:
            setting = settings["search"]
            yield from subject.search(setting.value, setting)
            yield from event_types_of(subject, setting)
        if settings.get("alert_condition") and settings["alert_condition"].value:
            condition = settings["alert_condition"]
            yield from subject.search("| makeresults | " + condition.value.lstrip("| "), condition, "alert_condition")
        if settings.get("cron_schedule") and settings["cron_schedule"].value:
            yield from attempt(partial(_check_cron, settings["cron_schedule"].value), settings["cron_schedule"])
        yield from _unknown_actions(subject, settings)


def event_types_of(subject: Subject, setting: Setting) -> Iterator[Problem]:
    """Look for the event types that a search names."""
    known = set(subject.configuration.stanzas("eventtypes", subject.app.name))
    try:
        commands = analyse(setting.value, subject.environment)
    except SearchError as error:
        yield search_problem(error, setting.value, setting, "search")
        return
    for use in (use for command in commands for use in command.uses):
        if use.kind == EVENT_TYPE and "*" not in use.name and use.name not in known:
            line = setting.line + setting.value.count("\n", 0, use.position)
            yield Problem(setting.file, line, EVENT_TYPE, f"no event type {use.name!r}")


def _check_cron(text: str) -> None:
    try:
        CronSim(text, datetime.now(UTC))
    except CronSimError as error:
        raise ValueError(f"not a cron schedule: {text!r}: {error}") from None


def _unknown_actions(subject: Subject, settings: Mapping[str, Setting]) -> Iterator[Problem]:
    known = set(subject.configuration.stanzas("alert_actions", subject.app.name))
    for key, setting in settings.items():
        kind, _, name = key.partition(".")
        if kind != "action" or "." in name or not is_true(setting.value):
            continue
        if name not in known:
            yield Problem(setting.file, setting.line, "action", f"no alert action {name!r} in alert_actions.conf")
        elif reason := _not_run(subject, name, settings):
            message = f"not supported by this stand-in: action {name}{reason}"
            yield Problem(setting.file, setting.line, "unsupported", message, unsupported=True)


def _not_run(subject: Subject, name: str, settings: Mapping[str, Setting]) -> str | None:
    """Return why an alert action would only be logged, None where it is run."""
    if name == SUMMARY_INDEX:
        kind = settings.get(f"action.{name}._type")
        return None if kind is None or kind.value in ("", "event") else f" with _type = {kind.value}"
    action = subject.configuration.stanza("alert_actions", name, subject.app.name)
    if "is_custom" not in action or not is_true(action["is_custom"].value):
        return ", only custom alert actions are run"
    if "payload_format" not in action or action["payload_format"].value != "json":
        return " with payload_format other than json"
    return None
