"""Custom search commands: whether each could be started, and whether its script compiles."""

import ast
from collections.abc import Iterator
from functools import partial

from standin.checking.subject import Subject, attempt
from standin.conf import Problem
from standin.external.definition import Definition, check, definition_of, find_program, python_required
from standin.jobs.interpreter import required_versions
from standin.language.known import COMMANDS


def check_commands(subject: Subject) -> Iterator[Problem]:
    """Check every command that the app defines."""
    for name, own in subject.stanzas("commands"):
        settings = subject.configuration.stanza("commands", name, subject.app.name)
        definition = definition_of(name, settings)
        if definition is not None:
            yield from attempt(partial(_check, definition), next(iter(own.values())))


def _check(definition: Definition) -> None:
    if definition.name.lower() in COMMANDS:
        raise definition.refusal("filename", f"{definition.name} is the name of a built-in command")
    check(definition)
    program = find_program(definition)
    if program.suffix != ".py":
        return
    oldest = required_versions(python_required(definition))[-1]
    major, minor = (int(part) for part in oldest.split(".")[:2])
    try:
        ast.parse(program.read_text(encoding="utf-8"), feature_version=(major, minor))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise definition.refusal("filename", f"{program.name} is no Python {oldest}: {error}") from error
