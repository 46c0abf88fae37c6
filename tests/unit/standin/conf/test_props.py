"""Which props hold for an event."""

import pytest

from standin.conf import Configuration
from standin.conf.props import PropsTable
from unit.standin.laboratory import MakeApp


@pytest.mark.parametrize(
    ("stanzas", "expected"),
    [
        pytest.param(["some:type"], "some:type", id="sourcetype"),
        pytest.param(["some:type", "host::web1"], "host::web1", id="host-beats-sourcetype"),
        pytest.param(["host::web1", "source::/var/log/a.log"], "source::/var/log/a.log", id="source-beats-host"),
        pytest.param(["host::web*"], "host::web*", id="star"),
        pytest.param(["source::/var/*.log"], None, id="star-stops-at-a-slash"),
        pytest.param(["source::/var/.../*.log"], "source::/var/.../*.log", id="dots-do-not"),
        pytest.param(["source::...(a|b).log"], "source::...(a|b).log", id="alternatives"),
        pytest.param(["source::/var/log/a_log"], None, id="a-dot-is-a-dot"),
        pytest.param(["source::...log", "source::...a.log"], "source::...a.log", id="ascii-order-of-patterns"),
        pytest.param(["source::/var/log/a.*", "source::/var/log/a.log"], "source::/var/log/a.log", id="literal-first"),
        pytest.param(["other:type"], None, id="another-sourcetype"),
    ],
)  # fmt: skip
def test_one_stanza_wins(make_app: MakeApp, stanzas: list[str], expected: str | None) -> None:
    """Kinds beat each other in a fixed order, and patterns match as the spec says."""
    text = "".join(f"[{name}]\ncategory = {name}\n" for name in stanzas)
    table = PropsTable(Configuration.load([make_app({"default/props.conf": text})]), None)

    merged = table.merged("/var/log/a.log", "web1", "some:type")

    assert (merged["category"].value if "category" in merged else None) == expected


def test_stanzas_are_merged_key_by_key(make_app: MakeApp) -> None:
    """A stronger stanza replaces single keys; priority decides within a kind and is never one of them."""
    text = "[some:type]\nTRUNCATE = 1\nMAX_EVENTS = 1\n[source::a*]\npriority = 200\nTRUNCATE = 2\n"
    text += "[source::ab]\nTRUNCATE = 3\n"
    table = PropsTable(Configuration.load([make_app({"default/props.conf": text})]), None)

    merged = table.merged("ab", "h", "some:type")

    assert (merged["TRUNCATE"].value, merged["MAX_EVENTS"].value, merged["priority"].value) == ("2", "1", "")
