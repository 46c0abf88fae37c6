"""search/parser and search/timeparser: what a search and a time modifier mean, without running anything.

    POST search/parser q=…            {"eventsSearch", "reportsSearch", "isStreamingSearch", "commands": [{…}]}
    GET  search/timeparser?time=-1d   {"-1d": "2024-07-31T00:01:01.000+00:00"}

Measured on Splunk 10.4.2: POST only, a flat object, the refusals, and how each command of CLASSES is classified; the
form of `args` is a sample in Splunk's own web code (models of search/parser). What tells of the optimiser and of the
remote search (`remoteSearch`, `normalizedSearch`, `canSummarize` …), the classes of commands that nobody has measured
and the parsed arguments of reports are left out, not invented.
"""

import asyncio
from typing import Any
from xml.etree import ElementTree as ET

from aiohttp import web

from standin.jobs.postprocess import as_typed
from standin.language.errors import SearchError
from standin.language.macros import expand
from standin.language.pipeline import Call as Piece
from standin.language.pipeline import split_pipeline
from standin.language.search import compile_search
from standin.rest.call import Call, Route
from standin.rest.messages import Refused, json_response, xml_response, xml_text
from standin.values.timeformat import format_time
from standin.values.timemodifier import resolve_time

STREAMING, REPORT = ("streaming", "SP_STREAM"), ("report", "SP_STREAMREPORT")
CLASSES = {
    **dict.fromkeys(("search", "where", "eval", "rename", "fields", "table", "regex", "rex", "fillnull"), STREAMING),
    **dict.fromkeys(("stats", "timechart", "top", "rare", "makeresults"), REPORT),
    "inputlookup": ("report", "SP_REPORT"),
    "head": ("report", "SP_STATEFUL"),
    "dedup": ("stateful", "SP_STATEFUL"),
    "sort": ("events", "SP_EVENTS"),
    "tail": ("events", "SP_EVENTS"),
}
STRUCTURED = frozenset({"stats", "timechart", "top", "rare"})
PARSER_ARGUMENTS = frozenset({"q", "parse_only", "enable_lookups", "reload_macros"})
ISO = "%Y-%m-%dT%H:%M:%S.%Q%:z"
TIME_ARGUMENTS = frozenset({"time", "now", "output_time_format"})


async def parse(call: Call) -> web.StreamResponse:
    """Say which commands a search has, and which of them make the report."""
    text = call.arguments.get("q", "")
    if not text.strip():
        raise Refused(400, "Invalid query.", "FATAL")
    try:
        answer = await asyncio.to_thread(_parsed, call, as_typed(text))
    except SearchError as error:
        raise Refused(400, str(error), "FATAL", position=error.position) from error
    if call.output_mode == "json":
        return json_response(answer)
    return xml_response(_parser_xml(answer))


def _parsed(call: Call, text: str) -> dict[str, Any]:
    environment = call.instance.head.environment(user=call.user, app=call.context_app())
    compile_search(text, environment)
    pieces = split_pipeline(expand(text, environment).text)
    is_generating = text.lstrip().startswith("|")
    reports = 0 if is_generating else next((at for at, piece in enumerate(pieces) if _reports(piece)), len(pieces))
    return {
        "eventsSearch": _joined(pieces[:reports]),
        "reportsSearch": _joined(pieces[reports:]),
        "isStreamingSearch": reports == len(pieces),
        "commands": [_command(piece, is_first=at == 0) for at, piece in enumerate(pieces)],
    }


def _reports(piece: Piece) -> bool:
    return CLASSES.get(piece.name, STREAMING)[0] == "report" or piece.name == "chart"


def _joined(pieces: list[Piece]) -> str:
    return " | ".join(f"{piece.name} {piece.arguments.strip()}".strip() for piece in pieces)


def _command(piece: Piece, *, is_first: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"command": piece.name, "rawargs": piece.arguments}
    if piece.name in CLASSES:
        found["pipeline"], found["streamType"] = CLASSES[piece.name]
    if piece.name == "search":
        found["args"] = {"search": [piece.arguments.strip()]}
    elif piece.name not in STRUCTURED:
        found["args"] = f" {piece.arguments.strip()}"
    return {**found, "isGenerating": is_first}


def _parser_xml(answer: dict[str, Any]) -> ET.Element:
    root = ET.Element("response")
    commands = answer.pop("commands")
    root.append(_dict_xml(answer))
    items = ET.SubElement(root, "list")
    for command in commands:
        ET.SubElement(items, "item").append(_dict_xml(command))
    return root


def _dict_xml(values: dict[str, Any]) -> ET.Element:
    root = ET.Element("dict")
    for name, value in values.items():
        key = ET.SubElement(root, "key", {"name": name})
        if isinstance(value, dict):
            key.append(_dict_xml(value))
        elif isinstance(value, list):
            items = ET.SubElement(key, "list")
            for one in value:
                ET.SubElement(items, "item").text = xml_text(str(one))
        else:
            key.text = xml_text(str(int(value)) if isinstance(value, bool) else str(value))
    return root


async def refuse_reading(call: Call) -> web.StreamResponse:
    """Refuse to parse by GET."""
    raise Refused(405, "The method is not allowed.", "FATAL", headers={"Allow": "POST"})


async def times(call: Call) -> web.StreamResponse:
    """Resolve time modifiers; each is the key of its own time."""
    wanted = call.arguments.all("time")
    if not wanted:
        return web.Response(status=204)
    now = _moment(call.arguments.get("now", "now"), call.instance.clock.now())
    template = call.arguments.get("output_time_format", ISO)
    found = {text: format_time(_moment(text, now), template) or "" for text in wanted}
    if call.output_mode == "json":
        return json_response(found)
    root = ET.Element("response")
    root.append(_dict_xml(found))
    return xml_response(root)


def _moment(text: str, now: float) -> float:
    try:
        return resolve_time(text, now)
    except ValueError as error:
        raise Refused(400, "Invalid time.") from error


ROUTES = [
    *(Route("POST", f"search/{version}parser", parse, PARSER_ARGUMENTS) for version in ("", "v2/")),
    *(Route("GET", f"search/{version}parser", refuse_reading, None) for version in ("", "v2/")),
    Route("GET", "search/timeparser", times, TIME_ARGUMENTS),
]
