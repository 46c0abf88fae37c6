"""Following logs: every line once, whatever rotation does to names."""

import gzip
import os
import random
import shutil
from datetime import datetime, timezone
from pathlib import Path
from typing import List

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import ManualClock, line, lines
from kube_audit.plan import is_event
from kube_audit.receive.checkpoint import Progress
from kube_audit.receive.find import Finder
from kube_audit.receive.follow import Follower, Surroundings

STARTED = datetime.now(timezone.utc)


class Desk:
    """A follower and what it read; `crash` forgets what was not confirmed."""

    def __init__(self, root: Path, *patterns: str) -> None:
        self.root = root
        self.patterns = [str(root / pattern) for pattern in patterns or ("audit*.log*",)]
        self.clock = ManualClock(now=root.stat().st_mtime)
        self.read: List[bytes] = []
        self.sources: List[str] = []
        self.told: List[str] = []
        self.progress = Progress()
        self.start()

    def start(self) -> None:
        """Start as a new process does, from what was confirmed."""
        surroundings = Surroundings(self.clock, self.told.append, is_event)
        self.follower = Follower(Finder(self.patterns, self.told.append), self.progress, surroundings)

    def poll(self, confirm: bool = True) -> "Desk":
        """Read what there is, and confirm it."""
        for record in self.follower.read():
            self.read.append(record.line.raw)
            self.sources.append(record.source)
            if confirm:
                self.follower.confirm(record)
        if confirm:
            self.progress = self.follower.progress()
        return self

    def until_finished(self) -> "Desk":
        """Read to the end of everything, letting time pass."""
        for _ in range(100):
            self.poll()
            if self.follower.finished():
                return self
            self.clock.sleep(0.5)
        raise AssertionError("never finished")

    def wait(self, seconds: float) -> "Desk":
        """Let time pass."""
        self.clock.sleep(seconds)
        return self


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk over an empty directory."""
    return Desk(tmp_path)


def append(path: Path, data: bytes) -> None:
    """Write to the end of a file."""
    with path.open("ab") as file:
        file.write(data)


def compress(path: Path) -> Path:
    """Compress a file beside itself and delete it, as lumberjack does."""
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return target


def expect(first: int, count: int) -> List[bytes]:
    """Return the lines that must have come out."""
    return lines(first, count).splitlines()


def rotated(root: Path, number: int) -> Path:
    """Return a name that lumberjack gives."""
    return root / f"audit-{STARTED:%Y-%m-%dT%H}-{number // 60:02d}-{number % 60:02d}.000.log"


def test_growth_comes_out_as_it_is_written(tmp_path: Path, desk: Desk) -> None:
    """Each line comes out once, after it is there."""
    log = tmp_path / "audit.log"
    append(log, lines(0, 3))
    desk.poll()
    append(log, lines(3, 2))
    desk.poll().poll()

    assert desk.read == expect(0, 5)


def test_renamed_log_is_drained_to_its_end(tmp_path: Path, desk: Desk) -> None:
    """What is written before and after a rename comes out, under the first name."""
    log, old = tmp_path / "audit.log", rotated(tmp_path, 1)
    append(log, lines(0, 3))
    desk.poll()
    append(log, lines(3, 2))
    log.rename(old)
    append(old, lines(5, 1))
    append(log, lines(6, 4))
    desk.poll()

    assert sorted(desk.read) == expect(0, 10)
    assert set(desk.sources) == {str(log)}


def test_log_that_is_renamed_and_deleted_between_looks_is_read_from_the_open_file(tmp_path: Path) -> None:
    """An open file cannot be taken away."""
    desk = Desk(tmp_path, "audit.log")
    log = tmp_path / "audit.log"
    append(log, lines(0, 2))
    desk.poll()
    append(log, lines(2, 2))
    log.unlink()
    append(log, lines(4, 2))
    desk.poll()

    assert sorted(desk.read) == expect(0, 6)


def test_generations_that_came_and_went_between_looks_are_found(tmp_path: Path) -> None:
    """With only audit.log asked for, what rotation made since the last look is read as well."""
    desk = Desk(tmp_path, "audit.log")
    log = tmp_path / "audit.log"
    append(log, lines(0, 2))
    desk.poll()
    for number in range(1, 4):
        append(log, lines(number * 2, 2))
        log.rename(rotated(tmp_path, number))
    append(log, lines(8, 2))
    desk.poll()

    assert sorted(desk.read) == expect(0, 10)


def test_old_backups_beside_the_log_are_not_read(tmp_path: Path) -> None:
    """A backup from before the first start is read only if a pattern names it."""
    old = rotated(tmp_path, 1)
    append(old, lines(90, 2))
    os.utime(old, (1, 1))
    append(tmp_path / "audit.log", lines(0, 2))
    desk = Desk(tmp_path, "audit.log").until_finished()

    assert desk.read == expect(0, 2)


def test_old_backup_that_is_compressed_while_we_look_is_not_read(tmp_path: Path) -> None:
    """Its file is new, its name says that it was rotated long before."""
    old = tmp_path / "audit-2020-01-01T00-00-00.000.log"
    append(old, lines(90, 2))
    os.utime(old, (1, 1))
    append(tmp_path / "audit.log", lines(0, 2))
    desk = Desk(tmp_path, "audit.log").until_finished()
    compress(old)
    desk.wait(3).until_finished()

    assert desk.read == expect(0, 2)


@pytest.mark.parametrize("neighbour", ["audit-policy.log", "audit.log.lock", "auditor.log", "audit.log.1.tmp"])
def test_other_files_beside_the_log_are_not_read(tmp_path: Path, neighbour: str) -> None:
    """Only names that rotation gives belong to the log."""
    desk = Desk(tmp_path, "audit.log")
    append(tmp_path / "audit.log", lines(0, 1))
    append(tmp_path / neighbour, lines(50, 1))
    desk.until_finished()

    assert desk.read == expect(0, 1)


@pytest.mark.parametrize("name", ["audit-2026-11-23T23-19-31.191.log", "audit.log.1", "audit.log-20261123"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_rest_of_a_log_that_rotated_while_we_were_down_is_read(tmp_path: Path, name: str, is_packed: bool) -> None:
    """After a restart the log goes on under its new name."""
    desk = Desk(tmp_path, "audit.log")
    log = tmp_path / "audit.log"
    append(log, lines(0, 3))
    desk.poll()
    append(log, lines(3, 2))
    log.rename(tmp_path / name)
    if is_packed:
        compress(tmp_path / name)
    append(log, lines(5, 2))
    desk.start()
    desk.until_finished()

    assert sorted(desk.read) == expect(0, 7)


def test_the_same_content_under_three_names_comes_out_once(tmp_path: Path, desk: Desk) -> None:
    """A log, a copy under a rotated name and a compressed copy are one log."""
    append(tmp_path / "audit.log", lines(0, 5))
    shutil.copy(tmp_path / "audit.log", rotated(tmp_path, 1))
    (tmp_path / "audit-2026-11-23T23-19-00.002.log.gz").write_bytes(gzip.compress(lines(0, 5)))
    desk.until_finished()

    assert desk.read == expect(0, 5)


def test_compressing_a_drained_log_brings_nothing_new(tmp_path: Path, desk: Desk) -> None:
    """Rename, then gzip beside, then delete: nothing comes out twice, whenever it is looked."""
    log, old = tmp_path / "audit.log", rotated(tmp_path, 1)
    append(log, lines(0, 5))
    desk.poll()
    log.rename(old)
    append(log, lines(5, 1))
    desk.poll()
    packed = gzip.compress(lines(0, 5))
    target = old.with_name(old.name + ".gz")
    for length in (0, 10, len(packed) // 2, len(packed)):
        target.write_bytes(packed[:length])
        desk.poll()
    old.unlink()
    desk.wait(5).until_finished().wait(120).until_finished()
    desk.start()
    desk.until_finished()

    assert desk.read == expect(0, 6)


def test_a_copy_that_grew_further_is_read_from_there(tmp_path: Path, desk: Desk) -> None:
    """Of a copy that goes beyond the log only the rest is read."""
    append(tmp_path / "audit.log", lines(0, 3))
    desk.poll()
    append(rotated(tmp_path, 1), lines(0, 5))
    desk.wait(3).until_finished()

    assert desk.read == expect(0, 5)


def test_logs_that_begin_alike_are_not_mistaken_for_each_other(tmp_path: Path, desk: Desk) -> None:
    """The same first line does not make the same log."""
    append(tmp_path / "audit.log", lines(0, 3))
    desk.poll()
    append(rotated(tmp_path, 1), lines(0, 1) + lines(10, 5))
    desk.wait(3).until_finished()

    assert set(desk.read) == set(expect(0, 3) + expect(10, 5))


def test_restart_goes_on_where_it_was_confirmed(tmp_path: Path, desk: Desk) -> None:
    """What was read but not confirmed comes out again, what was confirmed does not."""
    log = tmp_path / "audit.log"
    append(log, lines(0, 3))
    desk.poll()
    append(log, lines(3, 3))
    desk.poll(confirm=False)
    desk.start()
    desk.poll()

    assert desk.read == expect(0, 6) + expect(3, 3)


def test_emptied_log_begins_anew_and_is_reported(tmp_path: Path, desk: Desk) -> None:
    """copytruncate: the copy holds what was read, the file begins anew, the user is told."""
    log = tmp_path / "audit.log"
    append(log, lines(0, 4))
    desk.poll()
    shutil.copy(log, tmp_path / "audit.log.1")
    os.truncate(log, 0)
    append(log, lines(4, 2))
    desk.wait(3).until_finished()

    assert desk.read == expect(0, 6)
    assert desk.follower.emptied == 1
    assert "emptied" in desk.told[0]


def test_log_that_was_emptied_and_grew_past_its_old_end_begins_anew(tmp_path: Path, desk: Desk) -> None:
    """Size alone does not tell: the last line that was read must still be there."""
    log = tmp_path / "audit.log"
    append(log, lines(0, 2))
    desk.poll()
    os.truncate(log, 0)
    append(log, lines(2, 6))
    desk.poll()

    assert desk.read == expect(0, 8)


def test_symbolic_link_that_is_switched_is_followed(tmp_path: Path) -> None:
    """The log is what the name leads to now; what it led to before is drained."""
    desk = Desk(tmp_path, "current")
    first, second, link = tmp_path / "one", tmp_path / "two", tmp_path / "current"
    append(first, lines(0, 2))
    link.symlink_to(first)
    desk.poll()
    append(first, lines(2, 1))
    append(second, lines(3, 2))
    link.unlink()
    link.symlink_to(second)
    desk.poll()

    assert sorted(desk.read) == expect(0, 5)


def test_unfinished_last_line_waits_for_its_end(tmp_path: Path, desk: Desk) -> None:
    """Half an event is left alone, over polls and restarts, and comes out whole."""
    log = tmp_path / "audit.log"
    append(log, lines(0, 1) + line(1)[:200])
    desk.until_finished()
    desk.start()
    desk.until_finished()
    assert desk.read == expect(0, 1)

    append(log, line(1)[200:] + b"\n" + line(2))
    desk.until_finished()

    assert desk.read == expect(0, 3)


def test_whole_event_without_its_newline_comes_out_once(tmp_path: Path, desk: Desk) -> None:
    """The newline that follows later brings no second event and no empty line."""
    log = tmp_path / "audit.log"
    append(log, line(0))
    desk.poll()
    assert desk.read == []
    desk.wait(2).until_finished()
    append(log, b"\n" + lines(1, 1))
    desk.until_finished()

    assert desk.read == expect(0, 2)


def test_half_a_line_in_a_log_that_is_gone_comes_out_for_the_quarantine(tmp_path: Path) -> None:
    """Nobody can finish it; it is not lost without a word."""
    desk = Desk(tmp_path, "audit.log")
    log = tmp_path / "audit.log"
    append(log, lines(0, 1) + line(1)[:50])
    desk.poll()
    log.unlink()
    desk.poll().wait(40).poll()

    assert desk.read == [line(0), line(1)[:50]]


def test_damaged_gzip_gives_what_can_be_unpacked(tmp_path: Path, desk: Desk) -> None:
    """Lines before the damage come out, the user is told of the rest."""
    packed = gzip.compress(lines(0, 2000))
    (tmp_path / "audit-2026-11-23T23-19-31.191.log.gz").write_bytes(packed[: len(packed) // 2])
    desk.wait(10).until_finished()

    assert desk.read == expect(0, 2000)[: len(desk.read)]
    assert len(desk.read) > 100
    assert "gzip" in desk.told[0]


def test_two_hundred_backlog_files_are_all_read(tmp_path: Path, desk: Desk) -> None:
    """More files than may be open at once are read all the same, in the order in which they were written."""
    for number in range(200):
        path = rotated(tmp_path, number)
        append(path, lines(number * 2, 2))
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    desk.until_finished()

    assert sorted(desk.read) == expect(0, 400)


def test_unreadable_log_is_reported_and_the_others_go_on(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be opened holds nothing up."""
    append(tmp_path / "audit.log", lines(0, 1))
    secret = tmp_path / "audit.log.1"
    append(secret, lines(5, 1))
    secret.chmod(0)
    if os.access(secret, os.R_OK):
        pytest.skip("this user may read everything")
    desk.poll()

    assert desk.read == expect(0, 1)
    assert "cannot be read" in desk.told[0]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_rotation_at_any_moment_loses_and_doubles_nothing(tmp_path: Path, seed: int) -> None:
    """Writes, renames, compression, deletion of what was read, polls and restarts in any order."""
    root = tmp_path / str(seed)
    root.mkdir(exist_ok=True)
    for leftover in root.iterdir():
        leftover.unlink()
    Rotation(root, random.Random(seed)).run(60)  # noqa: S311


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_crash_at_any_moment_of_rotation_loses_nothing(tmp_path: Path, seed: int) -> None:
    """What was read but not confirmed before a restart comes again; nothing is left out."""
    root = tmp_path / str(seed)
    root.mkdir(exist_ok=True)
    for leftover in root.iterdir():
        leftover.unlink()
    Rotation(root, random.Random(seed), crashes=True).run(60)  # noqa: S311


class Rotation:
    """A log that is rotated at random while it is followed."""

    def __init__(self, root: Path, chance: random.Random, crashes: bool = False) -> None:
        self.root = root
        self.chance = chance
        self.desk = Desk(root, "audit*.log*")
        self.written = 0
        self.backups = 0
        self.partial = b""
        self.crashes = crashes

    def run(self, steps: int) -> None:
        """Do that many things, then read to the end and compare."""
        actions = [
            self.write,
            self.write,
            self.write_half,
            self.rotate,
            self.compress,
            self.poll,
            self.poll,
            self.restart,
        ]
        for _ in range(steps):
            self.chance.choice(actions)()
            self.desk.wait(self.chance.choice([0, 0.1, 1.5, 70]))
        self.finish_half()
        self.desk.wait(5).until_finished()
        read = set(self.desk.read) if self.crashes else self.desk.read
        assert sorted(read) == expect(0, self.written)

    def write(self) -> None:
        """Write whole lines."""
        self.finish_half()
        count = self.chance.randint(1, 5)
        append(self.root / "audit.log", lines(self.written, count))
        self.written += count

    def write_half(self) -> None:
        """Write a line up to somewhere."""
        if not self.partial:
            whole = lines(self.written, 1)
            cut = self.chance.randint(1, len(whole) - 2)
            append(self.root / "audit.log", whole[:cut])
            self.partial = whole[cut:]

    def finish_half(self) -> None:
        """Write the rest of it."""
        if self.partial:
            append(self.root / "audit.log", self.partial)
            self.partial = b""
            self.written += 1

    def rotate(self) -> None:
        """Rename the log, as lumberjack does: never within a line."""
        self.finish_half()
        if (self.root / "audit.log").exists():
            self.backups += 1
            (self.root / "audit.log").rename(rotated(self.root, self.backups))

    def compress(self) -> None:
        """Compress the newest backup."""
        path = rotated(self.root, self.backups)
        if path.exists():
            compress(path)

    def poll(self) -> None:
        """Read and confirm."""
        self.desk.poll()

    def restart(self) -> None:
        """Start anew from what was confirmed; a crash comes between reading and confirming."""
        if self.crashes:
            self.desk.poll(confirm=False)
        self.desk.start()
