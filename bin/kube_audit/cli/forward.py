"""`kube-audit forward`: follows audit logs and delivers them to Splunk's HTTP Event Collector."""

import json
import os
import socket
from contextlib import closing
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import click

from kube_audit.clock import Clock, SystemClock
from kube_audit.deliver.envelope import Origin
from kube_audit.deliver.hec import Collector
from kube_audit.deliver.reply import Reply
from kube_audit.deliver.sender import Sender
from kube_audit.errors import WrongUsage
from kube_audit.forward.run import Forwarder, Parts, Watch
from kube_audit.forward.settings import Settings, check, is_readable_on_the_way
from kube_audit.forward.state import open_state
from kube_audit.forward.status import Status
from kube_audit.forward.stop import Stop
from kube_audit.plan import is_event
from kube_audit.receive.checkpoint import Checkpoint
from kube_audit.receive.find import Finder
from kube_audit.receive.follow import Follower, Surroundings
from kube_audit.receive.quarantine import Quarantine

_REPEAT_S = 30.0


@click.command("forward")
@click.option("--file", "files", multiple=True, required=True, metavar="GLOB", help="A log, or a pattern; repeatable.")
@click.option("--hec-url", multiple=True, required=True, metavar="URL", help="Scheme, host and port of the collector.")
@click.option("--hec-token-file", required=True, type=Path, metavar="FILE", help="Holds the token and nothing else.")
@click.option("--hec-ca", type=Path, metavar="FILE", help="PEM file of the CA; without it the machine's are trusted.")
@click.option("--index", metavar="NAME", help="Where events go; without it the token decides.")
@click.option("--cluster", metavar="NAME", help="The cluster's name, sent as the field kube_audit_cluster.")
@click.option("--state", required=True, type=Path, metavar="DIR", help="Checkpoint, quarantine and status.")
@click.option("--once", is_flag=True, help="End when everything that is there is read and confirmed.")
def command(  # noqa: PLR0913, PLR0917 (click passes one argument for each option)
    files: Tuple[str, ...],
    hec_url: Tuple[str, ...],
    hec_token_file: Path,
    hec_ca: Optional[Path],
    index: Optional[str],
    cluster: Optional[str],
    state: Path,
    once: bool,
) -> None:
    """Follow audit logs and deliver them to Splunk's HTTP Event Collector.

    One JSON line on stdout at the end says what was done; DIR/status.json says it meanwhile. Lines that are no audit
    events are in DIR/quarantine. While the collector is down or refuses, the forwarder waits and says why.
    """
    if len(hec_url) > 1:
        raise WrongUsage("--hec-url: only one collector is supported; give the option once")
    settings = check(Settings(files, hec_url[0], hec_token_file, hec_ca, index, cluster, state, once))
    os.umask(0o077)
    with open_state(settings.state):
        forward(settings, SystemClock())


def forward(settings: Settings, clock: Clock) -> None:
    """Put the forwarder together and run it."""
    stop = Stop(clock)
    stop.install()
    status = Status(settings.state, clock)
    reporter = _Reporter(clock, status)
    checkpoint = Checkpoint(settings.state)
    if is_readable_on_the_way(settings.hec_url):
        reporter.tell(f"{settings.hec_url}: not encrypted: token and events can be read on the way; use https")
    progress = checkpoint.load(reporter.tell)
    follower = Follower(Finder(settings.files, reporter.tell), progress, Surroundings(clock, reporter.tell, is_event))
    collector = Collector(settings.hec_url, settings.hec_token_file, settings.hec_ca)
    sender = Sender(_Breakable(collector, stop), Watch(stop, clock, follower.hold, reporter.trouble))
    parts = Parts(follower, sender, checkpoint, Quarantine(settings.state, clock), status, stop, clock, reporter.tell)
    forwarder = Forwarder(parts, Origin(socket.gethostname(), settings.index, settings.cluster))
    with closing(follower), closing(collector):
        forwarder.run(settings.once)
    stop.uninstall()
    click.echo(json.dumps(forwarder.numbers()))


class _Breakable:
    """A collector whose requests end when the user wants the forwarder to end."""

    def __init__(self, collector: Collector, stop: Stop) -> None:
        self._collector = collector
        self._stop = stop
        self.url = collector.url

    def post(self, body: bytes) -> Reply:
        with self._stop.request():
            return self._collector.post(body)

    def acknowledged(self, ack_ids: List[int]) -> bool:
        with self._stop.request():
            return self._collector.acknowledged(ack_ids)


class _Reporter:
    """Lines on stderr, the same one every 30 seconds at most."""

    def __init__(self, clock: Clock, status: Status) -> None:
        self._clock = clock
        self._status = status
        self._told: Dict[str, float] = {}

    def trouble(self, line: str) -> None:
        self._status.trouble = line
        self._status.write("waiting", force=True)
        click.echo(f"kube-audit: {line}", err=True)

    def tell(self, line: str) -> None:
        now = self._clock.monotonic()
        if now - self._told.get(line, now - _REPEAT_S) >= _REPEAT_S:
            self._told[line] = now
            click.echo(f"kube-audit: {line}", err=True)
