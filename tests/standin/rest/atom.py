"""Atom feeds, the common form of answers of the management API, as XML and as JSON.

JSON carries real booleans and numbers, XML only "1", "0" and text (measured on Splunk 10.4.2; splunk-sdk reads XML).
An entry's id is /servicesNS/OWNER/APP/… exactly when its access list names an app, else /services/….
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from aiohttp import web

from standin.rest.messages import json_response, xml_response, xml_text

ATOM = "http://www.w3.org/2005/Atom"
REST = "http://dev.splunk.com/ns/rest"
SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
for _prefix, _uri in (("", ATOM), ("s", REST), ("opensearch", SEARCH)):
    ET.register_namespace(_prefix, _uri)
GENERATOR = {"build": "standin", "version": "10.4.2"}
EPOCH = "1970-01-01T00:00:00+00:00"
Content = Mapping[str, Any]


@dataclass(frozen=True)
class Acl:
    """Who owns an entry and who may do what with it."""

    app: str | None = None
    owner: str = "system"
    sharing: str = "system"
    read: tuple[str, ...] = ("*",)
    write: tuple[str, ...] = ("admin",)
    can_write: bool = True

    def content(self) -> dict[str, Any]:
        """Return the `eai:acl` block."""
        return {
            "app": self.app or "",
            "owner": self.owner,
            "sharing": self.sharing,
            "perms": {"read": list(self.read), "write": list(self.write)},
            "modifiable": self.can_write,
            "removable": self.can_write,
            "can_write": self.can_write,
            "can_list": True,
            "can_share_app": self.can_write,
            "can_share_global": self.can_write,
            "can_share_user": False,
            "can_change_perms": self.can_write,
        }


@dataclass(frozen=True)
class Entry:
    """One object of a collection; `title` differs from the name only for jobs, whose title is their search."""

    name: str
    content: Content
    acl: Acl = field(default_factory=Acl)
    updated: float | None = None
    title: str | None = None
    links: tuple[str, ...] = ("list", "edit", "remove")


@dataclass(frozen=True)
class Feed:
    """A page of a collection; `collection` is its path below /services, `total` counts what the filter left."""

    collection: str
    entries: list[Entry]
    total: int
    per_page: int = 30
    offset: int = 0
    can_create: bool = True
    is_single: bool = False
    status: int = 200


def single(collection: str, entry: Entry, status: int = 200) -> Feed:
    """Return the feed of one object that was asked for by its name."""
    return Feed(collection, [entry], 1, is_single=True, status=status)


def feed_response(feed: Feed, output_mode: str, now: float) -> web.Response:
    """Render a feed in the output mode that was asked for."""
    if output_mode == "json":
        return json_response(feed_json(feed, now), status=feed.status)
    return xml_response(feed_xml(feed, now), status=feed.status)


def entry_path(collection: str, entry: Entry) -> str:
    """Return the path of an entry."""
    prefix = f"/servicesNS/{quote(entry.acl.owner)}/{quote(entry.acl.app)}" if entry.acl.app else "/services"
    return f"{prefix}/{collection}/{quote(entry.name, safe='')}"


def timestamp(epoch: float | None) -> str:
    """Write a time as the API does, the epoch where there is none."""
    return EPOCH if epoch is None else datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")


def feed_json(feed: Feed, now: float) -> dict[str, Any]:
    """Return a feed as its JSON document."""
    return {
        "links": {"create": f"/services/{feed.collection}/_new"} if feed.can_create else {},
        "origin": f"/services/{feed.collection}",
        "updated": timestamp(now),
        "generator": GENERATOR,
        "entry": [_entry_json(feed, entry) for entry in feed.entries],
        "paging": {"total": feed.total, "perPage": feed.per_page, "offset": feed.offset},
        "messages": [],
    }


def _entry_json(feed: Feed, entry: Entry) -> dict[str, Any]:
    path = entry_path(feed.collection, entry)
    document: dict[str, Any] = {
        "name": entry.title or entry.name,
        "id": path,
        "updated": timestamp(entry.updated),
        "links": {"alternate": path} | dict.fromkeys(entry.links, path),
        "author": entry.acl.owner,
        "acl": entry.acl.content(),
    }
    if feed.is_single:
        document["fields"] = {"required": [], "optional": [], "wildcard": []}
    document["content"] = {"eai:acl": None, **entry.content}
    return document


def feed_xml(feed: Feed, now: float) -> ET.Element:
    """Return a feed as its XML document."""
    root = ET.Element(_atom("feed"))
    _child(root, _atom("title"), feed.collection.rpartition("/")[2])
    _child(root, _atom("id"), f"/services/{feed.collection}")
    _child(root, _atom("updated"), timestamp(now))
    ET.SubElement(root, _atom("generator"), GENERATOR)
    _child(ET.SubElement(root, _atom("author")), _atom("name"), "Splunk")
    if feed.can_create:
        ET.SubElement(root, _atom("link"), {"href": f"/services/{feed.collection}/_new", "rel": "create"})
    for name, value in (("totalResults", feed.total), ("itemsPerPage", feed.per_page), ("startIndex", feed.offset)):
        _child(root, f"{{{SEARCH}}}{name}", str(value))
    ET.SubElement(root, f"{{{REST}}}messages")
    root.extend(entry_xml(feed.collection, entry) for entry in feed.entries)
    return root


def entry_xml(collection: str, entry: Entry) -> ET.Element:
    """Return one entry as XML; a job is answered as an entry without a feed around it."""
    path = entry_path(collection, entry)
    root = ET.Element(_atom("entry"))
    _child(root, _atom("title"), entry.title or entry.name)
    _child(root, _atom("id"), path)
    _child(root, _atom("updated"), timestamp(entry.updated))
    for relation in ("alternate", *entry.links):
        ET.SubElement(root, _atom("link"), {"href": path, "rel": relation})
    _child(ET.SubElement(root, _atom("author")), _atom("name"), entry.acl.owner)
    content = ET.SubElement(root, _atom("content"), {"type": "text/xml"})
    content.append(_dict_xml({"eai:acl": entry.acl.content(), **entry.content}))
    return root


def _dict_xml(values: Content) -> ET.Element:
    root = ET.Element(f"{{{REST}}}dict")
    for name, value in values.items():
        _fill(ET.SubElement(root, f"{{{REST}}}key", {"name": name}), value)
    return root


def _fill(element: ET.Element, value: object) -> None:
    """Write a value: mappings and lists as such, booleans as digits, null as nothing."""
    if isinstance(value, Mapping):
        element.append(_dict_xml(value))
    elif isinstance(value, list | tuple):
        items = ET.SubElement(element, f"{{{REST}}}list")
        for one in value:
            _fill(ET.SubElement(items, f"{{{REST}}}item"), one)
    elif isinstance(value, bool):
        element.text = "1" if value else "0"
    elif value is not None:
        element.text = xml_text(str(value))


def _atom(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _child(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def escape_xml(text: str) -> str:
    """Escape text for XML that is written by hand, line by line, as the result formats are."""
    return escape(xml_text(text))
