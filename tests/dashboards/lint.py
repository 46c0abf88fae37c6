"""What Studio's validator lets through although the dashboard is then wrong: it shows nothing, or not what was meant.

Six mistakes of definitions, and the rules of this app's views (names, macros instead of indexes, nothing unused).
Each function yields one line a problem; `problems` runs them all.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dashboards.views import Definition

# Set by Dashboard Studio itself.
OWN_TOKENS = {"env:user", "env:app", "env:page", "env:locale", "env:version", "env:product"}
TOKEN = re.compile(r"\$([A-Za-z_][\w:.-]*)(?:\|\w)?\$")
# The schema does not list it: it names a base search.
CHAIN_OPTIONS = {"extend"}
SEARCH_OPTIONS = {"enableSmartSources"}


def unknown_root_keys(definition: Definition, schema: Definition) -> Iterator[str]:
    """Yield keys of the definition itself that Studio does not read."""
    for key in definition:
        if key not in schema["properties"]:
            yield f"{key!r} is no key of a definition"


def options_by_type(schema: Definition, section: str) -> dict[str, Mapping[str, Any]]:
    """Return the options that the schema knows for each type of a section."""
    (kinds,) = schema["properties"][section]["patternProperties"].values()
    known: dict[str, Mapping[str, Any]] = {}
    for kind in kinds["allOf"]:
        options = kind["then"]["properties"].get("options", {}) if "properties" in kind["then"] else {}
        known[kind["if"]["properties"]["type"]["const"]] = options.get("properties", {})
    return known


def unknown_visualization_options(definition: Definition, schema: Definition) -> Iterator[str]:
    """Yield options that a visualization does not read, and deprecated ones."""
    known = options_by_type(schema, "visualizations")
    for name, visualization in definition.get("visualizations", {}).items():
        options = known.get(visualization["type"], {})
        for option in visualization.get("options", {}):
            if option not in options:
                yield f"{name}: {visualization['type']} has no option {option!r}"
            elif "deprecated" in str(options[option].get("description", "")).lower():
                yield f"{name}: option {option!r} is deprecated"


def unknown_data_source_options(definition: Definition, schema: Definition) -> Iterator[str]:
    """Yield options that a data source does not read."""
    known = {kind: set(options) for kind, options in options_by_type(schema, "dataSources").items()}
    known["ds.chain"] |= CHAIN_OPTIONS
    known["ds.search"] |= SEARCH_OPTIONS
    for name, source in definition.get("dataSources", {}).items():
        for option in set(source.get("options", {})) - known.get(source["type"], set()):
            yield f"{name}: {source['type']} has no option {option!r}"


def users_of_sources(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield (who, data source) for every panel, input and chain."""
    for section in ("visualizations", "inputs"):
        for name, item in definition.get(section, {}).items():
            for source in item.get("dataSources", {}).values():
                yield name, source
    for name, source in definition.get("dataSources", {}).items():
        if source["type"] == "ds.chain":
            yield name, source.get("options", {}).get("extend", "")


def dangling_sources(definition: Definition, _: Definition) -> Iterator[str]:
    """Yield panels, inputs and chains that use a data source that is not there, and sources that nobody uses."""
    sources = definition.get("dataSources", {})
    used = list(users_of_sources(definition))
    for who, source in used:
        if source not in sources:
            yield f"{who}: there is no data source {source!r}"
    for name in set(sources) - {source for _, source in used}:
        yield f"{name}: no panel uses this data source"


def defined_tokens(definition: Definition) -> set[str]:
    """Return every token that an input sets, a time range's two parts included."""
    tokens = set(OWN_TOKENS)
    for item in definition.get("inputs", {}).values():
        token = item.get("options", {}).get("token", "")
        tokens |= {f"{token}.earliest", f"{token}.latest"} if item["type"] == "input.timerange" else {token}
    return tokens


def texts(value: object) -> Iterator[str]:
    """Yield every string inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def undefined_tokens(definition: Definition, _: Definition) -> Iterator[str]:
    """Yield tokens that nothing sets: their search waits for ever."""
    defined = defined_tokens(definition)
    used = {token for text in texts(definition) for token in TOKEN.findall(text)}
    for token in sorted(used - defined):
        yield f"nothing sets the token ${token}$"


def unplaced_items(definition: Definition, _: Definition) -> Iterator[str]:
    """Yield panels and inputs that the layout does not show."""
    layout = definition.get("layout", {})
    structure = layout.get("structure", [])
    shown = {item["item"] for item in structure} | set(layout.get("globalInputs", []))
    for section in ("visualizations", "inputs"):
        for name in set(definition.get(section, {})) - shown:
            yield f"{name}: the layout does not show it"


def queries(definition: Definition) -> dict[str, str]:
    """Return the query of every data source that has one."""
    sources = definition.get("dataSources", {})
    return {name: source["options"]["query"] for name, source in sources.items() if "query" in source["options"]}


def house_rules(definition: Definition, _: Definition) -> Iterator[str]:
    """Yield indexes written out instead of macros, searches without a name, and ids without their prefix."""
    for name, query in queries(definition).items():
        if re.search(r"\bindex\s*(=|::|IN\b)", query, re.IGNORECASE):
            yield f"{name}: the query names an index; use a macro"
    for name, source in definition.get("dataSources", {}).items():
        if not source.get("name"):
            yield f"{name}: a data source needs a name"
    for section, prefix in (("visualizations", "viz_"), ("dataSources", "ds_"), ("inputs", "input_")):
        for name in definition.get(section, {}):
            if not name.startswith(prefix):
                yield f"{name}: ids in {section} start with {prefix}"


RULES: tuple[Callable[[Definition, Definition], Iterator[str]], ...] = (
    unknown_root_keys,
    unknown_visualization_options,
    unknown_data_source_options,
    dangling_sources,
    undefined_tokens,
    unplaced_items,
    house_rules,
)


def problems(definition: Definition, schema: Definition) -> list[str]:
    """Return every problem of a definition, one line each."""
    return [problem for rule in RULES for problem in rule(definition, schema)]
