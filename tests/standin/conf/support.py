"""Which known keys the stand-in executes, which it only stores, and which it refuses as not supported.

A key that is executed has tests of what it does. A key that is only stored shapes nothing that a search, an alert or
an index would show: looks, editors, storage. Whatever a spec defines beyond these two is refused by name, unless it is
set to the value that Splunk ships. Confs of splunkd's outer life (inputs, roles, alert actions …) have their rows in
`outer`. A conf that only an app's own spec defines holds what the app likes.
"""

import fnmatch

from standin.conf.outer import OUTER, STANZAS, Support
from standin.conf.outer import VALUES as OUTER_VALUES
from standin.conf.text import is_true

SUPPORT = {
    "collections": Support(
        executed=("field.*", "enforceTypes", "replicate"),
        stored=(
            "accelerated_fields.*", "disabled", "profilingEnabled", "profilingThresholdMs", "replication_dump_*",
            "type",
        ),
    ),
    "commands": Support(
        executed=(
            "chunked", "filename", "command.arg.*", "python.version", "python.required", "maxwait", "maxchunksize",
        ),
        # Risky commands are warned of in Splunk Web's links only; nothing here runs in preview.
        stored=("is_risky", "run_in_preview"),
    ),
    "props": Support(
        executed=(
            "priority", "TRUNCATE", "LINE_BREAKER", "SHOULD_LINEMERGE", "BREAK_ONLY_BEFORE_DATE", "BREAK_ONLY_BEFORE",
            "MUST_BREAK_AFTER", "MUST_NOT_BREAK_AFTER", "MUST_NOT_BREAK_BEFORE", "MAX_EVENTS", "DATETIME_CONFIG",
            "TIME_PREFIX", "MAX_TIMESTAMP_LOOKAHEAD", "TIME_FORMAT", "TZ", "MAX_DAYS_AGO", "MAX_DAYS_HENCE",
            "INDEXED_EXTRACTIONS", "FIELD_DELIMITER", "HEADER_FIELD_LINE_NUMBER", "FIELD_NAMES", "TIMESTAMP_FIELDS",
            "TRANSFORMS-*", "REPORT-*", "EXTRACT-*", "KV_MODE", "MATCH_LIMIT", "AUTO_KV_JSON",
            "KV_TRIM_SPACES", "SEDCMD-*", "FIELDALIAS-*", "EVAL-*", "LOOKUP-*", "ANNOTATE_PUNCT",
            "SEGMENTATION",
        ),
        stored=(
            "LINE_BREAKER_LOOKBEHIND", "EVENT_BREAKER_ENABLE", "EVENT_BREAKER", "LB_CHUNK_BREAKER*", "CHECK_METHOD",
            "initCrcLength", "NO_BINARY_CHECK", "detect_trailing_nulls", "SEGMENTATION-*", "LEARN_*", "maxDist",
            "termFrequencyWeightedDist", "_actions", "pulldown_type", "given_type", "description", "category",
            "ADD_EXTRA_TIME_FIELDS", "MAX_DIFF_SECS_AGO", "MAX_DIFF_SECS_HENCE", "RULESET_DESC-*",
            "force_local_processing",
            # PCRE2's compiled matcher knows no depth (pcre2api); MATCH_LIMIT ends what runs away.
            "DEPTH_LIMIT",
        ),
    ),
    "transforms": Support(
        executed=(
            "REGEX", "FORMAT", "MATCH_LIMIT", "LOOKAHEAD", "WRITE_META", "DEST_KEY", "DEFAULT_VALUE",
            "SOURCE_KEY", "REPEAT_MATCH", "INGEST_EVAL", "DELIMS", "FIELDS", "MV_ADD", "CLEAN_KEYS",
            "STOP_PROCESSING_IF", "filename", "collection", "max_matches", "min_matches", "default_match",
            "case_sensitive_match", "match_type", "fields_list", "external_type", "time_field",
        ),
        stored=(
            "CAN_OPTIMIZE", "batch_index_query", "allow_caching", "cache_size", "max_ext_batch", "index_fields_list",
            "check_permission", "replicate", "python.version", "python.required",
            "reverse_lookup_honor_case_sensitive_match",
            # They matter beside time_field only, which lookups refuse by name.
            "time_format", "max_offset_secs", "min_offset_secs",
            "DEPTH_LIMIT",  # as in props
            "KEEP_EMPTY_VALS",  # measured: pairs of DELIMS with an empty value are dropped even where it is true
        ),
    ),
    "macros": Support(executed=("args", "definition", "validation", "errormsg", "iseval"), stored=("description",)),
    "eventtypes": Support(executed=("search", "disabled", "priority"), stored=("description", "color")),
    "tags": Support(executed=("*",)),
    "fields": Support(executed=("INDEXED", "INDEXED_VALUE")),
    "datamodels": Support(
        executed=("strict_fields", "acceleration"),
        stored=("acceleration.*", "dataset.*"),  # not tags_whitelist: it shapes the values of `tag`
    ),
    "segmenters": Support(
        executed=(
            "MAJOR", "MINOR", "INTERMEDIATE_MAJORS", "FILTER", "LOOKAHEAD", "MAJOR_LEN", "MINOR_LEN", "MAJOR_COUNT",
            "MINOR_COUNT",
        ),
    ),
    "savedsearches": Support(
        executed=(
            "search", "disabled", "enableSched", "cron_schedule", "realtime_schedule", "schedule_window", "counttype",
            "relation", "quantity", "alert_condition", "action.*", "max_concurrent", "schedule_priority",
            "dispatch.earliest_time", "dispatch.latest_time", "dispatch.index_earliest", "dispatch.index_latest",
            "dispatch.ttl", "dispatch.allow_partial_results",
            "alert.digest_mode", "alert.expires", "alert.severity", "alert.suppress", "alert.suppress.fields",
            "alert.suppress.group_name", "alert.suppress.period", "alert.track", "description",
        ),
        stored=(
            "alert.display_view", "alert.managedBy", "dispatch.auto_cancel", "dispatch.auto_pause", "dispatch.buckets",
            "dispatch.reduce_freq", "dispatch.spawn_process", "dispatch.time_format",
            "display.*", "request.*", "displayview", "vsid", "schedule_as", "qualifiedSearch", "is_visible",
            "allow_skew",
        ),
    ),
    **OUTER,
}  # fmt: skip


# Values of executed keys that are right in Splunk and not here, or the reverse; any other key takes any value.
VALUES = {
    ("props", "KV_MODE"): ("none", "auto", "multi", "json", "xml"),
    ("props", "DATETIME_CONFIG"): ("CURRENT", "NONE", "/etc/datetime.xml", ""),
    ("props", "INDEXED_EXTRACTIONS"): ("JSON", "CSV", "TSV", "PSV"),
    ("transforms", "external_type"): ("kvstore",),
    ("datamodels", "dataset.type"): ("datamodel",),
    **OUTER_VALUES,
}


def is_supported(conf: str, stanza: str, key: str, value: str, shipped: str | None) -> bool:
    """Tell whether a known key may stand in a stanza of the stand-in with this value."""
    support = SUPPORT.get(conf)
    if support is None or (shipped is not None and _same(value, shipped)):
        return True
    if (conf, key) == ("fields", "INDEXED_VALUE") and value.startswith("["):
        return False  # a LISPY expression
    if STANZAS.get((conf, key), stanza) != stanza:
        return False
    allowed = VALUES.get((conf, key))
    if allowed is not None and value.lower() not in {each.lower() for each in allowed}:
        return False
    return any(fnmatch.fnmatchcase(key, each) for each in support.executed + support.stored)


def _same(value: str, shipped: str) -> bool:
    booleans = {"1", "0", "t", "f", "true", "false", "y", "n", "yes", "no", "enabled", "disabled"}
    both = value.lower() in booleans and shipped.lower() in booleans
    return value == shipped or (both and is_true(value) == is_true(shipped))
