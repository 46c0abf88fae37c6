"""Write the conf files that come from `package/detections/`: `python package/generate.py [--check]`.

- `default/savedsearches.conf`: one stanza a detection, disabled, with its filter and the macro that writes findings.
- `default/macros.conf`, below the marker line: a filter and the thresholds of each detection.
- `lookups/kube_audit_detections.csv`: what `kube_audit_emit` and dashboards say about each.

Runs look at events by the time they were indexed: [-7m, -2m) every five minutes, so that what comes late is searched
too, and further back by the detection's window. `--check` writes nothing and exits 1 if a file differs.
"""

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "package/detections"
MARKER = "# Generated from package/detections by `make generate`; change nothing below."
HEADER = "# Generated from package/detections by `make generate`; change the YAML there.\n"
SLICE_START, SLICE_END = 7, 2  # minutes before the run, in index time
ALERT_SEVERITY = {"informational": 2, "low": 3, "medium": 4, "high": 5, "critical": 6}
COLUMNS = ("detection_id", "detection", "detection_version", "title", "severity", "tactic", "technique")


class Threshold(NamedTuple):
    """A number that a site may set."""

    macro: str
    default: int
    description: str


class Detection(NamedTuple):
    """One YAML file, as far as the conf files need it."""

    path: Path
    id: str
    version: int
    stanza: str
    name: str
    description: str
    search: str
    severity: str
    cron: str
    window_minutes: int
    tactics: list[str]
    techniques: list[str]
    thresholds: list[Threshold]


def load(root: Path) -> list[Detection]:
    """Return all detections, by stanza."""
    found = [_read(path) for path in sorted((root / FOLDER).glob("*/*.yml"))]
    return sorted(found, key=lambda detection: detection.stanza)


def _read(path: Path) -> Detection:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    identity = document["id"]
    return Detection(
        path,
        identity,
        document["version"],
        document["stanza"],
        document["name"],
        document["description"],
        document["search"],
        document["severity"],
        document["schedule"]["cron"],
        document["schedule"]["window_minutes"],
        list(dict.fromkeys(entry["tactic"] for entry in document["attack"])),
        list(dict.fromkeys(entry["technique"] for entry in document["attack"])),
        [
            Threshold(f"kube_audit_{identity}_{entry['name']}", entry["default"], entry["description"])
            for entry in document.get("thresholds", [])
        ],
    )


def files(root: Path) -> dict[Path, str]:
    """Return every generated file with the text that it should have."""
    detections = load(root)
    macros = root / "default/macros.conf"
    return {
        root / "default/savedsearches.conf": HEADER + "".join(_stanza(one) for one in detections),
        macros: macros.read_text().partition(MARKER)[0] + MARKER + "\n" + "".join(_macros(detections)),
        root / "lookups/kube_audit_detections.csv": _table(detections),
    }


def full_search(detection: Detection) -> str:
    """Return the search as it is shipped: the source's, the site's filter, the writing of findings."""
    ending = f"| `kube_audit_{detection.id}_filter`\n| `kube_audit_emit({detection.id})`"
    return f"{detection.search.strip()}\n{ending}"


def settings(detection: Detection) -> dict[str, str | int]:
    """Return the keys of a detection's saved search."""
    return {
        "description": detection.description,
        "search": " \\\n".join(full_search(detection).splitlines()),
        "disabled": 1,
        # when it runs
        "enableSched": 1,
        "cron_schedule": detection.cron,
        "realtime_schedule": 0,
        "dispatch.allow_partial_results": 0,
        "dispatch.earliest_time": "-24h",
        "dispatch.latest_time": "+1h",
        "dispatch.index_earliest": f"-{SLICE_START + detection.window_minutes}m@m",
        "dispatch.index_latest": f"-{SLICE_END}m@m",
        # what becomes of the rows: each is a finding, so each is an alert of its own, once a day for a finding_id
        "counttype": "number of events",
        "relation": "greater than",
        "quantity": 0,
        "alert.digest_mode": 0,
        "alert.severity": ALERT_SEVERITY[detection.severity],
        "alert.suppress": 1,
        "alert.suppress.fields": "finding_id",
        "alert.suppress.period": "24h",
        "alert.track": 0,
        "action.kube_audit_post": 0,
        "action.notable": 0,
        "action.risk": 0,
    }


def _stanza(detection: Detection) -> str:
    source = "/".join(detection.path.parts[-4:])
    lines = [f"{key} = {value}" for key, value in settings(detection).items()]
    return "\n".join(["", f"# {source}", f"[{detection.stanza}]", *lines, ""])


def _macros(detections: Iterable[Detection]) -> Iterator[str]:
    for one in detections:
        yield _macro(f"kube_audit_{one.id}_filter", "search *", f"What to leave out of: {one.name}.")
        for threshold in one.thresholds:
            yield _macro(threshold.macro, str(threshold.default), f"{one.name}: {threshold.description}.")


def _macro(name: str, definition: str, comment: str) -> str:
    return f"\n# {comment}\n[{name}]\ndefinition = {definition}\n"


def _table(detections: Iterable[Detection]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in detections:
        attack = (" ".join(one.tactics), " ".join(one.techniques))
        writer.writerow((one.id, one.stanza, one.version, one.name, one.severity, *attack))
    return text.getvalue()


def read_schema(root: Path) -> dict[str, Any]:
    """Return the JSON schema that every YAML file meets."""
    schema: dict[str, Any] = json.loads((root / FOLDER / "schema.json").read_text())
    return schema


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or say which differ."""
    parser = argparse.ArgumentParser(description="Generate conf files from the detections.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    check = parser.parse_args(arguments).check
    differing = {path: text for path, text in files(ROOT).items() if not path.is_file() or path.read_text() != text}
    for path, text in differing.items():
        print(f"{path.relative_to(ROOT)}: {'differs; run make generate' if check else 'written'}")
        if not check:
            path.write_text(text)
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
