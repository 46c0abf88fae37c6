"""All checks over all apps, the problems in order of file and line, each once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from standin.checking.commands import check_commands
from standin.checking.knowledge import check_props, check_transforms
from standin.checking.models import check_models
from standin.checking.searches import check_event_types, check_macros, check_saved_searches, check_tags
from standin.checking.subject import Subject
from standin.checking.views import check_views
from standin.conf import Configuration, Problem

CHECKS = (
    check_commands,
    check_props,
    check_transforms,
    check_macros,
    check_event_types,
    check_tags,
    check_saved_searches,
    check_models,
    check_views,
)


def check_apps(app_dirs: Sequence[Path]) -> list[Problem]:
    """Return every problem of these apps."""
    configuration = Configuration.load(app_dirs, refuse=False)
    found = [*configuration.problems(), *_beyond_names(configuration)]
    return sorted(dict.fromkeys(found), key=lambda problem: (str(problem.file), problem.line))


def _beyond_names(configuration: Configuration) -> Iterator[Problem]:
    for app in configuration.apps.values():
        subject = Subject(configuration, app)
        for check in CHECKS:
            yield from check(subject)
