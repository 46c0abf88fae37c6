"""From an alert to the child process of its action: whose script, under which Python, with which files and session."""

from collections.abc import Callable
from pathlib import Path

from standin.accounts.sessions import Sessions
from standin.conf.configuration import Configuration
from standin.jobs import actions
from standin.jobs.actions import Call, Host, Script
from standin.jobs.journal import Journal
from standin.jobs.saved import is_true
from standin.jobs.scheduler import Alert
from standin.jobs.scripts import Scripts


class ActionError(Exception):
    """An action that cannot be called, and why."""


class ActionRunner:
    """Calls the alert actions of one instance."""

    def __init__(
        self,
        configuration: Configuration,
        scripts: Scripts,
        sessions: Sessions,
        journal: Journal,
        host: Callable[[], Host],
    ) -> None:
        self._configuration = configuration
        self._scripts = scripts
        self._sessions = sessions
        self._journal = journal
        self._host = host

    def run(self, action: str, alert: Alert) -> int | None:
        """Run one action of one alert to its end; what goes wrong is logged, and None returned."""
        try:
            script = self._script(action, alert.saved.app)
        except ActionError as error:
            self._journal.splunkd("ERROR", "sendmodalert", f"action={action} - {error}")
            return None
        call = self._call(action, alert)
        results_file = self._results_file(alert)
        actions.write_results(results_file, call.rows, call.fields)
        key = self._sessions.open(alert.saved.owner)
        try:
            document = actions.payload(call, self._host(), results_file, key)
            return actions.run_script(call, script, document, self._journal.splunkd)
        finally:
            self._sessions.close(key)

    def _settings(self, action: str, app: str) -> dict[str, str]:
        if action not in self._configuration.stanzas("alert_actions", app):
            raise ActionError(f"alert_actions.conf has no [{action}] that app {app!r} can see")
        stanza = self._configuration.stanza("alert_actions", action, app)
        return {key: setting.value for key, setting in stanza.items()}

    def _script(self, action: str, app: str) -> Script:
        settings = self._settings(action, app)
        if not is_true(settings.get("is_custom", "0")):
            raise ActionError("not supported by this stand-in: only custom alert actions are")
        if settings.get("payload_format", "xml") != "json":
            raise ActionError("not supported by this stand-in: payload_format other than json")
        home = self._configuration.home("alert_actions", action, app)
        assert home is not None, "a custom action comes from an app"
        script = self._configuration.apps[home].path / "bin" / f"{action}.py"
        if not script.is_file():
            raise ActionError(f"its script bin/{action}.py is missing in app {home!r}")
        command = self._scripts.command(script, settings.get("python.required", ""))
        return Script(command, self._scripts.environment())

    def _call(self, action: str, alert: Alert) -> Call:
        saved = alert.saved
        outcome = alert.job.outcome
        return Call(
            action=action,
            app=saved.app,
            owner=saved.owner,
            search_name=saved.name,
            search=saved.text("search"),
            sid=alert.job.sid,
            rows=alert.rows,
            fields=outcome.fields if outcome else [],
            settings={**self._settings(action, saved.app), **saved.action_settings(action)},
            trigger_time=alert.at,
        )

    def _results_file(self, alert: Alert) -> Path:
        folder = self._scripts.state / "var" / "run" / "splunk" / "dispatch" / alert.job.sid.replace("/", "_")
        if alert.saved.is_digest:
            return folder / "results.csv.gz"
        return folder / "per_result_alert" / f"tmp_{alert.number}.csv.gz"
