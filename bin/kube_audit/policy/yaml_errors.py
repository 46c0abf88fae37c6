"""YAML errors in the words of the API server's parser, with the true line beside them.

libyaml, its Go port and PyYAML's Python parser name the same faults; only the last has words of its own. The Go
port prints the line that its mark counts from 0, adds one for errors of the scanner, and prints none for line 0.
"""

import re
from typing import Optional

import yaml

from kube_audit.policy.errors import PolicyError
from kube_audit.policy.positions import Lines, Mark

_WORDS = (
    (r"mapping values are not allowed here", "mapping values are not allowed in this context"),
    (r"found character .* that cannot start any token", "found character that cannot start any token"),
    (r"expected the node content, but found .*", "did not find expected node content"),
    (r"expected ',' or '\]', but got .*", "did not find expected ',' or ']'"),
    (r"expected ',' or '\}', but got .*", "did not find expected ',' or '}'"),
    (r"expected '<document start>', but found .*", "did not find expected <document start>"),
    (r"could not find expected ':'", "could not find expected ':'"),
    (r"special characters are not allowed", "control characters are not allowed"),
    (r"found incompatible YAML document.*", "found incompatible YAML document"),
    (r"found unexpected end of stream.*", "found unexpected end of stream"),
)


def explain_yaml_error(error: yaml.YAMLError, text: str) -> PolicyError:
    """Turn an error of PyYAML's into the API server's words and the true place."""
    if isinstance(error, yaml.reader.ReaderError):
        # Of its two forms only the character's own position is the same in both: look for it ourselves.
        found = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
        return PolicyError("failed decoding: yaml: control characters are not allowed", _at(text, found))
    if not isinstance(error, yaml.MarkedYAMLError):
        return PolicyError(f"failed decoding: yaml: {str(error).splitlines()[0]}")
    return _marked(error)


def _at(text: str, found: Optional["re.Match[str]"]) -> Optional[Mark]:
    return Lines(text).mark(found.start()) if found else None


def _marked(error: yaml.MarkedYAMLError) -> PolicyError:
    is_scanner = isinstance(error, yaml.scanner.ScannerError)
    problem, context = error.problem_mark, error.context_mark
    printed = 0
    if problem is not None and problem.line:
        printed = problem.line + is_scanner
    elif context is not None:
        printed = context.line
    where = f"line {printed}: " if printed else ""
    place = problem or context
    mark = Mark(place.line + 1, place.column + 1) if place is not None else None
    return PolicyError(f"failed decoding: yaml: {where}{_words(error)}", mark)


def _words(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "unknown problem parsing YAML content"
    if re.match(r"expected <block end>", problem):
        sequence = "collection" in (error.context or "") or "sequence" in (error.context or "")
        return "did not find expected '-' indicator" if sequence else "did not find expected key"
    for pattern, words in _WORDS:
        if re.fullmatch(pattern, problem, re.DOTALL):
            return words
    return problem
