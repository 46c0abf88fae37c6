"""H01's hard case: a policy whose indentation was lost, as web pages lose it.

Keys of a rule then stand at the top level, where the API server ignores them; the rule that is left has no limits
and matches every request. Both readings are explained line by line: the text as it stands, and the text with its
nesting restored, which may be refused. The fix goes on to what the author must have meant, and says what it assumed.
"""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from kube_audit.policy.errors import PolicyError
from kube_audit.policy.lint.finding import Edit, Finding, Fix, Note
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.load import Loaded, load_text
from kube_audit.policy.positions import Mark
from kube_audit.policy.schema import GROUP_RESOURCES, POLICY, RULE

_LINE = re.compile(r"(?P<indent> *)(?P<dash>(?:- +)*)(?P<key>[A-Za-z]+):(?P<rest>(?:\s.*)?)$")
_ITEM = re.compile(r"(?P<indent> *)- +(?P<rest>.*)$")
_RULE_ONLY = set(RULE.fields) - set(GROUP_RESOURCES.fields)


class Nested(NamedTuple):
    """A text whose nesting was restored."""

    literal: str
    meant: str
    assumptions: Tuple[str, ...]


def explain_flattened(subject: Subject) -> Optional[Finding]:
    """H01 for a policy whose rules were flattened, or None if this one was not."""
    loaded = subject.loaded
    if loaded is None or loaded.text.is_json:
        return None
    strays = [fault.path for fault in loaded.strict if len(fault.path) == 1 and str(fault.path[0]) not in POLICY.fields]
    if not any(str(path[0]) in {*RULE.fields, *GROUP_RESOURCES.fields} for path in strays):
        return None
    names = sorted({str(path[0]) for path in strays})
    nested = restore_nesting(subject.text)
    if nested is None:
        return None
    message = f"the policy has no field {' or '.join(map(repr, names))}: the rules have lost their indentation"
    notes = (*_as_it_stands(subject, loaded), *_as_nested(nested.literal, subject.version))
    fix = Fix((Edit(0, len(subject.text), nested.meant),), "; ".join(nested.assumptions))
    mend = "restore the nesting, and check that it says what was meant"
    return Finding(_first_stray(subject, names), message, _consequence(loaded), mend, fix, notes)


def _first_stray(subject: Subject, names: List[str]) -> Mark:
    for number, line in enumerate(subject.text.splitlines(), start=1):
        if any(line.startswith(f"{name}:") for name in names):
            return Mark(number, 1)
    return Mark(1, 1)


def _consequence(loaded: Loaded) -> str:
    rule = loaded.policy.rules[-1]
    if any(rule[1:7]):
        return "the API server ignores these lines with a warning; the rule above them is wider than it looks"
    return (
        f"the API server ignores these lines with a warning; rule {len(loaded.policy.rules) - 1} is left without "
        f"limits and records every request at level {rule.level.text}"
    )


def _as_it_stands(subject: Subject, loaded: Loaded) -> List[Note]:
    notes = []
    strays = {str(fault.path[0]) for fault in loaded.strict if len(fault.path) == 1}
    duplicates = {found.key for found in loaded.text.duplicates}
    seen: Dict[str, int] = {}
    current = ""
    for number, line in enumerate(subject.text.splitlines(), start=1):
        found = _LINE.match(line)
        if found and not found["indent"] and not found["dash"]:
            current = found["key"]
            seen[current] = seen.get(current, 0) + 1
        if not line.strip() or line.strip().startswith("#") or current in ("apiVersion", "kind"):
            continue
        notes.append(Note(Mark(number, 1), f"as it stands: {_reading(found, current, strays, duplicates, seen)}"))
    last = notes[-1].mark if notes else Mark(1, 1)
    notes += [
        Note(last, f"as it stands the API server logs: {warning}".replace("\n ", "")) for warning in loaded.warnings
    ]
    level = loaded.policy.rules[-1].level.text
    if not any(loaded.policy.rules[-1][1:7]):
        notes.append(Note(last, f"as it stands the policy loads, and every request is recorded at {level}"))
    return notes


def _reading(
    found: "Optional[re.Match[str]]", current: str, strays: "set[str]", duplicates: "set[str]", seen: Dict[str, int]
) -> str:
    is_key = found is not None and not found["indent"] and not found["dash"]
    if current in strays:
        if not is_key:
            return f"part of the ignored {current!r}"
        again = " already set in map, the last one counts; and" if seen[current] > 1 and current in duplicates else ""
        return f"top-level key {current!r}:{again} unknown field, ignored"
    if is_key:
        return "the list of rules starts here"
    return "a rule; only what is indented under it limits it"


def _as_nested(text: str, version: object) -> List[Note]:
    notes = [
        Note(Mark(number, 1), f"with its nesting restored: {line.rstrip()}")
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#") and number > 2
    ]
    try:
        load_text(text)
    except PolicyError as error:
        place = error.mark or Mark(1, 1)
        notes.append(Note(place, f"with its nesting restored the API server refuses it: {error.reason}"))
    else:
        notes.append(Note(Mark(1, 1), "with its nesting restored the API server takes it"))
    return notes


def restore_nesting(text: str) -> Optional[Nested]:
    """Indent a flattened policy by what its keys must belong to; None if its lines cannot be placed."""
    nester = _Nester()
    for line in text.splitlines(keepends=True):
        if not nester.take(line):
            return None
    return nester.finish()


class _Nester:
    """Places lines one after the other: the policy, its rules, their resources entries, the lists of those."""

    def __init__(self) -> None:
        self._literal: List[str] = []
        self._meant: List[str] = []
        self._assumptions: List[str] = []
        self._in_rules = False
        self._entry: Optional[set] = None  # type: ignore[type-arg]
        self._rule: set = set()  # type: ignore[type-arg]
        self._list_indent = 0
        self._insert_at = 0
        self._first = 0
        self._pending = -1

    def take(self, line: str) -> bool:
        """Place one line."""
        body = line.strip()
        if not body or body.startswith("#") or not self._in_rules:
            self._in_rules = self._in_rules or body == "rules:"
            self._put(line, line)
            return True
        found = _LINE.match(line.rstrip("\r\n"))
        if found is None:
            return self._take_item(line)
        return self._take_key(line, found)

    def finish(self) -> Optional[Nested]:
        """Give the two texts, if the rules were placed."""
        if not self._in_rules or not self._first:
            return None
        places = f"lines {self._first} and after belong to the rule above them"
        return Nested("".join(self._literal), "".join(self._meant), (places, *self._assumptions))

    def _take_key(self, line: str, found: "re.Match[str]") -> bool:
        key, dashed = found["key"], bool(found["dash"])
        if key in _RULE_ONLY and dashed and self._is_entry_list():
            return self._hoist(line, found)
        if key in _RULE_ONLY and (dashed or not self._rule):
            self._rule, self._entry = {key}, None
            self._insert_at = len(self._meant) + 1
            return self._place(line, 0 if dashed else 2, found)
        if key == "group" or (dashed and key in GROUP_RESOURCES.fields):
            self._entry = {key}
            return self._place(line, 2 if dashed else 4, found)
        if self._entry is not None and key in GROUP_RESOURCES.fields and key not in self._entry:
            self._entry.add(key)
            self._pending = len(self._meant)
            return self._place(line, 4, found)
        if key in RULE.fields and key not in self._rule:
            self._rule.add(key)
            return self._place(line, 2, found)
        return False

    def _is_entry_list(self) -> bool:
        """Whether the last line opened a list inside a resources entry, which only holds names."""
        return self._entry is not None and self._pending >= 0

    def _hoist(self, line: str, found: "re.Match[str]") -> bool:
        key, rest, end = found["key"], found["rest"], line[len(line.rstrip("\r\n")) :]
        if key in self._rule:
            return False
        clean = re.sub(r'\\(["\'])', r"\1", rest)
        self._literal.append(f"    - {key}:{rest}{end}")
        opened = self._meant[self._pending].strip()
        self._meant[self._pending] = ""
        self._meant.insert(self._insert_at, f"  {key}:{clean}{end}")
        self._rule.add(key)
        self._pending = -1
        self._assumptions.append(
            f"{key!r} under the inner {opened!r} limits the rule, since that list only holds names"
        )
        self._assumptions.append(
            f"no resource is named in the entry, so the whole group is meant and {opened!r} is dropped"
        )
        if clean != rest:
            self._assumptions.append("backslashes before quotes came from a copied string and are dropped")
        return True

    def _take_item(self, line: str) -> bool:
        found = _ITEM.match(line.rstrip("\r\n"))
        if found is None:
            return False
        self._pending = -1
        indent = 4 if self._entry is not None else 2
        self._put(*[f"{' ' * indent}{line.lstrip()}"] * 2)
        return True

    def _place(self, line: str, indent: int, found: "re.Match[str]") -> bool:
        if found["key"] not in GROUP_RESOURCES.fields or found["dash"]:
            self._pending = -1
        text = f"{' ' * indent}{line.lstrip()}"
        self._put(text, text)
        if not self._first and indent != len(found["indent"]):
            self._first = len(self._literal)
        return True

    def _put(self, literal: str, meant: str) -> None:
        self._literal.append(literal)
        self._meant.append(meant)
