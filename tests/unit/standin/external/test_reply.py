"""What a command may say of itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.external.reply import KINDS, KNOWN, Configuration, messages_of, read_configuration, unknown_keys
from standin.external.wire import WireError
from unit.standin.properties import properties


def test_a_reply_that_says_nothing_is_a_streaming_command() -> None:
    """The defaults are those that Splunk's support has described."""
    assert read_configuration({}) == Configuration("streaming", generates=False, required_fields=None)


def test_every_key_is_read() -> None:
    """What splunk-sdk and Splunk's support name has an effect, or is known to have none here."""
    reply = {
        "type": "reporting",
        "generating": True,
        "required_fields": ["a", "b", "a"],
        "streaming_preop": "x phase=map",
        "maxinputs": 10,
        "maxwait": 5,
        "finished": True,
        "distributed": False,
        "run_in_preview": False,
    }

    assert read_configuration(reply) == Configuration("reporting", True, ("a", "b"), "x phase=map", 10, 5.0, True)
    assert unknown_keys(reply) == []
    assert unknown_keys({"colour": 1}) == ["colour"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ({"type": "eventing"}, "'eventing' is none of"),
        ({"generating": "yes"}, "generating is 'yes'"),
        ({"required_fields": "a"}, "not a list of names"),
        ({"maxwait": -1}, "maxwait is -1"),
        ({"maxinputs": "many"}, "maxinputs is 'many'"),
        ({"maxinputs": float("inf")}, "maxinputs is inf"),
        ({"maxwait": float("nan")}, "maxwait is nan"),
    ],
)
def test_a_wrong_value_is_refused(reply: dict[str, object], reason: str) -> None:
    """`eventing` was refused by Splunk itself (splunk-sdk-python, CHANGELOG 1.6.3)."""
    with pytest.raises(WireError, match=reason):
        read_configuration(reply)


def test_messages_are_pairs_of_level_and_text() -> None:
    """As splunk-sdk writes them."""
    metadata = {"inspector": {"messages": [["WARN", "a"], ["error", "b"]], "metric.x": [1, 2, 3, 4]}}

    assert messages_of(metadata) == (("WARN", "a"), ("ERROR", "b"))
    assert messages_of({}) == ()


@pytest.mark.parametrize("messages", ["text", [["LOUD", "x"]], ["text"], [["INFO"]]])
def test_a_wrong_message_is_refused(messages: object) -> None:
    """A level that does not exist, or no pair."""
    with pytest.raises(WireError):
        messages_of({"inspector": {"messages": messages}})


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)
)


@properties()
@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), VALUES), VALUES)
def test_no_reply_breaks_the_reading(reply: dict[str, object], messages: object) -> None:
    """Whatever a first reply holds is read or refused."""
    try:
        assert read_configuration(reply).kind in KINDS
        messages_of({"inspector": {"messages": messages}})
    except WireError:
        return
