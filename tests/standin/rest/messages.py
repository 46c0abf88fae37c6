"""Errors of the management API: a status, a level and a text, rendered as Atom XML's little sister or as JSON."""

import json
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from aiohttp import web

XML_TYPE = "text/xml"
JSON_TYPE = "application/json"
NO_HEADERS: Mapping[str, str] = {}


class Refused(Exception):
    """A request is answered with an error.

    `code` is the machine-readable name that a few answers carry; `position`, ours and not Splunk's, is the place of
    the fault in the search that was sent.
    """

    def __init__(  # noqa: PLR0913 - all but the first two are rare
        self,
        status: int,
        text: str,
        level: str = "ERROR",
        *,
        code: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
        position: int | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.level = level
        self.code = code
        self.headers = headers
        self.position = position


def not_found(name: str) -> Refused:
    """Say that an object does not exist."""
    return Refused(404, f"Could not find object id={name}")


def refusal_response(error: Refused, output_mode: str) -> web.Response:
    """Render an error in the output mode that was asked for."""
    message = error.level, error.text, error.code
    return messages_response(error.status, [message], output_mode, error.headers, position=error.position)


def messages_response(
    status: int,
    messages: Sequence[tuple[str, str, str | None]],
    output_mode: str,
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    position: int | None = None,
) -> web.Response:
    """Render messages of (level, text, code)."""
    if output_mode == "json":
        document: dict[str, object] = {"messages": [_json_message(*one) for one in messages]}
        if position is not None:
            document["position"] = position
        return json_response(document, status=status, headers=headers)
    root = ET.Element("response")
    parent = ET.SubElement(root, "messages")
    for level, text, code in messages:
        attributes = {"type": level} if code is None else {"type": level, "code": code}
        ET.SubElement(parent, "msg", attributes).text = xml_text(text)
    return xml_response(root, status=status, headers=headers)


def _json_message(level: str, text: str, code: str | None) -> dict[str, str]:
    message = {"type": level, "text": text}
    return message if code is None else {**message, "code": code}


def json_response(document: object, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> web.Response:
    """Answer with compact JSON, its characters unescaped (measured)."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return web.Response(text=text, status=status, content_type=JSON_TYPE, charset="UTF-8", headers=headers)


def xml_response(root: ET.Element, *, status: int = 200, headers: Mapping[str, str] = NO_HEADERS) -> web.Response:
    """Answer with an XML document."""
    body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8")
    return web.Response(body=body, status=status, content_type=XML_TYPE, charset="UTF-8", headers=headers)


def xml_text(text: str) -> str:
    """Leave out the characters that XML 1.0 cannot hold."""
    return "".join(one for one in text if one >= " " or one in "\t\n\r")
