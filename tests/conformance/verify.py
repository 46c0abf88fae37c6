"""Puts the fixtures and searches of the tests to a Splunk over its interfaces, and tells how the stand-in differs.

    SPLUNK_HOST=HOST SPLUNK_PASSWORD=... SPLUNK_HEC_TOKEN=... make verify-splunk

Further: SPLUNK_USER (admin), SPLUNK_PORT (8089), SPLUNK_HEC_PORT (8088), SPLUNK_CA (a PEM file). That Splunk must have
the app and its index; the token must be allowed to write to it. Events go in under sources of the run's own, so an
index that is in use does no harm; they stay. What probes make besides is taken away again. No finding is written.
Everything that was asked and answered stands in build/verify-splunk.json; differences are printed.
Without SPLUNK_HOST a `standin serve` is asked, which shows that the way works and says nothing about Splunk.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import build
from conformance.addon_suite import PASSWORD, TOKEN, served
from conformance.asked import Entry, entries
from conformance.open_questions import DURABLE_LIMIT_S, Run
from conformance.splunk import Splunk, document_of
from conformance.subject import ORIGIN, ROOT, workplace

RECORD = ROOT / "build/verify-splunk.json"
NEEDED = ("SPLUNK_PASSWORD", "SPLUNK_HEC_TOKEN")
STANDIN_DURABLE_LIMIT_S = 5  # it has no durable searches; a minute's wait would show no more
NO_SPLUNK = "the stand-in itself, as SPLUNK_HOST names no Splunk: this shows that the way works, nothing about Splunk"


@contextmanager
def asked(folder: Path) -> Iterator[tuple[Splunk, str, float]]:
    """Yield who is asked, in words as well, and how long its scheduler is waited for."""
    env = os.environ
    host = env.get("SPLUNK_HOST")
    if not host:
        with served(folder / build.APP) as at:
            one = Splunk(at["management"], at["hec"], at["ca"], "admin", PASSWORD, TOKEN)
            one.request("POST", "/services/data/indexes", name=ORIGIN.index).raise_for_status()
            yield one, NO_SPLUNK, STANDIN_DURABLE_LIMIT_S
        return
    if missing := [name for name in NEEDED if name not in env]:
        raise SystemExit(f"verify: SPLUNK_HOST is set, but not {', '.join(missing)}")
    one = Splunk(
        f"https://{host}:{env.get('SPLUNK_PORT', '8089')}",
        f"https://{host}:{env.get('SPLUNK_HEC_PORT', '8088')}",
        env.get("SPLUNK_CA") or True,
        env.get("SPLUNK_USER", "admin"),
        env["SPLUNK_PASSWORD"],
        env["SPLUNK_HEC_TOKEN"],
    )
    yield one, f"Splunk {_version(one)} at {host}", DURABLE_LIMIT_S


def _version(one: Splunk) -> str:
    answer = one.request("GET", "/services/server/info")
    answer.raise_for_status()
    return str(document_of(answer)["entry"][0]["content"].get("version", "of an unknown version"))


def record(name: str, found: list[Entry], path: Path = RECORD) -> None:
    """Write everything that was asked and answered."""
    path.parent.mkdir(exist_ok=True)
    made = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    document = {"asked": name, "at": made, "answers": [entry._asdict() for entry in found]}
    path.write_text(json.dumps(document, indent=1, default=str) + "\n", encoding="utf-8")


def told(found: list[Entry]) -> list[str]:
    """Return a line for each part, then one for each probe and each difference."""
    lines = [f"{'part':<52}{'asked':>7}{'same':>7}{'differ':>8}"]
    for part in dict.fromkeys(entry.part for entry in found):
        here = [entry for entry in found if entry.part == part]
        same = sum(entry.is_same for entry in here)
        lines.append(f"{part:<52}{len(here):>7}{same:>7}{len(here) - same:>8}")
    lines += [f"  {entry.question} {entry.ours}; {entry.verdict}" for entry in found if entry.is_open]
    lines += [f"  differs: {entry.question}: {entry.verdict}" for entry in found if not entry.is_same]
    return lines


def main() -> int:
    """Ask, record, print, and return 1 where answers differ."""
    started = time.monotonic()
    with workplace() as folder:
        build.stage(ROOT, Path(folder) / build.APP)
        with asked(Path(folder)) as (splunk, name, limit_s):
            sys.stdout.write(f"asked: {name}\n")
            sys.stdout.flush()
            run = Run(f"{time.time():.0f}", ORIGIN.index, limit_s)
            found = entries(splunk, run, Path(folder))
    record(name, found)
    differ = sum(not entry.is_same for entry in found)
    sys.stdout.write("\n".join(told(found)) + "\n")
    seconds = time.monotonic() - started
    sys.stdout.write(f"total: {len(found)} asked, {differ} differ, {seconds:.0f} s, of {name}\n")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
