"""Values of Secrets and issued tokens are taken out whole, by default, before an event leaves the machine.

What is taken out: values under `data` and `stringData` of a Secret (single, in lists, watch events, tables, merge and
JSON patches, JSON inside strings such as last-applied-configuration and a webhook's patch annotation), `status.token`
of a TokenRequest, `spec.token` of a TokenReview. Keys, types, names, labels stay. All other bytes stay as they were.

    {"kind":"Secret","data":{"password":"aHVudGVyMg=="}}
    {"kind":"Secret","data":{"password":"[redacted]"}}

An event that lost something ends with one more key, which says how many values went and where (20 places at most):
`"kube_audit_redaction":{"spans":1,"where":["requestObject.data.password"]}`. The value lies at the end of the object,
holds no unescaped quote of the log's, and so cannot be taken for the event's own `stageTimestamp`.
"""

import json
import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from kube_audit.codec import read_json
from kube_audit.errors import BadInput
from kube_audit.event import AuditEvent
from kube_audit.redact.spans import Node, Replacement, parse, replace, string

MARK = "[redacted]"
_MARK_JSON = json.dumps(MARK).encode()
_PLACES = 20
_STRINGS_IN_STRINGS = 4  # JSON inside a string inside JSON …: deeper ones go as a whole

# A kind may stand in a string, where its quotes are escaped; or be spelled with escapes of letters.
_SUSPECT = re.compile(rb'(?:Secret(?:List)?|TokenRe(?:quest|view)(?:List)?)\\*"|\\u00[4-7]')
_SECRET_KINDS = {"Secret", "SecretList"}
_TOKEN_PLACES = {"TokenRequest": ("status", "token"), "TokenReview": ("spec", "token")}
_BODIES = ("requestObject", "responseObject")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LAST_APPLIED_IN_PATCH = "/" + _LAST_APPLIED.replace("/", "~1")
_WEBHOOK_PATCH = "patch.webhook.admission.k8s.io/"
# Members of a list, a watch event, a table and a webhook's patch annotation that hold whole objects.
_HOLDERS = ("items", "object", "rows", "patch")
_SECRET_VALUES = ("data", "stringData")


class Redaction(NamedTuple):
    """An event's bytes after redaction, and how many values went."""

    raw: bytes
    spans: int


class _Visit(NamedTuple):
    """A value to look at, and what is known of it before it is read.

    `kind` is what an object must be though it does not say so; `within` holds below any Secret, where a
    last-applied-configuration is a Secret as well.
    """

    node: Node
    where: str
    kind: Optional[str] = None
    within: bool = False
    key: str = ""


def redact(event: AuditEvent) -> Redaction:
    """Take Secret values and issued tokens out of an event; an event without any comes back as it is."""
    kind = _kind_by_reference(event)
    if kind is None and not _is_suspect(event.raw):
        return Redaction(event.raw, 0)
    found = _in_event(event.raw, kind)
    if not found:
        return Redaction(event.raw, 0)
    places = [place for item in found for place in item.where]
    note = _dump({"spans": len(places), "where": places[:_PLACES]})
    body = replace(event.raw, found).rstrip()
    return Redaction(body[:-1] + b',"kube_audit_redaction":' + note + b"}", len(places))


def _is_suspect(text: bytes) -> bool:
    # Plain searches first: they cost a twentieth of the expression's, and almost always find nothing.
    has_word = b"Secret" in text or b"TokenRe" in text or b"\\u00" in text
    return has_word and _SUSPECT.search(text) is not None


def _kind_by_reference(event: AuditEvent) -> Optional[str]:
    # Patches, items of a SecretList and some bodies do not name their kind: the request's object does.
    if event.resource == "secrets" and event.api_group == "":
        return "Secret"
    if event.resource == "tokenreviews":
        return "TokenReview"
    if event.resource == "serviceaccounts" and event.subresource == "token":
        return "TokenRequest"
    return None


def _in_event(raw: bytes, kind: Optional[str]) -> List[Replacement]:
    root = parse(raw)
    visits = [_Visit(node, name, kind) for name in _BODIES for node in root.all(name)]
    for annotations in root.all("annotations"):
        visits += [
            _Visit(node, f"annotations.{key}", kind)
            for key, node in annotations.members or ()
            if key.startswith(_WEBHOOK_PATCH)
        ]
    return sorted(_walk(raw, visits, 0))


def _walk(document: bytes, visits: List[_Visit], depth: int) -> Iterator[Replacement]:
    while visits:
        visit = visits.pop()
        if visit.node.members is not None:
            yield from _in_object(document, visit, visits)
        elif visit.node.items is not None:
            visits += [
                visit._replace(node=item, where=f"{visit.where}[{index}]")
                for index, item in enumerate(visit.node.items)
            ]
        else:
            yield from _in_string(document, visit, depth)


def _in_object(document: bytes, visit: _Visit, visits: List[_Visit]) -> Iterator[Replacement]:
    kinds = {visit.kind} | {string(document, node) for node in visit.node.all("kind")}
    is_secret = bool(kinds & _SECRET_KINDS)
    if is_secret and visit.node.all("op") and visit.node.all("path"):
        yield from _in_patch_operation(document, visit, visits)
        return
    token_place = next((place for kind, place in _TOKEN_PLACES.items() if kind in kinds), ("", ""))
    for key, node in visit.node.members or ():
        where = f"{visit.where}.{key}"
        if is_secret and key in _SECRET_VALUES:
            yield from _values(document, node, where)
        elif key == token_place[0]:
            for token in node.all(token_place[1]):
                yield from _values(document, token, f"{where}.{token_place[1]}")
        else:
            kind = ("Secret" if is_secret else visit.kind) if key in _HOLDERS else None
            visits.append(_Visit(node, where, kind, is_secret or visit.within, key))


def _values(document: bytes, node: Node, where: str) -> Iterator[Replacement]:
    """Take out every value of a map, keys stay; anything that is no map goes whole."""
    places: List[Tuple[Node, str]] = [(node, where)]
    if node.members is not None:
        places = [(value, f"{where}.{key}") for key, value in node.members]
    for value, place in places:
        if document[value.start : value.end] not in (b"null", b'""'):
            yield Replacement(value.start, value.end, _MARK_JSON, (place,))


def _in_patch_operation(document: bytes, visit: _Visit, visits: List[_Visit]) -> Iterator[Replacement]:
    """One operation of a JSON patch on a Secret: its path says what its value is."""
    paths = [string(document, node) or "" for node in visit.node.all("path")]
    for value in visit.node.all("value"):
        where = f"{visit.where}.value"
        if any(path.split("/")[1:2] in ([name] for name in _SECRET_VALUES) for path in paths):
            yield from _values(document, value, where)
        else:
            kind = "Secret" if "" in paths else None
            key = next((_LAST_APPLIED for path in paths if path.endswith(_LAST_APPLIED_IN_PATCH)), "value")
            visits.append(_Visit(value, where, kind, True, key))


def _in_string(document: bytes, visit: _Visit, depth: int) -> Iterator[Replacement]:
    """JSON inside a string gets the same treatment, and comes back as a string; a Secret that is no JSON goes whole."""
    token = document[visit.node.start : visit.node.end]
    is_secret = visit.kind == "Secret" or (visit.within and visit.key == _LAST_APPLIED)
    if token[:1] != b'"' or not (is_secret or _is_suspect(token)):
        return
    text = json.loads(token, strict=False).encode("utf-8", "surrogatepass")
    kind = "Secret" if is_secret else None
    inner = _in_text(text, visit._replace(kind=kind), depth + 1)
    if inner is None and is_secret:
        yield Replacement(visit.node.start, visit.node.end, _MARK_JSON, (visit.where,))
    elif inner:
        changed = replace(text, inner).decode("utf-8", "surrogatepass")
        places = tuple(place for item in inner for place in item.where)
        yield Replacement(visit.node.start, visit.node.end, _dump(changed), places)


def _in_text(text: bytes, visit: _Visit, depth: int) -> Optional[List[Replacement]]:
    """Return what to replace in the text of a string, None where it is no JSON object or array."""
    if text.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        read_json(text)
    except BadInput:
        return None
    root = parse(text)
    if depth > _STRINGS_IN_STRINGS:
        return [Replacement(root.start, root.end, _MARK_JSON, (visit.where,))]
    return list(_walk(text, [visit._replace(node=root)], depth))


def _dump(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode("ascii")
