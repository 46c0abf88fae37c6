"""Query parameters of a list request as far as they change what the policy sees: `watch` and the name.

`fieldSelector=metadata.name=X` gives a list the name X; a parameter that does not parse makes the API server forget
all of them but `watch` (pkg/endpoints/request/requestinfo.go of k8s.io/apiserver).
"""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple
from urllib.parse import unquote_plus


class ListOptions(NamedTuple):
    """What a list request asks for."""

    is_watch: bool
    name: str


class _Unparsable(Exception):
    """A parameter that the API server cannot decode."""


def read_list_options(query: str) -> ListOptions:
    """Read the query of a request that is a GET without a name."""
    parameters = _parameters(query)
    try:
        for number in ("limit", "timeoutSeconds"):
            _require_number(parameters.get(number))
        _require_labels(parameters.get("labelSelector", ""))
        terms = list(_field_terms(parameters.get("fieldSelector", "")))
    except _Unparsable:
        return ListOptions(_is_true(parameters.get("watch")), "")
    name = next((value for field, operator, value in terms if field == "metadata.name" and operator != "!="), "")
    return ListOptions(_is_true(parameters.get("watch")), name if _is_path_segment(name) else "")


def _parameters(query: str) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for pair in query.split("&"):
        # Go drops pairs with a semicolon or a broken escape and takes the first of equal names.
        if not pair or ";" in pair or re.search("%(?![0-9a-fA-F]{2})", pair):
            continue
        name, _equals, value = pair.partition("=")
        found.setdefault(unquote_plus(name), unquote_plus(value))
    return found


def _is_true(value: Optional[str]) -> bool:
    return value is not None and value != "0" and value.lower() != "false"


def _is_path_segment(name: str) -> bool:
    return name not in (".", "..") and "/" not in name and "%" not in name


def _require_number(value: Optional[str]) -> None:
    if value is not None and not re.fullmatch(r"[-+]?[0-9]{1,19}", value):
        raise _Unparsable


_UNESCAPED = re.compile(r"((?:[^\\,=]|\\[\\,=])*)")


def _field_terms(selector: str) -> Iterator[Tuple[str, str, str]]:
    # The API server sorts the terms, which decides between two names.
    for term in sorted(_split_terms(selector), key=lambda term: term.encode("utf-8", "surrogateescape")):
        if not term:
            continue
        operator = re.search("!=|==|=", term)
        if operator is None:
            raise _Unparsable
        value = term[operator.end() :]
        if not _UNESCAPED.fullmatch(value):
            raise _Unparsable
        yield term[: operator.start()], operator.group(), re.sub(r"\\(.)", r"\1", value)


def _split_terms(selector: str) -> List[str]:
    return list(re.findall(r"((?:[^\\,]|\\.|\\$)*)(?:,|$)", selector, re.DOTALL))


_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PREFIX = r"(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/"
_KEY = rf"(?:{_PREFIX})?{_NAME}"
_VALUE = rf"(?:{_NAME})?"
_LABEL_TERM = re.compile(
    rf"\s*(?:!\s*{_KEY}|{_KEY}\s*(?:(?:==|=|!=)\s*{_VALUE}|[<>]\s*-?[0-9]+"
    rf"|\s(?:in|notin)\s*\(\s*{_VALUE}\s*(?:,\s*{_VALUE}\s*)*\)|))\s*"
)


def _require_labels(selector: str) -> None:
    if not selector.strip():
        return
    # Commas inside (a,b) do not separate terms.
    for term in re.split(r",(?![^()]*\))", selector):
        if not _LABEL_TERM.fullmatch(re.sub(r"\s*(\bin|\bnotin)\s*\(", r" \1(", term)):
            raise _Unparsable
