"""Follows logs through rotation and restarts; every line comes out once, in the order of its log.

A log is held open by its inode, so that a rename or a deletion takes nothing away; a file that is met anew is
compared with what was read before (marks) and goes on from there, or is a copy, or is new. In doubt a line is read
twice, never left out. While nothing can be delivered, `hold` keeps opening what rotation brings (48 files at most).
"""

from typing import Callable, Dict, Iterator, NamedTuple, Optional, Tuple

from kube_audit.clock import Clock
from kube_audit.receive.checkpoint import Progress
from kube_audit.receive.content import Content, Damaged, Incomplete, State
from kube_audit.receive.find import Finder, Found, rotated_at
from kube_audit.receive.log import Log, Record
from kube_audit.receive.marks import Mark, holds
from kube_audit.receive.recognise import Recognition, recognise

_OPEN_AT_MOST = 48
_TURN_BYTES = 64 << 20  # of one log, before the others have their turn
_UNFINISHED_S = 1.0  # a last line without its end is taken after this, if it is a whole event
_STABLE_S = 2.0  # a copy that does not grow for so long is not being made any more
_LINGER_S = 30.0  # a log whose name is gone may still be written to
_IDLE_S = 60.0
_ANY_TIME_ZONE_S = 26 * 3600.0
_STAMP_GRAIN_S = 0.1  # files are stamped by a coarser clock than ours

Identity = Tuple[int, int]


def _is_ours(log: Log) -> bool:
    """Tell a backup that was rotated since we look from an old one, which nobody asked for.

    Compressing an old one makes its file new; its name still says when it was rotated, in whatever time zone.
    """
    moment = rotated_at(log.path.name)
    is_old_by_name = moment is not None and moment < log.since - _ANY_TIME_ZONE_S
    return log.state.modified_ns >= log.since * 1e9 and not is_old_by_name


class Surroundings(NamedTuple):
    """What a follower is handed: a clock, where trouble is told, and what tells whether a last line is complete."""

    clock: Clock
    report: Callable[[str], None]
    is_whole: Callable[[bytes], bool]


class Follower:
    """Reads logs; `confirm` what was delivered, and keep `progress` on disk."""

    def __init__(self, finder: Finder, progress: Progress, surroundings: Surroundings) -> None:
        self._finder = finder
        self._clock, self._report, self._is_whole = surroundings
        self._confirmed: Dict[int, Mark] = dict(enumerate(progress.marks, start=1))
        self._read: Dict[int, Mark] = dict(self._confirmed)  # of logs that are not open
        self._next_key = len(progress.marks)
        self._scanned = progress.scanned or self._clock.now()
        self._open: Dict[Identity, Log] = {}
        self._done: Dict[Identity, State] = {}
        self._postponed = False
        self.copies = 0
        self.emptied = 0

    def progress(self) -> Progress:
        """Return what was confirmed."""
        return Progress(tuple(self._confirmed.values()), self._scanned)

    def confirm(self, record: Record) -> None:
        """Note that a line is delivered, with all before it in its log."""
        self._confirmed.pop(record.key, None)  # so that the log written last stands last
        self._confirmed[record.key] = record.mark()

    def finished(self) -> bool:
        """Tell whether everything that is there was read to its end."""
        return not self._postponed and all(log.at_end for log in self._open.values())

    def hold(self) -> None:
        """Open what is new before rotation takes it away."""
        now = self._clock.now()
        found = self._finder.find()
        self._postponed = False
        for item in found[-1:] + found[:-1]:  # the one written last comes first, it must not be missed
            self._meet(item)
        seen = {item.state[:2] for item in found}
        for identity, log in self._open.items():
            log.linked = identity in seen
        self._scanned = now - _STAMP_GRAIN_S

    def _meet(self, item: Found) -> None:
        identity = item.state[:2]
        if identity in self._open:
            self._open[identity].path = item.path
        elif self._done.get(identity) == item.state:
            return
        elif len(self._open) >= _OPEN_AT_MOST:
            self._postponed = True
        else:
            self._open_file(item)

    def _open_file(self, item: Found) -> None:
        try:
            content = Content(item.path)
        except FileNotFoundError:  # renamed since it was listed; its new name is found the next time
            self._postponed = True
            return
        except OSError as error:
            self._report(f"{item.path}: cannot be read: {error.strerror}; give this user the right to read it")
            self._postponed = True
            return
        state = content.state()  # the name may lead elsewhere since it was listed: what is open counts
        if state[:2] in self._open:
            content.close()
            return
        age_s = max(0.0, self._clock.now() - state.modified_ns / 1e9)
        self._open[state[:2]] = Log(
            item._replace(state=state), content, self._clock.monotonic() - age_s, since=self._scanned
        )

    def read(self) -> Iterator[Record]:
        """Yield what there is to read now, the log written last at the end; to be read to its end."""
        self.hold()
        for log in sorted(self._open.values(), key=lambda item: item.state.modified_ns):
            log.at_end = False
            try:
                if self._ready(log):
                    yield from self._read_log(log)
            except (Incomplete, Damaged, OSError) as error:
                self._cannot_read_on(log, error)
            else:
                self._retire(log)

    def _cannot_read_on(self, log: Log, error: Exception) -> None:
        if isinstance(error, OSError):
            self._report(f"{log.path}: cannot be read: {error.strerror}; see to the file system")
        elif isinstance(error, Damaged) or self._quiet_s(log) > _STABLE_S:
            why = str(error) or "its end is missing"
            self._report(f"{log.path}: no whole gzip file ({why}); what could be unpacked was read")
            self._close(log)

    def _ready(self, log: Log) -> bool:
        """Note how the file changed; tell whether lines can be read from it."""
        state = log.content.state()
        if state != log.state:
            log.changed_at = self._clock.monotonic()
            was_gzip = log.content.is_gzip
            log.content.reopen()
            if was_gzip != log.content.is_gzip:
                log.forget()
            elif not was_gzip:
                self._check_same(log, state)
        log.state = state
        return log.reader is not None or self._resolve(log)

    def _check_same(self, log: Log, state: State) -> None:
        """A file that was emptied, or written over under its name, is another log from now on."""
        mark = log.mark()
        if mark is not None and not holds(log.content, mark.last):
            self.emptied += 1
            unread = max(0, log.state.size - mark.offset)
            self._report(f"{log.path}: was emptied while it was read, {unread} bytes may be missed; rotate by renaming")
            self._read[log.key] = mark
            log.forget()
        elif log.reader is not None and state.size < log.reader.read_to:
            if mark is not None:
                self._read[log.key] = mark
            log.forget()

    def _resolve(self, log: Log) -> bool:
        """Find out what an opened file is; False while that cannot be told, and where there is nothing to read."""
        owners = {other.key: other for other in self._open.values() if other.key}
        known = {**self._read, **{key: other.mark() for key, other in owners.items()}}
        found = recognise(log.content, {key: mark for key, mark in known.items() if mark is not None})
        if found.recognition is Recognition.KNOWN and found.mark is not None:
            if found.key in owners:
                return self._meet_copy(log, owners[found.key], found.mark)
            log.go_on(found.key, found.mark)
            return True
        if found.recognition is Recognition.SHORT and self._quiet_s(log) < _STABLE_S:
            return False
        if not log.asked and not _is_ours(log):
            self._close(log)
            return False
        log.begin(self._new_key())
        return True

    def _meet_copy(self, log: Log, owner: Log, mark: Mark) -> bool:
        """The same lines stand in a file that is open: only what goes beyond it is read."""
        if not owner.at_end:
            return False
        unfinished = owner.unfinished()
        rest = log.content.read(mark.offset, len(unfinished) + 1)
        if unfinished.startswith(rest):
            self.copies += 1
            self._close(log)
            return False
        if owner.content.state() != owner.state:
            return False  # it has grown meanwhile: its turn comes first
        log.go_on(self._new_key(), mark)
        return True

    def _new_key(self) -> int:
        self._next_key += 1
        return self._next_key

    def _read_log(self, log: Log) -> Iterator[Record]:
        reader = log.reader
        assert reader is not None
        for line in reader.lines(_TURN_BYTES):
            yield log.came_out(line)
        rest = reader.unfinished()
        if reader.at_end and rest and self._takes_unfinished(log, rest):
            yield log.came_out(reader.take_unfinished())
        elif reader.at_end:
            log.at_end = not rest or self._quiet_s(log) > _UNFINISHED_S

    def _takes_unfinished(self, log: Log, rest: bytes) -> bool:
        if not log.linked and self._quiet_s(log) > _LINGER_S:
            return True  # nobody will finish it
        return self._quiet_s(log) > _UNFINISHED_S and self._is_whole(rest)

    def _quiet_s(self, log: Log) -> float:
        return self._clock.monotonic() - log.changed_at

    def _retire(self, log: Log) -> None:
        if log.at_end and self._quiet_s(log) > (_IDLE_S if log.linked else _LINGER_S):
            self._close(log)

    def close(self) -> None:
        """Let all files go."""
        for log in list(self._open.values()):
            self._close(log)

    def _close(self, log: Log) -> None:
        log.content.close()
        self._done[log.state[:2]] = log.state
        del self._open[log.state[:2]]
        mark: Optional[Mark] = log.mark()
        if mark is not None and log.key:
            self._read[log.key] = mark
