"""The confs of splunkd's outer life: which of their keys are executed and which only stored, as `support` has it.

What an app's own README/*.conf.spec defines is the app's to execute. An input of a kind that no app brings is refused,
since nothing here would read its files or ports.
"""

import fnmatch
from typing import NamedTuple


class Support(NamedTuple):
    """The two classes of keys of one conf, as patterns."""

    executed: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()


# Capabilities that nothing here asks for: shown, and handed on to roles that import them.
CAPABILITIES = (
    "accelerate_*", "apps_*", "change_*", "delete_*", "dispatch_rest_to_indexers", "edit_*", "embed_report",
    "export_results_is_visible", "fsh_*", "get_*", "indexes_*", "input_file", "install_apps", "license_*", "list_*",
    "metric_alerts", "never_expire", "never_lockout", "output_file", "pattern_detect", "request_*", "rest_*",
    "restart_*", "rtsearch", "run_*", "schedule_*", "search", "search_process_config_refresh", "select_workload_pools",
    "upload_*", "use_*", "web_debug", "*_own_objects",
)  # fmt: skip

OUTER = {
    "alert_actions": Support(
        executed=(
            "is_custom", "payload_format", "maxtime", "maxresults", "track_alert", "param.*", "python.required",
        ),
        stored=("label", "description", "icon_path", "ttl", "python.version"),
    ),
    "app": Support(
        executed=("label", "version", "author", "description", "is_configured", "is_visible"),
        stored=(
            "id", "name", "group", "build", "state", "check_for_updates", "show_upgrade_notification", "reload.*",
            "supported_themes", "attribution_link", "docs_section_override", "is_manageable", "show_in_nav",
            "setup_view", "allows_disable", "state_change_requires_restart", "install_source_*", "remote_tab",
            "company", "email", "deployer_*", "data_limit", "default_gather_lookups",
        ),
    ),
    "authorize": Support(
        executed=(
            "importRoles", "srchIndexesAllowed", "srchIndexesDefault", "srchFilter", "admin_all_objects",
            "edit_token_http", "edit_user", "list_storage_passwords", "run_collect", "run_custom_command",
        ),
        stored=(
            *CAPABILITIES, "grantableRoles", "srchDiskQuota", "srchJobsQuota", "rtSrchJobsQuota",
            "cumulativeSrchJobsQuota", "cumulativeRTSrchJobsQuota", "deleteIndexesAllowed",
        ),
    ),
    "collections": Support(
        executed=("field.*", "enforceTypes", "replicate"),
        stored=(
            "accelerated_fields.*", "profilingEnabled", "profilingThresholdMs", "replication_dump_*", "type",
            "disabled",
        ),
    ),
    "indexes": Support(),
    "inputs": Support(
        executed=("disabled", "index", "host", "source", "sourcetype", "interval", "_meta", "python.required"),
        stored=("python.version", "queueSize", "persistentQueueSize", "run_only_one", "run_introspection",
                "start_by_shell"),
    ),
    "limits": Support(executed=("maxchars", "limit", "extraction_cutoff")),
    "restmap": Support(),
    "searchbnf": Support(stored=("*",)),
    "server": Support(stored=("conf_replication_include.*",)),
    "times": Support(stored=("*",)),
    "user-prefs": Support(stored=("*",)),
    "visualizations": Support(stored=("*",)),
    "web": Support(),
    "workflow_actions": Support(stored=("*",)),
}  # fmt: skip

# Values of executed or stored keys that are right in Splunk and not here, or the reverse.
VALUES = {
    ("alert_actions", "payload_format"): ("json", "xml"),
    ("app", "state"): ("enabled",),
    ("collections", "type"): ("undefined", ""),
    ("collections", "disabled"): ("0", "false"),
}
# Key names of limits.conf mean something in these stanzas only.
STANZAS = {("limits", "maxchars"): "kv", ("limits", "limit"): "kv", ("limits", "extraction_cutoff"): "spath"}
INPUTS = ("default", "http")


def is_other_input(stanza: str, own: frozenset[str]) -> bool:
    """Tell whether a stanza of inputs.conf is of a kind that no app brings."""
    kinds = {kind.partition("://")[0] for kind in own}
    return stanza not in INPUTS and not any(fnmatch.fnmatchcase(stanza.partition("://")[0], kind) for kind in kinds)
