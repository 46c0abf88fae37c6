"""How fast the stand-in is on this machine: ingest, searches, and what `--cost` adds.

    PYTHONPATH=tests .venv/bin/python tests/bench/searches.py [EVENTS]...        (default: 2000 100000)

Prints seconds of CPU, the least of three: `cold` is the first search that asks for these fields, `warm` a later one.
Events are JSON lines of about 260 bytes with nine fields, every field extracted at search time, by an app of its own.
HEC is asked over TLS on one kept connection, client and server in one process; what bounds it is the request, not the
event (1.4 ms a request, 8 us an event).

On 2 quiet cores (2026-11-24), events a second or seconds; in brackets before the fast paths, at a load of 15:

    ingest, 100,000 events                        165,000/s
    search at 2,000 events: cold, warm            at most 0.080, 0.020
    warm at 100,000: sort 0 _time | streamstats   0.96   (2.26; all 100,000 whole events are given back)
    timechart; bin | stats; sort of two           0.66; 0.62; 0.72   (1.76; 1.28; 1.60)
    stats of eval; eventstats; rex                0.78; 0.93; 1.02   (eventstats 1.41, rex 1.19)
    all others                                    0.15 to 0.48
    HEC by 1, 100, 1,000 events a request         694/s, 40,500/s, 110,000/s
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import requests

from serving import TOKEN, serving
from standin.cli import GARBAGE_EVERY
from standin.conf import Configuration
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

SIZES = (2_000, 100_000)
START = 1_785_600_000
ORIGIN = Origin("main", "web-1", "/var/log/some.log", "some:json")
PROPS = """[some:json]
SHOULD_LINEMERGE = false
KV_MODE = json
TIME_PREFIX = "at":"
TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%6NZ
EVAL-action = if(code<400, "success", "failure")
"""
VERBS = ("get", "list", "watch", "create", "update", "patch", "delete")
SEARCHES = {
    "one word": "rare7",
    "field=value": "user=u17 verb=get",
    "calculated field": "action=failure",
    "stats by": "* | stats count dc(user) BY verb",
    "stats of eval": "* | eval slow=if(ms>500, 1, 0) | stats sum(slow) avg(ms) BY verb code",
    "timechart": "* | timechart span=1h count BY verb limit=5",
    "sort | streamstats": "* | sort 0 _time | streamstats time_window=10m count BY user",
    "sort of two": "* | sort 0 user -ms | head 5",
    "bin | stats": "* | bin _time span=5m | stats count BY _time user",
    "dedup": "* | dedup user verb",
    "eventstats": "* | eventstats avg(ms) AS mean BY verb | where ms>mean*1.9 | stats count",
    "rex": '* | rex field=uri "/(?<kind>[^/]+)/(?<object>[^/?]+)" | stats count BY kind',
    "top": "* | top limit=5 user",
}


def line(number: int) -> str:
    """Return one event; the same for every run."""
    moment = START + number // 20
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{number % 20 * 50_000:06}Z"
    code = 403 if number % 11 == 0 else 200
    mark = f"rare{number}" if number % 97 == 7 else "common"
    return (
        f'{{"at":"{stamp}","verb":"{VERBS[number % 7]}","user":"u{number * 7919 % 200}","code":{code},'
        f'"ms":{number * 104_729 % 1000},"uri":"/api/kind{number % 13}/object{number % 1009}?q={number}",'
        f'"src":"10.0.{number % 256}.{number % 199}","agent":"client/1.{number % 9} (linux/amd64) build {number % 31}",'
        f'"note":"{mark} {"x" * 60}"}}\n'
    )


def best(step: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds of CPU that a step takes."""
    costs = []
    for _ in range(times):
        began = time.process_time()
        step()
        costs.append(time.process_time() - began)
    return min(costs)


def search_head(folder: Path, lines: bytes) -> SearchHead:
    """Return a search head over these lines."""
    (folder / "some_app" / "default").mkdir(parents=True, exist_ok=True)
    (folder / "some_app" / "default" / "props.conf").write_text(PROPS, encoding="utf-8")
    head = SearchHead(Configuration.load([folder / "some_app"]), Store(), lambda: START + 90_000.0)
    head.pipeline.index_file(lines, ORIGIN)
    return head


def rows(folder: Path, count: int) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of the table for one number of events."""
    lines = "".join(map(line, range(count))).encode()
    seconds = best(lambda: search_head(folder, lines))
    yield f"ingest of {count} events", f"{count / seconds:,.0f}/s", f"{len(lines) / seconds / 1e6:.1f} MB/s"
    head = search_head(folder, lines)
    user = User.of(head.configuration, "admin", ["admin"])
    for name, spl in SEARCHES.items():
        head.configuration.reload("some_app")  # forgets what earlier searches worked out

        def run(spl: str = spl) -> object:
            return head.search(spl, user=user, app="some_app")

        cold = best(run, times=1)
        yield f"{name}, {count}", f"{cold:.3f} s", f"{best(run):.3f} s"
    result = head.search("user=u17 verb=get", user=user, app="some_app")
    first = best(lambda: head.cost(result, user=user, app="some_app", counts=False), times=1)
    again = best(lambda: head.cost(result, user=user, app="some_app", counts=False))
    yield f"cost of field=value, {count}", f"{first:.3f} s", f"{again:.3f} s"


def hec_rows(folder: Path, count: int = 10_000) -> Iterator[tuple[str, str, str]]:
    """Yield how many events HEC takes in a second of CPU, by the size of its requests."""
    with serving(folder / "state") as running, requests.Session() as session:
        session.headers["Authorization"] = f"Splunk {TOKEN}"
        url = f"{running.instance.addresses.hec}/services/collector/event"
        for size in (1, 100, 1_000):
            events = [f'{{"time":{START + number},"event":{line(number).strip()}}}' for number in range(size)]
            body, calls = "\n".join(events), max(count // size // 20, 5)

            def send(body: str = body, calls: int = calls) -> None:
                for _ in range(calls):
                    session.post(url, body, verify=str(running.ca_file)).raise_for_status()

            seconds = best(send)
            yield f"HEC, {size} events a request", f"{size * calls / seconds:,.0f}/s", f"{seconds / calls * 1e3:.1f} ms"


def main(sizes: list[int]) -> None:
    """Print the table; garbage is collected as the command line does."""
    gc.set_threshold(GARBAGE_EVERY)
    click.echo(f"{'':32} {'cold':>12} {'warm':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for count in sizes:
            for name, cold, warm in rows(Path(folder), count):
                click.echo(f"{name:32} {cold:>12} {warm:>12}")
        for name, rate, each in hec_rows(Path(folder)):
            click.echo(f"{name:32} {rate:>12} {each:>12}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))
