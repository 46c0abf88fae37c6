"""The commands that this stand-in runs, by name. What Splunk has besides is refused by name, the rest is unknown."""

import re
from collections.abc import Callable
from typing import NamedTuple

from standin.commands import (
    bucketing,
    charting,
    collecting,
    combining,
    converting,
    custom,
    datamodel,
    evaluating,
    extracting,
    filtering,
    generating,
    grouping,
    indexed,
    iterating,
    looking_up,
    multivalues,
    ordering,
    picking,
    selecting,
    shaping,
    streaming,
    tabling,
)
from standin.commands.stream import Search, Step
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.known import COMMANDS
from standin.language.pipeline import Call

APPENDS = re.compile(r"\bappend\s*=\s*\"?(?:t|true|1)\b", re.IGNORECASE)
Builder = Callable[[Call, Search], Step]


class Command(NamedTuple):
    """How a command is built, and whether it must be the first of a search."""

    build: Builder
    generates: bool = False


REGISTRY: dict[str, Command] = {
    "accum": Command(tabling.build_accum),
    "addcoltotals": Command(tabling.build_addtotals),
    "addinfo": Command(shaping.build_addinfo),
    "addtotals": Command(tabling.build_addtotals),
    "append": Command(combining.build_append),
    "appendcols": Command(combining.build_appendcols),
    "appendpipe": Command(combining.build_appendpipe),
    "bin": Command(bucketing.build_bin),
    "bucket": Command(bucketing.build_bin),
    "chart": Command(charting.build_chart),
    "collect": Command(collecting.build_collect),
    "convert": Command(converting.build_convert),
    "datamodel": Command(datamodel.build_datamodel, generates=True),
    "dedup": Command(picking.build_dedup),
    "delta": Command(tabling.build_delta),
    "eval": Command(evaluating.build_eval),
    "eventstats": Command(grouping.build_eventstats),
    "fields": Command(selecting.build_fields),
    "filldown": Command(shaping.build_filldown),
    "fillnull": Command(shaping.build_fillnull),
    "foreach": Command(iterating.build_foreach),
    "format": Command(combining.build_format),
    "from": Command(datamodel.build_from, generates=True),
    "head": Command(selecting.build_head),
    "inputlookup": Command(looking_up.build_inputlookup),
    "join": Command(combining.build_join),
    "lookup": Command(looking_up.build_lookup),
    "makemv": Command(multivalues.build_makemv),
    "makeresults": Command(generating.build_makeresults, generates=True),
    "multisearch": Command(combining.build_union, generates=True),
    "mvcombine": Command(multivalues.build_mvcombine),
    "mvexpand": Command(multivalues.build_mvexpand),
    "nomv": Command(multivalues.build_nomv),
    "outputlookup": Command(looking_up.build_outputlookup),
    "rare": Command(picking.build_top),
    "regex": Command(extracting.build_regex),
    "rename": Command(shaping.build_rename),
    "return": Command(combining.build_return),
    "reverse": Command(selecting.build_reverse),
    "rex": Command(extracting.build_rex),
    "sort": Command(ordering.build_sort),
    "spath": Command(extracting.build_spath),
    "stats": Command(grouping.build_stats),
    "strcat": Command(shaping.build_strcat),
    "streamstats": Command(streaming.build_streamstats),
    "table": Command(selecting.build_table),
    "tail": Command(selecting.build_tail),
    "timechart": Command(charting.build_timechart),
    "tojson": Command(converting.build_tojson),
    "top": Command(picking.build_top),
    "transpose": Command(tabling.build_transpose),
    "union": Command(combining.build_union),
    "tstats": Command(indexed.build_tstats, generates=True),
    "uniq": Command(picking.build_uniq),
    "untable": Command(tabling.build_untable),
    "where": Command(filtering.build_where),
    "xyseries": Command(tabling.build_xyseries),
}


def build_call(call: Call, search: Search, *, is_first: bool) -> Step:
    """Compile one command."""
    if call.name == "search":
        return filtering.build_search(call, search, is_first=is_first)
    command = REGISTRY.get(call.name)
    if command is None:
        return _build_external(call, search, is_first=is_first)
    generates = command.generates or (call.name == "inputlookup" and not APPENDS.search(call.arguments))
    if generates and not is_first:
        text = f"Error in '{call.name}' command: This command must be the first command of a search."
        raise SearchError(text, call.name_position)
    return command.build(call, search)


def _build_external(call: Call, search: Search, *, is_first: bool) -> Step:
    if call.name in COMMANDS:
        raise Unsupported(f"command {call.name}", call.name_position)
    try:
        external = search.environment.external(call.name)
    except SearchError as error:
        error.position = call.name_position
        raise
    if external is None:
        raise UnknownName(f"Unknown search command '{call.name}'.", call.name_position)
    return custom.build_custom(call, search, external, is_first=is_first)
