"""Knows the schemes that the apps bring, and keeps the enabled inputs of inputs.conf running."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from standin.conf.configuration import Configuration
from standin.inputs.runner import Command, Log, Runner
from standin.inputs.scheme import (
    Scheme,
    SchemeError,
    Server,
    Stanza,
    read_scheme,
    read_validation_error,
    run_document,
    validation_document,
)
from standin.inputs.stream import StreamEvent
from standin.jobs.journal import HOST
from standin.jobs.saved import is_true
from standin.jobs.scripts import Scripts

SCHEME_S = 30
STOP_S = 2.0
# The shipped value of `host`; splunkd puts the machine's name in its place when it starts.
DECIDE = "$decideOnStartup"
# Kinds that splunkd runs itself; none of them is a scheme of an app.
BUILT_IN = ("http", "monitor", "script", "splunktcp", "tcp", "udp", "fschange", "batch")
Deliver = Callable[[Stanza, list[StreamEvent]], None]


class ValidationError(Exception):
    """A script refused the arguments of an input; the text is its own."""


class Supervisor:
    """The modular inputs of one instance."""

    def __init__(
        self,
        configuration: Configuration,
        scripts: Scripts,
        server: Callable[[str], Server],
        deliver: Deliver,
        log: Callable[[str, str, str], None],
    ) -> None:
        self._configuration = configuration
        self._scripts = scripts
        self._server = server
        self._deliver = deliver
        self._log = log
        self._schemes: dict[str, Scheme] = {}
        self._runners: dict[str, Runner] = {}

    def script(self, kind: str) -> tuple[str, Path] | None:
        """Return the app and the script of a scheme: `bin/KIND.py` of the app whose inputs.conf names it."""
        for app in self._configuration.apps.values():
            path = app.path / "bin" / f"{kind}.py"
            if path.is_file() and self._is_declared(app.name, kind):
                return app.name, path
        return None

    def _is_declared(self, app: str, kind: str) -> bool:
        spec = self._configuration.apps[app].path / "README" / "inputs.conf.spec"
        return spec.is_file() and f"[{kind}://" in spec.read_text(encoding="utf-8")

    def kinds(self) -> list[str]:
        """Name the schemes of all apps."""
        scripts = {path.stem for app in self._configuration.apps.values() for path in (app.path / "bin").glob("*.py")}
        return sorted(kind for kind in scripts if self.script(kind) is not None)

    def scheme(self, kind: str) -> Scheme:
        """Ask the script for its scheme, once."""
        if kind not in self._schemes:
            done = self._ask(kind, ["--scheme"], b"")
            if done.returncode != 0:
                raise SchemeError(f"scheme {kind!r}: --scheme ended with {done.returncode}: {_last_line(done.stderr)}")
            self._schemes[kind] = read_scheme(kind, done.stdout.decode("utf-8", "replace"))
        return self._schemes[kind]

    def forget_schemes(self) -> None:
        """Ask every script again for its scheme, as after an app was installed."""
        self._schemes.clear()

    def validate(self, stanza: Stanza) -> None:
        """Let the script validate the arguments of an input, if its scheme says that it does."""
        kind = kind_of(stanza.name)
        if not self.scheme(kind).validates:
            return
        done = self._ask(kind, ["--validate-arguments"], validation_document(self._server(kind), stanza))
        if done.returncode != 0:
            raise ValidationError(read_validation_error(done.stdout.decode("utf-8", "replace")))

    def _ask(self, kind: str, arguments: list[str], stdin: bytes) -> "subprocess.CompletedProcess[bytes]":
        command = self._command(kind) + arguments
        environment = self._scripts.environment()
        try:
            return subprocess.run(
                command, input=stdin, capture_output=True, timeout=SCHEME_S, check=False, env=environment
            )
        except subprocess.TimeoutExpired as error:
            raise SchemeError(f"modular input {kind!r}: no answer to {arguments[0]} within {SCHEME_S} s") from error

    def _command(self, kind: str) -> list[str]:
        found = self.script(kind)
        if found is None:
            raise SchemeError(f"no app has a modular input {kind!r}")
        return self._scripts.command(found[1], self._configuration.value("inputs", kind, "python.required") or "")

    def stanzas(self) -> dict[str, Stanza]:
        """Return every configured input of the apps' schemes by its full name."""
        found = {}
        names = self._configuration.stanzas("inputs")
        for name in names:
            kind, separator, title = name.partition("://")
            if separator and title and kind not in BUILT_IN and self.script(kind) is not None:
                found[name] = self._stanza(name, kind, names)
        return found

    def _stanza(self, name: str, kind: str, names: Sequence[str]) -> Stanza:
        app = self._configuration.home("inputs", name) or "search"
        layers = [self._configuration.default("inputs")]
        # [KIND] holds what all inputs of the kind share.
        layers += [self._configuration.own("inputs", one) for one in (kind, name) if one in names]
        settings = {key: setting.value for layer in layers for key, setting in layer.items()}
        if settings.get("host") == DECIDE:
            settings["host"] = HOST
        return Stanza(name, app, settings)

    def apply(self) -> None:
        """Start what is enabled and does not run, stop what runs and is disabled, gone or changed."""
        wanted = self._wanted()
        for key in [key for key in self._runners if key not in wanted]:
            self._runners.pop(key).stop()
        for key, stanzas in wanted.items():
            if key not in self._runners:
                self._runners[key] = self._start(stanzas)

    def _wanted(self) -> dict[str, list[Stanza]]:
        """Group the enabled inputs into child processes; a key holds all settings, so that a change is another key."""
        groups: dict[str, list[Stanza]] = {}
        for stanza in self.stanzas().values():
            if is_true(stanza.settings.get("disabled", "0")):
                continue
            try:
                groups.setdefault(self._group(stanza), []).append(stanza)
            except (SchemeError, ValueError) as error:
                self._log("ERROR", "ModularInputs", f"{stanza.name} is not started: {error}")
        return {f"{name} {[sorted(one.settings.items()) for one in group]}": group for name, group in groups.items()}

    def _group(self, stanza: Stanza) -> str:
        """Name the child process that an input belongs to: its own, or that of all inputs of a scheme."""
        interval_s(stanza)
        kind = kind_of(stanza.name)
        return kind if self.scheme(kind).is_single_instance else stanza.name

    def _start(self, stanzas: list[Stanza]) -> Runner:
        kind = kind_of(stanzas[0].name)
        command = Command(
            arguments=self._command(kind),
            environment=self._scripts.environment(),
            stdin=lambda: run_document(self._server(kind), stanzas),
            interval_s=interval_s(stanzas[0]),
        )
        runner = Runner(command, lambda events: self._deliver_by_stanza(stanzas, events), self._logger(kind))
        self._log("INFO", "ModularInputs", f"starting {', '.join(one.name for one in stanzas)}")
        runner.start()
        return runner

    def _deliver_by_stanza(self, stanzas: list[Stanza], events: list[StreamEvent]) -> None:
        by_name = {stanza.name: stanza for stanza in stanzas}
        batches: dict[str, list[StreamEvent]] = {}
        for event in events:
            name = event.stanza if event.stanza in by_name else stanzas[0].name
            batches.setdefault(str(name), []).append(event)
        for name, batch in batches.items():
            self._deliver(by_name[name], batch)

    def _logger(self, kind: str) -> Log:
        script = str((self.script(kind) or ("", ""))[1])
        return lambda level, line: self._log(level, "ExecProcessor", f'message from "{script}" {line}')

    def stop(self) -> None:
        """Stop everything."""
        for runner in self._runners.values():
            runner.begin_stop()
        for runner in self._runners.values():
            runner.stop(STOP_S)
        self._runners.clear()


def interval_s(stanza: Stanza) -> float:
    """Return after how many seconds an input that ended is started again."""
    text = stanza.settings.get("interval", "60")
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"interval {text!r} is not supported by this stand-in, which knows seconds only") from error


def kind_of(name: str) -> str:
    """Return the scheme of an input's full name."""
    return name.partition("://")[0]


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "nothing on stderr"
