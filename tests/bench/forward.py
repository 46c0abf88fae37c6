"""How fast the forwarder's steps are on this machine.

    PYTHONPATH=tests .venv/bin/python tests/bench/forward.py [EVENTS]

Prints one line for each step with events and megabytes per second of CPU, best of three, on events of about 1.6 kB of
which one in a hundred is a Secret. The last lines are the whole path: read the log, decide, redact, wrap, compress.
No network and no disk but the log itself: those cost what the machine at hand makes them cost.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import click

from fakes import line
from kube_audit import codec, event
from kube_audit.clock import SystemClock
from kube_audit.deliver.envelope import Origin, wrap
from kube_audit.event import read_event
from kube_audit.plan import Deliver, is_event, plan
from kube_audit.receive.checkpoint import Progress
from kube_audit.receive.find import Finder
from kube_audit.receive.follow import Follower, Surroundings
from kube_audit.redact.secrets import redact

EVENTS = 40_000
BATCH_BYTES = 1 << 20
ORIGIN = Origin("host", "kube_audit", "prod")
POD = {"kind": "Pod", "metadata": {"name": "p", "labels": {f"label-{n}": f"value-{n}" for n in range(42)}}}
SECRET = {"kind": "Secret", "data": {f"key-{n}": "c2VjcmV0LXZhbHVl" for n in range(10)}}


class Timing(NamedTuple):
    """A step, and what it costs."""

    name: str
    seconds: float


def events(count: int) -> list[bytes]:
    """Make events; the same for every run."""
    secret = {"objectRef": {"resource": "secrets"}, "responseObject": SECRET}
    return [line(number, **(secret if number % 100 == 0 else {"responseObject": POD})) for number in range(count)]


def best(name: str, step: Callable[[], object]) -> Timing:
    """Run a step three times and keep the fastest."""
    costs = []
    for _ in range(3):
        began = time.process_time()
        step()
        costs.append(time.process_time() - began)
    return Timing(name, min(costs))


def batches(log: Path) -> Iterator[bytes]:
    """Read a log as the forwarder does, and yield compressed bodies."""
    surroundings = Surroundings(SystemClock(), print, is_event)
    follower = Follower(Finder([str(log)], print), Progress(), surroundings)
    bodies: list[bytes] = []
    size = 0
    for record in follower.read():
        decision = plan(record.line)
        if isinstance(decision, Deliver):
            bodies.append(wrap(ORIGIN, record.source, decision.time or "0", decision.raw))
            size += len(bodies[-1])
        if size >= BATCH_BYTES:
            yield codec.pack(b"".join(bodies))
            bodies, size = [], 0
    yield codec.pack(b"".join(bodies))
    follower.close()


def use(read_routing: Callable[[bytes], codec.Routing], pack: Callable[[bytes], bytes]) -> None:
    """Choose as codec.py does when it is imported."""
    vars(event)["read_routing"] = read_routing
    codec.pack = pack


def with_standard_library(step: Callable[[], object]) -> Callable[[], object]:
    """Return the step as it runs inside Splunk, where there are no compiled wheels."""

    def run() -> None:
        chosen = (codec.read_routing, codec.pack)
        use(codec.routing_by_json, codec.pack_by_zlib)
        try:
            step()
        finally:
            use(*chosen)

    return run


def measure(count: int, folder: Path) -> Iterator[Timing]:
    """Measure each step and the whole."""
    raws = events(count)
    log = folder / "audit.log"
    log.write_bytes(b"\n".join(raws) + b"\n")
    read = [read_event(raw) for raw in raws]
    body = b"".join(raws)
    pieces = [body[start : start + BATCH_BYTES] for start in range(0, len(body), BATCH_BYTES)]
    yield best("decode (msgspec)", lambda: [codec.routing_by_msgspec(raw) for raw in raws])
    yield best("decode (json)", lambda: [codec.routing_by_json(raw) for raw in raws])
    yield best("decode and time", lambda: [read_event(raw) for raw in raws])
    yield best("redact", lambda: [redact(item) for item in read])
    yield best("wrap", lambda: [wrap(ORIGIN, "s", "1.5", raw) for raw in raws])
    yield best("compress (isal)", lambda: [codec.pack(piece) for piece in pieces])
    yield best("compress (zlib)", lambda: [codec.pack_by_zlib(piece) for piece in pieces])
    yield best("whole path", lambda: sum(map(len, batches(log))))
    yield best("whole path, standard library", with_standard_library(lambda: sum(map(len, batches(log)))))


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    megabytes = sum(map(len, events(count))) / 1e6
    click.echo(f"{count} events, {megabytes:.0f} MB, Python {sys.version.split()[0]}; per second of CPU, best of 3")
    click.echo(f"{'step':32}{'events/s':>12}{'MB/s':>10}{'us/event':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, seconds in measure(count, Path(folder)):
            click.echo(f"{name:32}{count / seconds:12,.0f}{megabytes / seconds:10,.0f}{seconds / count * 1e6:10.1f}")


if __name__ == "__main__":
    main()
