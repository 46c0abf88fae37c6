"""Detections run as they are shipped: the staged app, in the stand-in's search head, over events of their own."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import build
import generate
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = Origin("kube_audit", "cp-1", "/var/log/kubernetes/audit.log", "kube:apiserver:audit")


class Bench(NamedTuple):
    """The staged app, and how a detection is run on lines of an audit log."""

    configuration: Configuration

    def head_with(self, lines: Sequence[bytes]) -> SearchHead:
        """Return a search head over the lines of an audit log."""
        store = Store()
        for index in ("kube_audit", "kube_audit_findings"):
            store.create_index(index)
        head = SearchHead(self.configuration, store, time.time)
        head.pipeline.index_file(b"".join(lines), ORIGIN)
        return head

    def detect(self, head: SearchHead, detection: generate.Detection) -> tuple[list[Row], list[Row]]:
        """Return the rows that the saved search lets through, and all findings that are in the index then."""
        user = User.of(self.configuration, "admin", ["admin"])
        search = self.configuration.stanza("savedsearches", detection.stanza, build.APP)["search"].value
        rows = head.search(search, user=user, app=build.APP).rows
        written = head.search("`kube_audit_findings_index` source=kube_audit:finding", user=user, app=build.APP).rows
        return rows, written

    def run(self, detection: generate.Detection, lines: Sequence[bytes]) -> tuple[list[Row], list[Row]]:
        """Run a detection on the lines of an audit log."""
        return self.detect(self.head_with(lines), detection)


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return the bench with the staged app of the working tree."""
    staged = build.stage(ROOT, tmp_path_factory.mktemp("staged") / build.APP)
    return Bench(Configuration.load([staged]))
