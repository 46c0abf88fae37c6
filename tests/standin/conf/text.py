r"""Reading and writing the text of one conf file.

# comment            only where `#` is the first character that is not blank
KEY = value          split at the first `=`, both sides trimmed
KEY = first \        a backslash at the very end goes on; the value keeps the newline
[stanza]             settings before the first stanza belong to [default]
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from standin.conf.errors import ConfError, Problem, UnknownConf

DEFAULT = "default"


class Setting(NamedTuple):
    """One value and where it was written; line 0 of no file is a default that Splunk ships."""

    value: str
    file: Path
    line: int


class Entry(NamedTuple):
    """One line of meaning: a stanza's head (key is None) or a setting of that stanza."""

    stanza: str
    key: str | None
    setting: Setting


def read_entries(file: Path) -> list[Entry]:
    """Read one conf file; raise ConfError at the first line that is neither comment, stanza nor setting."""
    problems: list[Problem] = []
    entries = list(entries_of(file, problems))
    if problems:
        raise ConfError(problems[0])
    return entries


def entries_of(file: Path, problems: list[Problem]) -> Iterator[Entry]:
    """Yield what one conf file says, and add a problem for every line that says nothing."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(file, 1, "encoding", f"not UTF-8 at byte {error.start}"))
        return
    stanza = DEFAULT
    for line, content in _logical_lines(text):
        stripped = content.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if stripped.startswith("["):
            if not stripped.endswith("]"):
                problems.append(Problem(file, line, "syntax", f"stanza without closing bracket: {stripped!r}"))
            stanza = stripped[1:].removesuffix("]")
            yield Entry(stanza, None, Setting(stanza, file, line))
            continue
        key, equals, value = content.partition("=")
        if not equals or not key.strip():
            shown = stripped.splitlines()[0]
            problems.append(Problem(file, line, "syntax", f"neither stanza nor setting: {shown!r}"))
            continue
        yield Entry(stanza, key.strip(), Setting(value.strip(), file, line))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, lines that end in a backslash joined to the next by a newline."""
    first, parts = 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not parts:
            first = number
            if line.lstrip().startswith("#"):
                continue
        if line.endswith("\\"):
            parts.append(line[:-1])
            continue
        yield first, "\n".join([*parts, line])
        parts = []
    if parts:
        yield first, "\n".join(parts)


def write_stanzas(file: Path, stanzas: Mapping[str, Mapping[str, str]]) -> None:
    """Replace one conf file by these stanzas, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    staged = file.with_name(file.name + ".new")
    staged.write_text("\n".join(_stanza_lines(stanzas)) + "\n", encoding="utf-8")
    staged.replace(file)


def _stanza_lines(stanzas: Mapping[str, Mapping[str, str]]) -> Iterable[str]:
    for name, settings in stanzas.items():
        yield f"[{name}]"
        for key, value in settings.items():
            yield f"{key} = " + value.replace("\n", "\\\n")
        yield ""


def whole_number(settings: Mapping[str, Setting], key: str, default: int = 0) -> int:
    """Return the number of a setting, the default where it is not set; raise UnknownConf for any other text."""
    setting = settings.get(key)
    if setting is None or not setting.value:
        return default
    try:
        return int(setting.value)
    except ValueError:
        message = f"{key} wants a whole number, not {setting.value!r}"
        raise UnknownConf(Problem(setting.file, setting.line, "value", message)) from None


def is_true(value: str) -> bool:
    """Tell whether Splunk reads a conf value as true."""
    return value.strip().lower() in {"1", "t", "true", "y", "yes", "enabled"}
