r"""KV_MODE: fields that Splunk finds by itself.

    auto    name=value pairs, and JSON beside them unless AUTO_KV_JSON is off
    json    JSON alone             xml    elements by their path, attributes as path{@name}
    multi   tables; an event of one line has none           none    nothing

Limits as shipped (limits.conf): pairs are sought in the first [kv] maxchars = 10,240 characters, JSON and XML in the
first [spath] extraction_cutoff = 5,000 bytes; at most [kv] limit = 100 fields come out of one event.

Pairs, as measured: of equal names the first counts; a name is cleaned; an empty value makes no field; `\"` ends a
quoted value. A field that is there already keeps its value, but an indexed one takes JSON's value beside its own.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from xml.etree import ElementTree

from standin.conf.configuration import Configuration
from standin.conf.props import Props
from standin.conf.text import Setting, is_true, whole_number
from standin.environment import Row, Value
from standin.events.json_fields import add, flatten, flatten_prefix
from standin.knowledge.reports import clean_key
from standin.language.errors import Unsupported

PAIR = re.compile(r"""(?<![\w.\-])([A-Za-z_][\w.\-]*)=(?:"([^"]*)"|([^\s"'=,;&|<>(){}\[\]][^\s",;&|<>(){}\[\]]*))""")
Extractor = Callable[[Row, Mapping[str, Value]], None]


class Limits(NamedTuple):
    """The limits of limits.conf that bite; 0 is none."""

    max_chars: int
    max_fields: int
    json_bytes: int

    @classmethod
    def of(cls, configuration: Configuration) -> "Limits":
        """Read [kv] and [spath]."""

        def number(stanza: str, key: str) -> int:
            return whole_number(configuration.stanza("limits", stanza), key)

        return cls(number("kv", "maxchars"), number("kv", "limit"), number("spath", "extraction_cutoff"))


def automatic(props: Props, limits: Limits) -> Extractor:
    """Return what KV_MODE of these props does to a row; its second argument are the event's indexed fields."""
    mode = props["KV_MODE"].value.lower() if "KV_MODE" in props else "auto"
    if mode in ("", "auto"):
        return _auto(props, limits)
    if mode == "json":
        return lambda row, indexed: add_new(row, json_fields(str(row["_raw"]), limits), indexed, limits)
    if mode == "xml":
        return lambda row, indexed: add_new(row, xml_fields(str(row["_raw"]), limits), {}, limits)
    if mode == "multi":
        return _multi(props["KV_MODE"])
    return lambda row, indexed: None


def _auto(props: Props, limits: Limits) -> Extractor:
    with_json = is_true(props["AUTO_KV_JSON"].value)
    trims = is_true(props["KV_TRIM_SPACES"].value) if "KV_TRIM_SPACES" in props else True

    def extract(row: Row, indexed: Mapping[str, Value]) -> None:
        raw = str(row["_raw"])
        if with_json:
            add_new(row, json_fields(raw, limits), indexed, limits)
        if "=" in raw:
            add_new(row, pairs(raw, limits, trims=trims), {}, limits)

    return extract


def _multi(setting: Setting) -> Extractor:
    def extract(row: Row, indexed: Mapping[str, Value]) -> None:
        if "\n" in str(row["_raw"]).strip():
            raise Unsupported(f"KV_MODE = multi on an event of several lines ({setting.file}:{setting.line})")

    return extract


def add_new(row: Row, found: Mapping[str, Value], indexed: Mapping[str, Value], limits: Limits) -> None:
    """Add fields that are new, or that only the index holds, up to the limit."""
    if limits.max_fields and len(found) > limits.max_fields:
        found = dict(list(found.items())[: limits.max_fields])
    for name, value in found.items():
        if name not in row:
            row[name] = value
        elif name in indexed:
            for each in value if isinstance(value, list) else [str(value)]:
                add(row, name, each)


def json_fields(raw: str, limits: Limits) -> dict[str, Value]:
    """Return the fields of JSON text, of its first bytes where it is longer than the cutoff."""
    limit = limits.json_bytes
    if not limit or len(raw) * 4 <= limit or len(raw.encode("utf-8", "replace")) <= limit:
        return flatten(raw)
    return flatten_prefix(raw.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore"))


def pairs(raw: str, limits: Limits, *, trims: bool = True) -> dict[str, Value]:
    """Return the fields of name=value pairs."""
    fields: dict[str, Value] = {}
    for name, quoted, bare in PAIR.findall(raw[: limits.max_chars] if limits.max_chars else raw):
        value = (quoted.strip() if trims else quoted) or bare
        key = clean_key(name)
        if key and value and key not in fields:
            fields[key] = value
    return fields


def xml_fields(raw: str, limits: Limits) -> dict[str, Value]:
    """Return the texts and attributes of XML elements by their path, nothing where it is no XML."""
    text = raw[: limits.json_bytes] if limits.json_bytes else raw
    try:
        root = ElementTree.fromstring(text)  # noqa: S314, expat bounds entity expansion and nothing is fetched
    except ElementTree.ParseError:
        return {}
    fields: dict[str, Value] = {}
    _add_element(fields, root, _local(root.tag))
    return fields


def _add_element(fields: dict[str, Value], element: ElementTree.Element, path: str) -> None:
    for name, value in element.attrib.items():
        add(fields, f"{path}{{@{_local(name)}}}", value)
    text = (element.text or "").strip()
    if text:
        add(fields, path, text)
    for child in element:
        _add_element(fields, child, f"{path}.{_local(child.tag)}")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
