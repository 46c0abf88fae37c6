"""Saved searches that depend on what no source settles: worth knowing, no fault."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from standin.checking.subject import Subject
from standin.conf import Configuration, Problem, Setting
from standin.language.errors import SearchError
from standin.language.unverified import UNVERIFIED, unverified_uses

QUESTIONS = {semantic.name: semantic for semantic in UNVERIFIED}


def open_questions(app_dirs: Sequence[Path]) -> list[Problem]:
    """Return one warning for each open question that a saved search depends on, macros put in."""
    configuration = Configuration.load(app_dirs, refuse=False)
    subjects = [Subject(configuration, app) for app in configuration.apps.values()]
    return [warning for subject in subjects for warning in _of_app(subject)]


def _of_app(subject: Subject) -> Iterator[Problem]:
    for name, settings in subject.stanzas("savedsearches"):
        if "search" in settings:
            yield from _of_search(subject, name, settings["search"])


def _of_search(subject: Subject, name: str, setting: Setting) -> Iterator[Problem]:
    try:
        uses = unverified_uses(setting.value, subject.environment)
    except SearchError:
        return  # a problem by itself
    for question in dict.fromkeys(use.name for use in uses):
        asked = QUESTIONS[question]
        message = f"[{name}] depends on {asked.question} ({question}); here: {asked.reading}"
        yield Problem(setting.file, setting.line, "unverified", message)
