"""Makes every small change of the shipped SPL and conf, and runs for each the tests that it concerns.

    python -m conformance.mutation.shipped --part 0 --parts 2 --result FILE

A process works in a copy of the tree (hard links) so that a changed file is where tests read it; it collects once,
and each change gets a forked child, which runs the tests that noticed the last changes of the same stanza first.
`default/savedsearches.conf` and the end of `default/macros.conf` are generated from `package/detections`: they are
changed where they are shipped, and the tests that compare them with their source are left out (LEFT_OUT).
"""

import json
import os
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import click

from conformance.mutation.conf_edits import conf_edits
from conformance.mutation.edits import Change, Edit
from conformance.mutation.operators import ROOT
from conformance.mutation.spl_edits import search_edits

CONFS = "default/*.conf"
META = "package/app/metadata/default.meta"
VIEWS = "default/data/ui/views/*.xml"
QUERY = re.compile(r'"query": (?P<query>"(?:[^"\\]|\\.)*")')
NAME_OF_SOURCE = re.compile(r'"(ds_\w+)": \{')
COPIED = ("bin", "default", "lookups", "package", "tests", "build/vendor")
FILES = ("pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md")
TESTS = (
    "tests/unit/package/test_conf.py",
    "tests/unit/package/test_settings.py",
    "tests/unit/package/test_mapping.py",
    "tests/unit/package/test_fields.py",
    "tests/unit/package/test_macros.py",
    "tests/unit/package/test_generate.py",
    "tests/dashboards/test_answers.py",
    "tests/detections/test_detections.py",
    "tests/detections/test_terms.py",
    "tests/detections/test_cluster_admin_binding.py",
    "tests/detections/test_pod_exec.py",
    "tests/detections/test_denied_access_burst.py",
    "tests/detections/test_schedule.py",
    "tests/detections/test_site_settings.py",
    "tests/detections/test_recordings.py",
)
# Confs that say nothing about events and searches.
PLAIN = {
    "alert_actions.conf",
    "app.conf",
    "authorize.conf",
    "default.meta",
    "inputs.conf",
    "kube_audit.conf",
    "server.conf",
}
# Which tests to ask first.
MAPPING = ["test_fields.py", "test_settings.py"]
CLOSE = {
    **{name: ["test_settings.py", "test_conf.py"] for name in PLAIN},
    "macros.conf": ["test_macros.py"],
    **{
        f"{name}.conf": ["test_fields.py", "test_settings.py"]
        for name in ("eventtypes", "fields", "props", "tags", "transforms")
    },
}
LEFT_OUT = {
    "test_the_generated_files_match_their_sources": "compares a generated text with its source",
    "test_a_changed_source_is_noticed": "compares a generated text with its source",
    "test_attacks_are_found_and_nothing_else[ordinary": "five seconds, and the other recordings ask the same",
    "test_real_events_keep_their_values": "its events are not part of the project",
}


def changes() -> list[Change]:
    """Return every change that can be made."""
    found: list[Change] = []
    for path in [*sorted(ROOT.glob(CONFS)), ROOT / META]:
        text = path.read_text(encoding="utf-8")
        found += _unique(path, text, conf_edits(text))
    for path in sorted(ROOT.glob(VIEWS)):
        text = path.read_text(encoding="utf-8")
        found += _unique(path, text, _view_edits(text))
    return found


def _unique(path: Path, text: str, edits: Iterator[tuple[str, Edit]]) -> Iterator[Change]:
    seen = {text}
    for within, edit in edits:
        changed = edit.applied(text)
        if changed not in seen:
            seen.add(changed)
            line = text.count("\n", 0, edit.start) + 1
            yield Change(path.relative_to(ROOT), line, within, edit.what, changed)


def _view_edits(text: str) -> Iterator[tuple[str, Edit]]:
    """Yield the changes of a dashboard's searches, which are JSON texts."""
    for match in QUERY.finditer(text):
        query = json.loads(match["query"])
        name = NAME_OF_SOURCE.findall(text, 0, match.start())[-1]
        for edit in search_edits(query):
            new = json.dumps(edit.applied(query), ensure_ascii=False)
            yield name, Edit(match.start("query"), match.end("query"), new, edit.what)


def copy_tree(target: Path) -> None:
    """Link what the tests read into another folder; a changed file replaces its link."""
    for name in COPIED:
        shutil.copytree(ROOT / name, target / name, copy_function=_link, ignore=shutil.ignore_patterns("node_modules"))
    for name in FILES:
        _link(str(ROOT / name), str(target / name))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


@click.command()
@click.option("--part", type=int, default=0, help="Which share of the changes.")
@click.option("--parts", type=int, default=1, help="How many processes share them.")
@click.option("--result", type=click.Path(path_type=Path), required=True, help="Where the outcome goes, as JSON.")
@click.option("--only", default="", help="Changes whose line in the list has this pattern.")
def main(part: int, parts: int, result: Path, only: str) -> None:
    """Change what is shipped."""
    chosen = [change for change in changes() if re.search(only, str(change))][part::parts]
    folder = ROOT / "build" / "mutation" / str(os.getpid())  # two runs at once have folders of their own
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copy_tree(folder)
    # The copy's own modules have to be the ones that are imported.
    code = (
        "import sys; sys.path[:0] = ['bin', 'tests', 'package']; "
        "from conformance.mutation.shipped_loop import main; sys.exit(main())"
    )
    work = folder / "changes.json"
    work.write_text(json.dumps([(*change[:-1], change.text) for change in chosen], default=str))
    os.chdir(folder)
    os.execv(sys.executable, [sys.executable, "-c", code, str(work), str(result.absolute()), f"{part + 1} of {parts}"])  # noqa: S606


def affects(name: str, change: Change) -> bool:
    """Tell whether a test can notice a change at all."""
    if change.file.suffix == ".xml":
        return "/dashboards/" in name or "every_name" in name
    if change.file.name in PLAIN:
        return name.startswith("tests/unit/package/")
    others = _detections() - {_detection_of(change)} if _detection_of(change) else set()
    return not any(f"{other}/" in name or f"test_{other}.py" in name for other in others)


def is_close(name: str, change: Change) -> bool:
    """Tell whether a test is about what was changed."""
    detection = _detection_of(change)
    about = [f"test_{detection}.py", f"{detection}/", f"{detection}]"] if detection else CLOSE.get(change.file.name, [])
    return any(one in name for one in about)


@cache
def _detections() -> set[str]:
    return {path.stem for path in (ROOT / "package/detections").glob("*/*.yml")}


def _detection_of(change: Change) -> str | None:
    """Return the detection that a saved search, a filter or a threshold belongs to."""
    if change.file.name == "savedsearches.conf":
        title = change.within.removeprefix("Kube Audit - ").removesuffix(" - Rule").lower()
        words = set(title.split())
        return max(sorted(_detections()), key=lambda one: len(words & set(one.split("_"))))
    named = [one for one in _detections() if change.within.startswith(f"kube_audit_{one}_")]
    return named[0] if named and change.file.name == "macros.conf" else None


class Order:
    """In which order tests run: those that noticed the last changes of the same stanza, those about it, then all."""

    def __init__(self, names: Sequence[str]) -> None:
        self.place = {name: at for at, name in enumerate(names)}
        self.noticed: dict[str, list[str]] = defaultdict(list)

    def of(self, change: Change, names: Sequence[str]) -> list[str]:
        """Return the names of the tests for a change, in order."""
        recent = self.noticed[change.within]
        places = {name: at for at, name in enumerate(reversed(recent))}
        return sorted(
            names, key=lambda name: (places.get(name, len(recent)), not is_close(name, change), self.place[name])
        )

    def tell(self, change: Change, name: str) -> None:
        """Remember which test noticed a change."""
        recent = self.noticed[change.within]
        if name in recent:
            recent.remove(name)
        recent.append(name)
        del recent[:-12]


if __name__ == "__main__":
    main()
