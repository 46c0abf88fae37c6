"""What a modular input says about itself (`--scheme`), and the documents that splunkd hands to it.

--scheme               <scheme><title/>…<endpoint><args><arg name="…">…</arg></args></endpoint></scheme>
--validate-arguments   <items>…<item name="…"><param name="…">…</param></item></items> on stdin
(run)                  <input>…<configuration><stanza name="kind://…" app="…"><param name="…">…</param></stanza>…
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

# Arguments that every stanza may have, whatever the scheme declares.
COMMON = frozenset(
    {"name", "disabled", "interval", "index", "source", "sourcetype", "host", "python.version", "python.required"}
)


class SchemeError(Exception):
    """A scheme that cannot be read."""


@dataclass(frozen=True)
class Argument:
    """One argument of a scheme."""

    name: str
    is_required_on_create: bool = True


@dataclass(frozen=True)
class Scheme:
    """A kind of modular input."""

    name: str
    title: str
    description: str
    is_single_instance: bool
    validates: bool
    arguments: tuple[Argument, ...]

    def argument_names(self) -> frozenset[str]:
        """Return the names that a stanza of this kind may have."""
        return COMMON | {one.name for one in self.arguments}


@dataclass(frozen=True)
class Stanza:
    """One input that is configured: `kind://name` and its settings."""

    name: str
    app: str
    settings: Mapping[str, str]


@dataclass(frozen=True)
class Server:
    """What every document tells an input about the instance that runs it."""

    host: str
    uri: str
    session_key: str
    checkpoint_dir: str


def read_scheme(name: str, document: str) -> Scheme:
    """Read the answer to `--scheme`."""
    try:
        root = ET.fromstring(document.strip())  # noqa: S314 - what an installed app's script says
    except ET.ParseError as error:
        raise SchemeError(f"scheme {name!r}: {error}") from error
    if root.tag != "scheme":
        raise SchemeError(f"scheme {name!r}: begins with <{root.tag}>, not with <scheme>")
    return Scheme(
        name=name,
        title=root.findtext("title") or name,
        description=root.findtext("description") or "",
        is_single_instance=_flag(root.findtext("use_single_instance"), default=False),
        validates=_flag(root.findtext("use_external_validation"), default=False),
        arguments=tuple(_argument(one) for one in root.findall("endpoint/args/arg")),
    )


def _argument(element: ET.Element) -> Argument:
    required = _flag(element.findtext("required_on_create"), default=True)
    return Argument(element.get("name", ""), required)


def _flag(text: str | None, *, default: bool) -> bool:
    return default if text is None else text.strip().lower() in ("true", "1")


def run_document(server: Server, stanzas: Sequence[Stanza]) -> bytes:
    """Return what a running input reads from its stdin."""
    root = _document("input", server)
    configuration = ET.SubElement(root, "configuration")
    for stanza in stanzas:
        element = ET.SubElement(configuration, "stanza", {"name": stanza.name, "app": stanza.app})
        _add_params(element, stanza.settings)
    return _written(root)


def validation_document(server: Server, stanza: Stanza) -> bytes:
    """Return what `--validate-arguments` reads from its stdin; the item has the bare name."""
    root = _document("items", server)
    item = ET.SubElement(root, "item", {"name": stanza.name.partition("://")[2]})
    _add_params(item, stanza.settings)
    return _written(root)


def _document(tag: str, server: Server) -> ET.Element:
    root = ET.Element(tag)
    for name, text in (
        ("server_host", server.host),
        ("server_uri", server.uri),
        ("session_key", server.session_key),
        ("checkpoint_dir", server.checkpoint_dir),
    ):
        ET.SubElement(root, name).text = text
    return root


def _written(root: ET.Element) -> bytes:
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_params(element: ET.Element, settings: Mapping[str, str]) -> None:
    for name in sorted(settings):
        ET.SubElement(element, "param", {"name": name}).text = settings[name]


def read_validation_error(output: str) -> str:
    """Return the message of a refused validation."""
    try:
        root = ET.fromstring(output.strip())  # noqa: S314 - as above
    except ET.ParseError:
        return "the script refused the arguments without saying why"
    return root.findtext("message") or "the script refused the arguments without saying why"
