"""Search macros: `[name]` and `[name(2)]` of macros.conf."""

from collections.abc import Mapping

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf
from standin.conf.text import Setting, is_true
from standin.environment import Macro


def find_macro(
    configuration: Configuration, name: str, argument_count: int, view: tuple[str | None, frozenset[str] | None]
) -> Macro | None:
    """Return the macro of that name and arity, None where the view has none."""
    stanza = f"{name}({argument_count})" if argument_count else name
    try:
        settings = configuration.stanza("macros", stanza, *view)
    except KeyError:
        return None
    return read_macro(stanza, argument_count, settings)


def read_macro(stanza: str, argument_count: int, settings: Mapping[str, Setting]) -> Macro:
    """Read one stanza; raises ConfError where arguments and arity differ or the definition is missing."""

    def given(key: str) -> str:
        return settings[key].value if key in settings else ""

    place = settings.get("definition") or next(iter(settings.values()))
    if "definition" not in settings:
        raise UnknownConf(Problem(place.file, place.line, "macro", f"[{stanza}] has no definition"))
    arguments = tuple(name.strip() for name in given("args").split(",") if name.strip()) if argument_count else ()
    if len(arguments) != argument_count or len(set(arguments)) != len(arguments):
        message = f"[{stanza}] wants {argument_count} different names in args, and has {given('args')!r}"
        raise UnknownConf(Problem(place.file, place.line, "macro", message))
    return Macro(
        given("definition"), arguments, is_true(given("iseval")), given("validation") or None, given("errormsg") or None
    )
