"""`kube-audit policy simulate`: what a policy would have recorded of a recorded log."""

import json
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.policy.load import Loaded, load_file
from kube_audit.policy.simulate.compare import Change, Comparison
from kube_audit.policy.simulate.events import Line, Reader
from kube_audit.policy.simulate.report import Logs, as_object, as_text, make_report
from kube_audit.policy.simulate.tally import Tally
from kube_audit.policy.versions import LOG_ROTATION_DEFAULTS, Version

_PROGRESS_EVENTS = 2_000


@click.command()
@click.option("--policy", "path", type=INPUT_FILE, required=True, help="The policy to try.")
@click.option("--against", type=INPUT_FILE, help="A second policy, to show what changes between the two.")
@target_version
@click.option("--maxsize", type=click.IntRange(0), help="Megabytes of a log file (--audit-log-maxsize), for retention.")
@click.option("--maxbackup", type=click.IntRange(0), help="Rotated log files (--audit-log-maxbackup), for retention.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the report.")
@click.argument("logs", metavar="LOG...", nargs=-1, required=True, type=INPUT_FILE)
def command(  # noqa: PLR0913, PLR0917 (one parameter an option)
    path: Path,
    against: Optional[Path],
    version: Version,
    maxsize: Optional[int],
    maxbackup: Optional[int],
    form: str,
    logs: Tuple[Path, ...],
) -> int:
    """Replay recorded audit logs under a policy.

    LOG holds one event (or EventList) a line, packed with gzip or not. Shows events, bytes, GB a day and share of each
    rule, how long files on disk last (also without each rule), the largest contributors, what would be lost, and what
    a log cannot show.

    Exit code: 0 done, 2 a policy that the API server would refuse, or a log that cannot be read.
    """
    loaded = load_file(path, version)
    other = load_file(against, version) if against else None
    tally, old = Tally(loaded.policy), Tally(other.policy) if other else None
    comparison = Comparison(tally, old) if old else None
    events = size = 0
    reader = Reader()
    for line in _progress(reader, logs):
        events += 1
        size += line.size
        if comparison:
            comparison.add(line.event, line.size)
        else:
            tally.add(line.event, line.size)
    files = _rotation(version, maxsize, maxbackup)
    read = Logs(events, size, reader.unusable, *files)
    results: List[Tuple[str, Loaded, Tally]] = [(str(path), loaded, tally)]
    if other and old:
        results.append((str(against), other, old))
    _print(results, comparison, read, form)
    return 0


def _rotation(version: Version, maxsize: Optional[int], maxbackup: Optional[int]) -> Tuple[int, int]:
    has_defaults = version >= LOG_ROTATION_DEFAULTS
    # Before 1.36 files are kept for ever unless told otherwise: no retention to speak of.
    backups = maxbackup if maxbackup is not None else (100 if has_defaults else 0)
    return (maxsize if maxsize is not None else 100) if backups else 0, backups


def _progress(reader: Reader, logs: Tuple[Path, ...]) -> Iterator[Line]:
    total = sum(log.stat().st_size for log in logs if log.exists())
    shown = 0
    with click.progressbar(length=total, label="replaying", file=sys.stderr) as bar:
        for log in logs:
            for number, line in enumerate(reader.read(log)):
                if number % _PROGRESS_EVENTS == 0:
                    bar.update(reader.read_bytes - shown)
                    shown = reader.read_bytes
                yield line
        bar.update(total - shown)


def _print(results: List[Tuple[str, Loaded, Tally]], comparison: Optional[Comparison], read: Logs, form: str) -> None:
    reports = [(name, make_report(loaded, tally, read)) for name, loaded, tally in results]
    if form == "json":
        found: Dict[str, object] = {"policies": [{"file": name, **as_object(report)} for name, report in reports]}
        if comparison:
            found["lost"] = [change._asdict() for change in comparison.lost()]
            found["gained"] = [change._asdict() for change in comparison.gained()]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for name, report in reports:
        click.echo(as_text(report, name))
    if comparison:
        click.echo(
            "".join(_changes("recorded by the second policy and lost with the first", comparison.lost())), nl=False
        )
        click.echo("".join(_changes("recorded by the first policy only", comparison.gained())), nl=False)


def _changes(title: str, changes: Tuple[Change, ...]) -> Iterator[str]:
    yield f"{title}:{'' if changes else ' nothing'}\n"
    for change in changes:
        who = change.user or "(no user)"
        yield f"{change.events:>10,}  {who} {change.verb} {change.what}, like {change.example[:80]}\n"
