"""INGEST_EVAL and STOP_PROCESSING_IF: assignments at index time, `=` appends to an indexed field, `:=` replaces it."""

import re

from standin.conf.errors import Problem, UnknownConf
from standin.conf.text import Setting
from standin.environment import Row, Value
from standin.events.draft import QUEUES, Draft, Step, with_attribute
from standin.language.errors import SearchError
from standin.language.evaluate import Expression, compile_expression

ASSIGNMENT = re.compile(r"\s*(?:\$?(?:pd:|field:)?)?([\w.:-]+?)\$?\s*(?:\[\w+\])?\s*(:?=)(?!=)\s*(.*)\Z", re.DOTALL)


def ingest_eval_step(setting: Setting) -> Step:
    """Compile a comma-separated list of assignments, run in order at index time."""
    parts = [ASSIGNMENT.match(text) for text in split_assignments(setting.value)]
    if not all(parts):
        raise UnknownConf(Problem(setting.file, setting.line, "value", f"not assignments: {setting.value!r}"))
    compiled = [(part[1], part[2], _compile(part[3], setting)) for part in parts if part is not None]

    def run(draft: Draft) -> None:
        for name, operator, expression in compiled:
            _assign(draft, name, operator, expression.evaluate(_row(draft), None))

    return run


def stop_step(setting: Setting) -> Step:
    """Compile the condition after which no later transform of the event runs."""
    expression = _compile(f"if({setting.value}, 1, 0)", setting)

    def run(draft: Draft) -> None:
        draft.stopped = expression.evaluate(_row(draft), None) == 1

    return run


def _compile(text: str, setting: Setting) -> Expression:
    try:
        return compile_expression(text)
    except SearchError as error:
        raise UnknownConf(Problem(setting.file, setting.line, "expression", error.message)) from error


def split_assignments(text: str) -> list[str]:
    """Split at commas that stand outside of quotes and parentheses."""
    parts, depth, quote, start = [], 0, "", 0
    for position, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[position - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([":
            depth += 1
        elif letter in ")]":
            depth -= 1
        elif letter == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    return [each for each in [*parts, text[start:]] if each.strip()]


def _row(draft: Draft) -> Row:
    event = draft.event
    row: Row = {"_raw": event.raw, "_time": event.time, "host": event.host, "source": event.source}
    row |= {"sourcetype": event.sourcetype, "index": event.index, "queue": draft.queue}
    firsts: dict[str, Value] = {k: v[0] if isinstance(v, list) else v for k, v in draft.fields.items()}
    return {**firsts, **row}


def _assign(draft: Draft, name: str, operator: str, value: Value | None) -> None:
    if name in ("_raw", "host", "source", "sourcetype", "index"):
        if value is not None:
            draft.event = with_attribute(draft.event, name.removeprefix("_"), str(value))
    elif name == "_time":
        draft.event = draft.event._replace(time=float(str(value))) if value is not None else draft.event
    elif name == "queue":
        draft.queue = str(value) if value in QUEUES else draft.queue
    else:
        if operator == ":=":
            draft.fields.pop(name, None)
        for each in value if isinstance(value, list) else [] if value is None else [str(value)]:
            draft.add_field(name, each)
