"""The stand-in under judgement: the staged app over recorded logs, and the engines that answer beside it."""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import build
from cluster.recordings import recording, text_of
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

ROOT = Path(__file__).resolve().parents[2]
# The ordinary noise beside the attacks: as many lines of an hour's work as the judges have time for.
ORDINARY_LINES = 3000
ENGINES = ROOT / "build/conformance-venv/bin/python"
ORIGIN = Origin("kube_audit", "cp-1", "/var/log/kubernetes/audit.log", "kube:apiserver:audit")
ENGINE_LIMIT_S = 300


class Subject(NamedTuple):
    """A search head with the recordings indexed, and the same lines as a plain file for the engines."""

    head: SearchHead
    user: User
    log: Path

    def search(self, spl: str) -> list[Row]:
        """Return the rows of a search, as the app's administrator sees them."""
        return self.head.search(spl, user=self.user, app=build.APP).rows

    def detection(self, name: str) -> list[Row]:
        """Return what a shipped saved search lets through."""
        return self.search(self.head.configuration.stanza("savedsearches", name, build.APP)["search"].value)

    def ask(self, engine: str, **request: Sequence[str]) -> list[list[dict[str, Any]]]:
        """Return the answers of an engine that is not ours."""
        body = json.dumps({"engine": engine, "log": str(self.log), **request})
        command = [str(ENGINES), str(Path(__file__).with_name("engine.py"))]
        done = subprocess.run(
            command, input=body, stdout=subprocess.PIPE, text=True, check=True, timeout=ENGINE_LIMIT_S
        )
        answers: list[list[dict[str, Any]]] = json.loads(done.stdout)
        return answers


def recorded() -> bytes:
    """Return the lines of the recordings that are searched."""
    attacks, ordinary = (text_of(recording(name)) for name in ("attacks-1.37-full", "ordinary-life"))
    return attacks + b"".join(ordinary.splitlines(keepends=True)[:ORDINARY_LINES])


def subject(folder: Path, origin: Origin = ORIGIN) -> Subject:
    """Return the subject, with its files in a folder."""
    folder.mkdir(exist_ok=True)
    log = folder / "log.jsonl"
    log.write_bytes(recorded())
    configuration = Configuration.load([build.stage(ROOT, folder / build.APP)])
    store = Store()
    for index in ("kube_audit", "kube_audit_findings"):
        store.create_index(index)
    head = SearchHead(configuration, store, time.time)
    head.pipeline.index_file(log.read_bytes(), origin)
    return Subject(head, User.of(configuration, "admin", ["admin"]), log)


def workplace() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder that is gone afterwards."""
    return tempfile.TemporaryDirectory(prefix="conformance-")
