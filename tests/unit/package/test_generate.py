"""The sources of the detections, and the conf files made from them."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

import generate
from unit.package.sources import ROOT, copy_sources

SOURCES = sorted((ROOT / generate.FOLDER).glob("*/*.yml"))
DETECTIONS = generate.load(ROOT)
TACTICS = {"execution": "TA0002", "privilege_escalation": "TA0004", "discovery": "TA0007"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_a_source_meets_the_schema(path: Path) -> None:
    """Every key that the frame of a detection asks for is there, and no other."""
    validator = Draft202012Validator(generate.read_schema(ROOT))

    problems = [error.message for error in validator.iter_errors(yaml.safe_load(path.read_text()))]

    assert problems == []


def test_the_schema_is_one() -> None:
    """The schema itself is valid."""
    Draft202012Validator.check_schema(generate.read_schema(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_folder_file_and_id_agree(path: Path) -> None:
    """A detection is found by its id, in the folder of its first tactic."""
    document = yaml.safe_load(path.read_text())

    assert document["id"] == path.stem
    assert document["attack"][0]["tactic"] == TACTICS[path.parent.name]


def test_ids_and_stanzas_are_unique() -> None:
    """No two detections share what they are known by."""
    assert len({one.id for one in DETECTIONS}) == len({one.stanza for one in DETECTIONS}) == len(DETECTIONS)


def test_the_generated_files_match_their_sources() -> None:
    """savedsearches.conf, macros.conf and the lookup are what `make generate` writes."""
    differing = [path.name for path, text in generate.files(ROOT).items() if path.read_text() != text]

    assert differing == [], "run make generate"


def test_a_changed_source_is_noticed(tmp_path: Path) -> None:
    """The check fails when a source changes and the conf files do not."""
    clone = copy_sources(tmp_path / "clone")
    source = clone / generate.FOLDER / "execution/pod_exec.yml"
    source.write_text(source.read_text().replace("severity: medium", "severity: low"))

    differing = {path.name for path, text in generate.files(clone).items() if path.read_text() != text}

    assert differing == {"savedsearches.conf", "kube_audit_detections.csv"}


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda one: one.id)
def test_every_saved_search_ships_disabled_and_looks_back_by_index_time(detection: generate.Detection) -> None:
    """Nothing runs unless it is switched on; runs cover each other's slices and take what came late."""
    settings = generate.settings(detection)

    window = detection.window_minutes
    assert settings["disabled"] == 1
    assert (settings["dispatch.index_earliest"], settings["dispatch.index_latest"]) == (f"-{7 + window}m@m", "-2m@m")
    assert (settings["dispatch.earliest_time"], settings["dispatch.latest_time"]) == ("-24h", "+1h")
    assert [settings[key] for key in ("realtime_schedule", "dispatch.allow_partial_results")] == [0, 0]
    assert [settings[f"action.{name}"] for name in ("kube_audit_post", "notable", "risk")] == [0, 0, 0]


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda one: one.id)
def test_every_search_ends_in_filter_and_emit(detection: generate.Detection) -> None:
    """The site's filter comes last before the one macro that writes findings; only that macro names the index."""
    lines = generate.full_search(detection).splitlines()

    assert lines[-2:] == [f"| `kube_audit_{detection.id}_filter`", f"| `kube_audit_emit({detection.id})`"]
    assert not [line for line in lines if "collect" in line or "findings" in line]


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda one: one.id)
def test_a_threshold_is_a_macro_that_the_search_uses(detection: generate.Detection) -> None:
    """A site tunes by macro: each threshold has one and the search reads it."""
    macros = (ROOT / "default/macros.conf").read_text()

    for threshold in detection.thresholds:
        assert f"[{threshold.macro}]\ndefinition = {threshold.default}\n" in macros
        assert f"`{threshold.macro}`" in detection.search


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda one: one.id)
def test_copies_and_proxies_are_treated_alike_by_all(detection: generate.Detection) -> None:
    """Every search counts byte-equal copies once and takes the source address by the one macro for it."""
    assert "\n| `kube_audit_once`\n| `kube_audit_real_src`\n" in detection.search


def test_the_writer_is_the_only_one_that_collects() -> None:
    """kube_audit_emit is the only place with collect."""
    conf = "".join(path.read_text() for path in (ROOT / "default").glob("*.conf"))

    assert conf.count("| collect ") == 1


def test_the_schema_is_strict_about_unknown_keys() -> None:
    """A misspelt key is an error, not ignored."""
    document = yaml.safe_load(SOURCES[0].read_text())
    document["severty"] = "high"

    errors = list(Draft202012Validator(generate.read_schema(ROOT)).iter_errors(document))

    assert [json.dumps(error.message) for error in errors if "severty" in error.message]
