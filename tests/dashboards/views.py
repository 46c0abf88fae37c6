"""Reads the app's Dashboard Studio views as they are committed, and judges them by Studio's own validator."""

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from standin.page import BUILD

VIEWS = Path(__file__).parents[2] / "default" / "data" / "ui" / "views"

# Parsed JSON of Dashboard Studio, whose shape is what these tests are about.
Definition = Mapping[str, Any]


class View(NamedTuple):
    """A dashboard: its file's name without suffix, its label and its definition."""

    name: str
    label: str
    definition: Definition


def read_view(path: Path) -> View:
    """Read one view; raises where it is not a Studio view."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - a file of this repository
    assert root.tag == "dashboard" and root.get("version") == "2", f"{path}: not a Dashboard Studio view"
    return View(path.stem, root.findtext("label", ""), json.loads(root.findtext("definition", "")))


def read_views() -> list[View]:
    """Read every view of the app, by name."""
    return [read_view(path) for path in sorted(VIEWS.glob("*.xml"))]


def read_schema() -> Definition:
    """Return the schema that the renderer accepts definitions by."""
    schema: Definition = json.loads((BUILD / "schema.json").read_bytes())
    return schema


def studio_problems(definitions: Sequence[Definition]) -> list[list[str]]:
    """Return what Studio's own validator says to each definition: no lines for a good one."""
    command = [str(BUILD / "node"), str(BUILD / "validate.cjs"), str(BUILD / "schema.json")]
    done = subprocess.run(command, input=json.dumps(definitions), text=True, capture_output=True, check=True)
    return [[f"{problem['path']}: {problem['message']}" for problem in found] for found in json.loads(done.stdout)]
