"""Derive `known.json` from Splunk's own spec files and shipped default values: names and values alone, no prose.

    python -m standin.conf.derive_known SPECS_DIR DEFAULTS_JSONL > known.json

Form of the table: {"confs": {CONF: {STANZA PATTERN: [KEY PATTERN, ...]}}, "defaults": {CONF: {STANZA: {KEY: VALUE}}}}.
In patterns `*` stands for what a spec writes as `<placeholder>`. Keys that stand before the first stanza of a spec, or
in its [default], belong to every stanza: their pattern is the empty text. Pattern `*` lets a stanza have any name.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

# What the specs of 9.2.0 lack: keys of 10.2 (splunk/vscode-extension-splunk, spec_files/10.2), parameters of custom
# alert actions, and keys that the spec of inputs writes under some kinds of input, or under a heading, only.
ADDED = {
    "alert_actions": ["param.*", "python.required"],
    "commands": ["python.required"],
    "inputs": ["disabled", "python.required", "python.version", "run_introspection"],
    "restmap": ["python.required"],
    "transforms": ["python.required"],
}
# Specs whose stanza heads are examples or placeholders in prose; any stanza may carry any of their keys.
ANY_STANZA = {
    "alert_actions",
    "collections",
    "commands",
    "datamodels",
    "eventtypes",
    "fields",
    "indexes",
    "macros",
    "props",
    "savedsearches",
    "searchbnf",
    "segmenters",
    "tags",
    "times",
    "transforms",
    "visualizations",
    "workflow_actions",
}
HEAD = re.compile(r"^\[(?P<name>.*?)\]?\s*$")
KEY = re.compile(r"^(?P<key>[A-Za-z_<][\w.<>:/$-]*(?: [a-z]+>[\w.<>-]*)*)\s*=")
PLACEHOLDER = re.compile(r"<[^<>]*>|\.\.\.")
Confs = dict[str, dict[str, set[str]]]


def pattern(text: str) -> str:
    """Turn a spec's spelling of a name into a pattern: each placeholder becomes `*`."""
    return re.sub(r"\*+", "*", PLACEHOLDER.sub("*", text))


def read_spec(text: str, *, any_stanza: bool) -> dict[str, set[str]]:
    """Return the keys that a spec names, by the pattern of the stanza that they stand in."""
    stanzas: dict[str, set[str]] = defaultdict(set)
    everywhere = "*" if any_stanza else ""
    stanza = everywhere
    for line in text.splitlines():
        if line.startswith("[") and (head := HEAD.match(line)):
            stanza = everywhere if any_stanza or head["name"] == "default" else pattern(head["name"])
            stanzas[stanza] |= set()
        elif key := KEY.match(line):
            stanzas[stanza].add(pattern(key["key"]))
    return stanzas


def read_defaults(lines: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    """Return the shipped values by conf, stanza and key."""
    values: dict[str, dict[str, dict[str, str]]] = {}
    for line in lines:
        row = json.loads(line)
        values.setdefault(row["conf"], {}).setdefault(row["stanza"], {})[row["key"]] = row["value"]
    return values


def _everywhere(conf: str) -> str:
    return "*" if conf in ANY_STANZA else ""


def _settle(confs: Confs) -> None:
    """Put right what the form of a spec hides: capabilities are keys of roles, two specs end in examples."""
    capabilities = {name.removeprefix("capability::") for name in confs["authorize"] if name.startswith("capability::")}
    confs["authorize"]["role_*"] |= capabilities
    confs["authorize"]["role_*"].discard("*")  # <capability> = enabled
    confs["transforms"]["*"].discard("*")  # [accepted_keys] <name> = <key>


def derive(specs: Path, defaults: Path) -> dict[str, object]:
    """Return the whole table."""
    confs: Confs = {}
    for file in sorted(specs.glob("*.conf.spec")):
        conf = file.name.removesuffix(".conf.spec")
        confs[conf] = read_spec(file.read_text(encoding="utf-8"), any_stanza=conf in ANY_STANZA)
    _settle(confs)
    shipped = read_defaults(defaults.read_text(encoding="utf-8").splitlines())
    for conf, stanzas in shipped.items():
        for stanza, keys in stanzas.items():
            place = _everywhere(conf) if conf in ANY_STANZA or stanza == "default" else stanza
            confs.setdefault(conf, {}).setdefault(place, set()).update(keys)
    for conf, added in ADDED.items():
        confs[conf].setdefault(_everywhere(conf), set()).update(added)
    tables = {conf: {name: sorted(keys) for name, keys in sorted(stanzas.items())} for conf, stanzas in confs.items()}
    return {"confs": tables, "defaults": shipped}


def main() -> None:
    """Write the table to standard output."""
    json.dump(derive(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
