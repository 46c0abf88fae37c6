"""What a custom command says of itself in its first reply.

Keys as Splunk's support has described them: `type` (default streaming), `generating`, `required_fields`, `maxwait`,
`streaming_preop`, `finished`, `error`, `inspector`; splunk-sdk also sends `requires_preop`, `maxinputs`, `distributed`,
`run_in_preview`. Any other key is refused by name.
"""

from collections.abc import Mapping
from typing import NamedTuple

from standin.external.wire import WireError

KINDS = ("streaming", "stateful", "events", "reporting")
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
KNOWN = frozenset(
    {
        "distributed",
        "error",
        "finished",
        "generating",
        "inspector",
        "maxinputs",
        "maxwait",
        "required_fields",
        "requires_preop",
        "run_in_preview",
        "streaming_preop",
        "type",
    }
)
MAX_NUMBER = 1 << 53
Said = tuple[tuple[str, str], ...]


class Configuration(NamedTuple):
    """How a command wants to be run; `required_fields` None means that it did not say."""

    kind: str = "streaming"
    generates: bool = False
    required_fields: tuple[str, ...] | None = None
    streaming_preop: str = ""
    max_inputs: int = 0
    max_wait_s: float = 0.0
    is_finished: bool = False


def unknown_keys(metadata: Mapping[str, object]) -> list[str]:
    """Name the keys that neither Splunk's support nor splunk-sdk knows."""
    return sorted(set(metadata) - KNOWN)


def read_configuration(metadata: Mapping[str, object]) -> Configuration:
    """Read the first reply. Raises WireError for a value that cannot be."""
    kind = metadata.get("type") or "streaming"
    if kind not in KINDS:
        raise WireError(f"type {kind!r} is none of {', '.join(KINDS)}")
    return Configuration(
        str(kind),
        _flag(metadata, "generating"),
        _names(metadata.get("required_fields")),
        str(metadata.get("streaming_preop") or ""),
        int(_number(metadata, "maxinputs")),
        _number(metadata, "maxwait"),
        _flag(metadata, "finished"),
    )


def _flag(metadata: Mapping[str, object], name: str) -> bool:
    value = metadata.get(name)
    if value is not None and not isinstance(value, bool):
        raise WireError(f"{name} is {value!r}, not true or false")
    return bool(value)


def _number(metadata: Mapping[str, object], name: str) -> float:
    value = metadata.get(name) or 0
    if not isinstance(value, int | float) or not 0 <= value < MAX_NUMBER:
        raise WireError(f"{name} is {value!r}, not a number")
    return float(value)


def _names(value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WireError(f"required_fields is {value!r}, not a list of names")
    return tuple(dict.fromkeys(value))


def messages_of(metadata: Mapping[str, object]) -> Said:
    """Return the (level, text) pairs of `inspector.messages`. Raises WireError."""
    inspector = metadata.get("inspector")
    listed = inspector.get("messages") if isinstance(inspector, dict) else None
    if listed is None:
        return ()
    if not isinstance(listed, list):
        raise WireError("inspector.messages is no list")
    return tuple(_message(one) for one in listed)


def _message(pair: object) -> tuple[str, str]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise WireError(f"{pair!r} is no message: a level and a text are expected")
    level, text = str(pair[0]).upper(), str(pair[1])
    if level not in LEVELS:
        raise WireError(f"{pair[0]!r} is no level of a message: {', '.join(LEVELS)} are")
    return level, text
