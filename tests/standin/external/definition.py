"""From a stanza of commands.conf to what is started.

Only version 2 of the protocol (`chunked = true`) is run; version 1 is refused by name. As commands.conf.spec says:
`filename` is looked for in PLATFORM/bin, then in bin, of the app that defines the command, and never elsewhere; without
it the command's name is, with each of the known suffixes; `.py` runs under the Python that `python.required` (else
`python.version`) allows; a `.path` file names the program by its content; `command.arg.N` follow in order of N.
"""

import os
import platform
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from standin.conf.errors import ConfError, Problem, UnknownConf, UnsupportedConf
from standin.conf.text import Setting, is_true
from standin.jobs.scripts import Scripts

Settings = Mapping[str, Setting]
SUFFIXES = (".py", ".pl", ".exe", ".bat", ".cmd", ".sh", ".js", "")
# Started by other programs of Splunk's, or by another system.
NOT_RUN = {".pl": "Perl", ".js": "JavaScript", ".exe": "Windows", ".bat": "Windows", ".cmd": "Windows"}
PLATFORMS = {("Linux", "x86_64"): "linux_x86_64", ("Linux", "i686"): "linux_x86", ("Darwin", "x86_64"): "darwin_x86_64"}
REQUIRED = frozenset({"3.9", "3.13", "latest"})
# python.version names what Splunk 10 carries, but for these two.
VERSIONS = {"default": "", "python": "", "python3": "", "latest": "latest", "python3.9": "3.9", "python3.7": "3.9"}
ARGUMENT = re.compile(r"command\.arg\.(.*)")


class Definition(NamedTuple):
    """A command of an app; `place` is where it is defined."""

    name: str
    settings: Settings
    place: Setting

    @property
    def app(self) -> Path:
        """Return the folder of the app."""
        return self.place.file.parent.parent

    def refusal(self, key: str, message: str, kind: str = "command") -> ConfError:
        """Return what is wrong with the command."""
        place = self.settings.get(key, self.place)
        return UnknownConf(Problem(place.file, place.line, kind, f"[{self.name}]: {message}"))

    def unsupported(self, key: str, message: str) -> ConfError:
        """Return what is right in Splunk only."""
        place = self.settings.get(key, self.place)
        text = f"[{self.name}]: {message} is not supported by this stand-in"
        return UnsupportedConf(Problem(place.file, place.line, "unsupported", text, unsupported=True))

    def text(self, key: str) -> str:
        """Return a setting, empty where it is not set."""
        return self.settings[key].value.strip() if key in self.settings else ""

    def number(self, key: str) -> int:
        """Return a whole number, 0 where it is not set."""
        text = self.text(key) or "0"
        if not (text.isascii() and text.isdecimal()):
            raise self.refusal(key, f"{key} = {text} is no whole number", "value")
        return int(text)


def definition_of(name: str, settings: Settings) -> Definition | None:
    """Return the command that a stanza with its defaults defines, None where no app says anything of it."""
    named = (settings[key] for key in ("chunked", "filename") if key in settings)
    place = next((setting for setting in (*named, *settings.values()) if setting.line), None)
    return Definition(name, settings, place) if place is not None else None


def check(definition: Definition) -> None:
    """Raise ConfError for the first thing for which the command could not be started."""
    command_line(definition, Scripts(Path("/")))
    definition.number("maxwait")
    definition.number("maxchunksize")


def command_line(definition: Definition, scripts: Scripts) -> list[str]:
    """Return program and arguments. Raises ConfError."""
    if not is_true(definition.text("chunked") or "0"):
        raise definition.unsupported("chunked", "version 1 of the protocol (chunked = false)")
    program = find_program(definition)
    arguments = [substituted(text, scripts) for text in _arguments(definition)]
    if program.suffix == ".py":
        return [*scripts.command(program, python_required(definition)), *arguments]
    if program.suffix in NOT_RUN:
        raise definition.unsupported("filename", f"a program for {NOT_RUN[program.suffix]}, {program.name},")
    if program.suffix == ".path":
        return [substituted(program.read_text(encoding="utf-8").strip(), scripts), *arguments]
    if not os.access(program, os.X_OK):
        raise definition.refusal("filename", f"{program.name} is not executable")
    return [str(program), *arguments]


def find_program(definition: Definition) -> Path:
    """Return the file that `filename`, or the command's name, leads to."""
    given = definition.text("filename")
    if given.startswith("/") or ".." in Path(given).parts:
        raise definition.refusal("filename", f"filename = {given} leads out of the app's bin folder")
    names = [given] if given else [definition.name + suffix for suffix in SUFFIXES]
    for folder in folders(definition.app):
        for name in names:
            if (folder / name).is_file():
                return (folder / name).resolve()
    shown = given or f"{definition.name}.py"
    raise definition.refusal("filename", f"Cannot find program '{definition.name}' or script '{shown}'.")


def folders(app: Path) -> Iterator[Path]:
    """Yield the folders of an app in which programs are looked for."""
    own = PLATFORMS.get((platform.system(), platform.machine()))
    if own is not None:
        yield app / own / "bin"
    yield app / "bin"


def python_required(definition: Definition) -> str:
    """Return the versions of Python that the command allows, as `python.required` lists them."""
    required = [one.strip() for one in definition.text("python.required").split(",") if one.strip()]
    for version in required:
        if version not in REQUIRED:
            raise definition.refusal("python.required", f"no Splunk carries Python {version}: 3.9 and 3.13 are there")
    if required:
        return ", ".join(required)
    version = definition.text("python.version") or "default"
    if version not in VERSIONS:
        raise definition.refusal("python.version", f"python.version = {version} is no Python that Splunk still carries")
    return VERSIONS[version]


def _arguments(definition: Definition) -> list[str]:
    found: dict[int, str] = {}
    for key, setting in definition.settings.items():
        match = ARGUMENT.fullmatch(key)
        if match is None:
            continue
        if not match[1].isdecimal():
            raise definition.refusal(key, f"{key}: a number is expected after command.arg", "value")
        found[int(match[1])] = setting.value
    return [found[number] for number in sorted(found)]


def substituted(text: str, scripts: Scripts) -> str:
    """Put in the variables of a child's environment; what is none stays."""
    return string.Template(text).safe_substitute(scripts.environment())
