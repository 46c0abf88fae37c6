"""Which files are logs to read: those that a pattern names, and those that rotation made of them.

A file that was rotated away while we were not looking keeps the rest of its lines under a new name. Names that
rotation gives are known: lumberjack's (kube-apiserver) `audit-2026-11-23T23-19-31.191.log`, logrotate's `audit.log.1`
and `audit.log-20261123`, each perhaps with `.gz`. Nothing else beside a log is looked at.
"""

import glob
import re
import stat
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence

from kube_audit.receive.content import State, state_of

_MOMENT = re.compile(r"-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)\.\d{3}\.")
_WILDCARD = re.compile(r"[*?[]")
_ROTATED = r"(?:{stem}-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{{3}}{suffix}|{name}\.\d+|{name}-\d{{8}}(?:-\d+)?)(?:\.gz)?"


class Found(NamedTuple):
    """A file; `asked` when a pattern names it, else rotation made it of one that a pattern names."""

    path: Path
    state: State
    asked: bool


def has_wildcard(pattern: str) -> bool:
    """Tell a pattern from the name of one file."""
    return bool(_WILDCARD.search(pattern))


def rotated_at(name: str) -> Optional[float]:
    """Return the moment of rotation that lumberjack writes into a name, read as UTC; None for other names."""
    match = _MOMENT.search(name)
    try:
        moment = datetime.strptime(match[1] if match else "", "%Y-%m-%dT%H-%M-%S")
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp()


class Finder:
    """Looks for files; a file that may not be looked at is reported and left out."""

    def __init__(self, patterns: Sequence[str], report: Callable[[str], None]) -> None:
        self._patterns = patterns
        self._report = report

    def find(self) -> List[Found]:
        """Return the files that are there now, the one written last at the end, a copy after what it is a copy of."""
        asked = [Path(name) for pattern in self._patterns for name in _expand(pattern)]
        names: Dict[Path, bool] = dict.fromkeys(asked, True)
        for path in [*asked, *(Path(pattern) for pattern in self._patterns if not has_wildcard(pattern))]:
            for sibling in _rotated(path):
                names.setdefault(sibling, False)
        found = [item for path, is_asked in names.items() for item in self._look(path, is_asked)]
        return sorted(found, key=lambda item: (item.state.modified_ns, item.path.suffix == ".gz", str(item.path)))

    def _look(self, path: Path, is_asked: bool) -> Iterator[Found]:
        try:
            status = path.stat()
        except FileNotFoundError:  # renamed since it was listed
            return
        except OSError as error:
            self._report(f"{path}: cannot be read: {error.strerror}; give the forwarder's user the right to read it")
            return
        if stat.S_ISREG(status.st_mode):
            yield Found(path, state_of(status), is_asked)


def _expand(pattern: str) -> List[str]:
    return sorted(glob.glob(pattern)) if has_wildcard(pattern) else [pattern]  # noqa: PTH207 (may be absolute)


def _rotated(path: Path) -> Iterator[Path]:
    parts = {"stem": re.escape(path.stem), "suffix": re.escape(path.suffix), "name": re.escape(path.name)}
    pattern = re.compile(_ROTATED.format(**parts))
    for sibling in path.parent.glob(glob.escape(path.stem) + "*"):
        if pattern.fullmatch(sibling.name):
            yield sibling
