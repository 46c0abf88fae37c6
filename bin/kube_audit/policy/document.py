"""One YAML document as a tree of nodes that know their places; the parser is PyYAML's, the tree is ours.

Only the first document of a text is read, as the API server does. Limits hold before anything is expanded:

    262,144 bytes   larger files are refused by their size, unparsed
    64 levels       of nesting
    30,000 nodes    scalars, lists and maps, each counted once
    200,000 visits  of nodes when aliases are followed (see `values`)

Nothing is constructed from tags, so a tag can run no code. Errors carry the text of the API server's own parser
(go.yaml.in/yaml/v2, a port of libyaml) and the true line; the line inside that text is one too small for errors of
its parser proper, which is how the API server prints it.
"""

from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import yaml

from kube_audit.policy.errors import PolicyError
from kube_audit.policy.positions import Mark
from kube_audit.policy.yaml_errors import explain_yaml_error

LIMIT_BYTES = 262_144
LIMIT_DEPTH = 64
LIMIT_NODES = 30_000

# The C scanner where PyYAML was built with it; inside Splunk there is only the Python one.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Scalar(NamedTuple):
    """A single value as it is written; `plain` if it has no quotes."""

    start: Mark
    end: Mark
    text: str
    plain: bool
    tag: str


class Sequence(NamedTuple):
    """A list."""

    start: Mark
    end: Mark
    items: Tuple["Node", ...]
    flow: bool


class Mapping(NamedTuple):
    """A map; keys keep their order and may occur twice."""

    start: Mark
    end: Mark
    entries: Tuple[Tuple["Node", "Node"], ...]
    flow: bool


class Alias(NamedTuple):
    """A reference to a node that stands earlier in the document."""

    start: Mark
    end: Mark
    name: str
    target: "Node"


Node = Union[Scalar, Sequence, Mapping, Alias]


class Parsed(NamedTuple):
    """The first document of a text, and where a second one starts."""

    root: Optional[Node]
    second: Optional[Mark]


class _Open(NamedTuple):
    """A list or map whose end has not been read."""

    start: Mark
    is_mapping: bool
    flow: bool
    anchor: Optional[str]
    children: List[Node]


def parse_document(text: str) -> Parsed:
    """Read the first document of a text that is at most LIMIT_BYTES long."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT_BYTES:
        raise PolicyError(
            f"policy has {size} bytes, more than the {LIMIT_BYTES} that a policy may have; it was not parsed"
        )
    try:
        return _Composer(text).compose()
    except yaml.YAMLError as error:
        raise explain_yaml_error(error, text) from error
    except UnicodeEncodeError as error:
        raise PolicyError("failed decoding: yaml: invalid Unicode character") from error


class _Composer:
    """Builds the tree from the parser's events with a stack of its own: deep nesting costs no recursion."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)
        self._anchors: Dict[str, Node] = {}
        self._open: List[_Open] = []
        self._nodes = 0

    def compose(self) -> Parsed:
        root: Optional[Node] = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent) and event.version not in (None, (1, 1)):
                reason = "failed decoding: yaml: found incompatible YAML document"
                raise PolicyError(reason, _mark(event.start_mark))
            if isinstance(event, yaml.DocumentEndEvent):
                return Parsed(root, self._second_document())
            node = self._node_from(event)
            if node is not None and self._open:
                self._open[-1].children.append(node)
            elif node is not None:
                root = node
        return Parsed(root, None)

    def _second_document(self) -> Optional[Mark]:
        try:
            event = next(self._events, None)
        except yaml.MarkedYAMLError as error:
            # The API server never reads this far; that there is something to read is what counts.
            return _mark(error.problem_mark) if error.problem_mark else None
        return _mark(event.start_mark) if isinstance(event, yaml.DocumentStartEvent) else None

    def _node_from(self, event: yaml.Event) -> Optional[Node]:
        start = _mark(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            if event.implicit[0] and "?" in event.value and self._open and self._open[-1].flow:
                raise self._question_mark(start)
            node: Node = Scalar(start, _mark(event.end_mark), event.value, event.implicit[0], event.tag or "")
            return self._counted(node, event.anchor)
        if isinstance(event, yaml.AliasEvent):
            return self._counted(self._alias(event, start), None)
        if isinstance(event, (yaml.SequenceStartEvent, yaml.MappingStartEvent)):
            if len(self._open) >= LIMIT_DEPTH:
                raise PolicyError(f"nested deeper than {LIMIT_DEPTH} levels", start)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            self._open.append(_Open(start, is_mapping, bool(event.flow_style), event.anchor, []))
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            return self._close(_mark(event.end_mark))
        return None

    def _question_mark(self, start: Mark) -> PolicyError:
        """The Go parser ends a plain flow scalar at a question mark, as YAML 1.1 has it; libyaml reads on."""
        where = f"line {start.line - 1}: " if start.line > 1 else ""
        bracket = "}" if self._open[-1].is_mapping else "]"
        return PolicyError(f"failed decoding: yaml: {where}did not find expected ',' or '{bracket}'", start)

    def _close(self, end: Mark) -> Node:
        opened = self._open.pop()
        children = opened.children
        if opened.is_mapping:
            entries = tuple(zip(children[::2], children[1::2]))
            return self._counted(Mapping(opened.start, end, entries, opened.flow), opened.anchor)
        return self._counted(Sequence(opened.start, end, tuple(children), opened.flow), opened.anchor)

    def _alias(self, event: yaml.AliasEvent, start: Mark) -> Alias:
        name = str(event.anchor)
        if any(opened.anchor == name for opened in self._open):
            raise PolicyError(f"failed decoding: yaml: anchor '{name}' value contains itself", start)
        if name not in self._anchors:
            raise PolicyError(f"failed decoding: yaml: unknown anchor '{name}' referenced", start)
        return Alias(start, _mark(event.end_mark), name, self._anchors[name])

    def _counted(self, node: Node, anchor: Optional[str]) -> Node:
        self._nodes += 1
        if self._nodes > LIMIT_NODES:
            raise PolicyError(f"more than {LIMIT_NODES} values in one document", node.start)
        if anchor is not None:
            self._anchors[anchor] = node
        return node


def _mark(mark: Any) -> Mark:  # noqa: ANN401 (PyYAML has two classes of marks, of its C and its Python parser)
    return Mark(mark.line + 1, mark.column + 1)


def last_line(node: Node) -> int:
    """Tell the last line that belongs to a node; the parser's own end of a block is where the next thing starts."""
    while isinstance(node, (Sequence, Mapping)) and not node.flow:
        children = node.items if isinstance(node, Sequence) else [value for _key, value in node.entries]
        if not children:
            break
        node = children[-1]
    return node.end.line if node.end.column > 1 else max(node.end.line - 1, node.start.line)


def target_of(node: Node) -> Node:
    """Follow an alias to what it stands for."""
    while isinstance(node, Alias):
        node = node.target
    return node
