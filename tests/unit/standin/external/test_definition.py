"""From commands.conf to a command line, as commands.conf.spec describes it."""

import platform
import sys
from pathlib import Path

import pytest

from standin.checking import check_apps
from standin.conf.configuration import Configuration
from standin.conf.errors import ConfError, UnsupportedConf
from standin.external.definition import Definition, command_line, definition_of
from standin.jobs.interpreter import find
from standin.jobs.scripts import Scripts
from unit.standin.laboratory import MakeApp

SCRIPTS = Scripts(Path("/home/splunk"))
GOOD = "chunked = true\n"


def definition(app: Path, name: str = "some") -> Definition:
    """Read one command of an app."""
    configuration = Configuration.load([app])
    found = definition_of(name, configuration.stanza("commands", name, app.name))
    assert found is not None
    return found


def program(app: Path, file: str, mode: int = 0o755) -> Path:
    """Write an empty program."""
    path = app / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(mode)
    return path.resolve()


@pytest.mark.parametrize(
    ("setting", "file"),
    [
        pytest.param("filename = other.py", "bin/other.py", id="filename"),
        pytest.param("", "bin/some.py", id="the name with .py"),
        pytest.param("", "bin/some.sh", id="the name with .sh"),
        pytest.param("", "bin/some", id="the name alone"),
        pytest.param("filename = some.sh", "bin/some.sh", id="a shell script"),
    ],
)
def test_the_program_is_found(make_app: MakeApp, setting: str, file: str) -> None:
    """commands.conf.spec, filename: what it names, else the stanza's name with the known suffixes, in bin."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}{setting}\n"})
    path = program(app, file)

    assert command_line(definition(app), SCRIPTS)[-1] == str(path)


@pytest.mark.skipif((platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="the folder is another's")
def test_the_platforms_own_folder_comes_first(make_app: MakeApp) -> None:
    """commands.conf.spec, filename: PLATFORM/bin is searched before bin."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}filename = tool\n"})
    program(app, "bin/tool")
    path = program(app, "linux_x86_64/bin/tool")

    assert command_line(definition(app), SCRIPTS) == [str(path)]


def test_arguments_follow_in_order_and_variables_are_put_in(make_app: MakeApp) -> None:
    """commands.conf.spec, command.arg.N and path pointer files."""
    conf = f"[some]\n{GOOD}filename = some.path\ncommand.arg.10 = last\ncommand.arg.2 = $SPLUNK_HOME/x $OTHER\n"
    app = make_app({"default/commands.conf": conf})
    program(app, "bin/some.path").write_text("$SPLUNK_HOME/bin/tool\n")

    assert command_line(definition(app), SCRIPTS) == ["/home/splunk/bin/tool", "/home/splunk/x $OTHER", "last"]


@pytest.mark.parametrize(
    ("setting", "version"),
    [
        ("python.required = 3.9", "3.9"),
        ("python.required = 3.9, 3.13", "3.13"),
        ("python.version = python3.9", "3.9"),
        ("python.version = python3\npython.required = 3.9", "3.9"),
    ],
)
def test_python_is_the_one_that_is_required(make_app: MakeApp, setting: str, version: str) -> None:
    """commands.conf.spec of 10.2: the highest that is listed and there; python.required before python.version."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}{setting}\n"})
    path = program(app, "bin/some.py", 0o644)

    assert command_line(definition(app), SCRIPTS) == [find(version) or sys.executable, str(path)]


WRONG = [
    pytest.param("filename = some.py", "", "Cannot find program 'some' or script 'some.py'", id="no file"),
    pytest.param("filename = ../x.py", "", "leads out of the app's bin folder", id="above"),
    pytest.param("filename = /bin/sh", "", "leads out of the app's bin folder", id="absolute"),
    pytest.param("filename = some.sh", "bin/some.txt", "Cannot find program", id="another file"),
    pytest.param("python.required = 2.7", "bin/some.py", "no Splunk carries Python 2.7", id="wrong python"),
    pytest.param("python.version = python2", "bin/some.py", "no Python that Splunk still carries", id="old python"),
    pytest.param("maxwait = soon", "bin/some.py", "no whole number", id="maxwait"),
    pytest.param("maxchunksize = -1", "bin/some.py", "no whole number", id="maxchunksize"),
    pytest.param("command.arg.x = 1", "bin/some.py", "a number is expected", id="an argument without a number"),
]


@pytest.mark.parametrize(("setting", "file", "message"), WRONG)
def test_check_names_what_is_wrong(make_app: MakeApp, setting: str, file: str, message: str) -> None:
    """`standin check` prints file, line and command."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}{setting}\n"})
    if file:
        program(app, file)
    problems = check_apps([app])

    assert [problem.message.startswith("[some]: ") and message in problem.message for problem in problems] == [True]
    assert problems[0].line > 1 and not problems[0].unsupported


def test_a_program_that_nobody_may_run_is_named(make_app: MakeApp) -> None:
    """Only Python's files need no permission to be executed."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}filename = some.sh\n"})
    program(app, "bin/some.sh", 0o644)

    with pytest.raises(ConfError, match="is not executable"):
        command_line(definition(app), SCRIPTS)


def test_python_that_does_not_compile_is_named(make_app: MakeApp) -> None:
    """`standin check` reads the script as the oldest Python that it is for."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}python.required = 3.9\n"})
    program(app, "bin/some.py").write_text("match x:\n    case 1: pass\n")

    assert ["Python 3.9" in problem.message for problem in check_apps([app])] == [True]


@pytest.mark.parametrize(
    ("conf", "message"),
    [
        ("filename = some.py\n", "version 1 of the protocol"),
        ("chunked = false\nfilename = some.py\n", "version 1 of the protocol"),
        (f"{GOOD}filename = some.pl\n", "a program for Perl"),
        (f"{GOOD}filename = some.js\n", "a program for JavaScript"),
        (f"{GOOD}filename = some.exe\n", "a program for Windows"),
    ],
)
def test_what_is_not_run_is_refused_by_name(make_app: MakeApp, conf: str, message: str) -> None:
    """Version 1 and programs that other interpreters run are right in Splunk, and not supported here."""
    app = make_app({"default/commands.conf": f"[some]\n{conf}"})
    for suffix in ("py", "pl", "js", "exe"):
        program(app, f"bin/some.{suffix}")

    with pytest.raises(UnsupportedConf, match=message):
        command_line(definition(app), SCRIPTS)
    assert [problem.unsupported for problem in check_apps([app])] == [True]


@pytest.mark.parametrize("key", ["passauth", "supports_getinfo", "streaming", "requires_srinfo", "supports_rawargs"])
def test_settings_of_version_1_are_refused_by_name(make_app: MakeApp, key: str) -> None:
    """commands.conf.spec: with chunked = true only a few settings are valid; these are not."""
    app = make_app({"default/commands.conf": f"[some]\n{GOOD}filename = some.py\n{key} = true\n"})
    program(app, "bin/some.py")

    assert [f"{key} in commands.conf" in problem.message for problem in check_apps([app])] == [True]
    with pytest.raises(UnsupportedConf, match=key):
        Configuration.load([app])


def test_a_name_that_splunk_has_itself_is_a_problem(make_app: MakeApp) -> None:
    """Write a custom search command: the name cannot be that of a built-in command."""
    app = make_app({"default/commands.conf": f"[stats]\n{GOOD}filename = some.py\n"})
    program(app, "bin/some.py")

    assert ["built-in command" in problem.message for problem in check_apps([app])] == [True]


def test_a_stanza_of_splunks_own_is_no_custom_command() -> None:
    """What only [default] says defines nothing."""
    configuration = Configuration.load([])

    assert definition_of("some", configuration.default("commands")) is None
