"""Tokens, acknowledgements and faults of HEC."""

import base64

import pytest

from standin.hec.acks import Acknowledgements
from standin.hec.faults import Fault, FaultError, Faults, read_fault
from standin.hec.replies import Code, Refusal
from standin.hec.tokens import Token, Tokens, authorize

TOKENS = Tokens()
for _token in (
    Token("a", "good"),
    Token("b", "open", allows_query_string=True),
    Token("c", "off", is_disabled=True),
):
    TOKENS.put(_token)


def basic(password: str) -> str:
    """Return Basic credentials with a password."""
    return "Basic " + base64.b64encode(f"x:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("header", "query", "expected"),
    [
        ("Splunk good", None, "a"),
        (basic("good"), None, "a"),
        (None, "open", "b"),
        (None, None, Code.TOKEN_REQUIRED),
        ("Splunk bad", None, Code.INVALID_TOKEN),
        (None, "bad", Code.INVALID_TOKEN),
        (None, "good", Code.QUERY_STRING_AUTHORIZATION),
        ("Splunk off", None, Code.TOKEN_DISABLED),
        ("Bearer good", None, Code.INVALID_AUTHORIZATION),
        ("Basic %%%", None, Code.INVALID_AUTHORIZATION),
    ],
)
def test_authorization_is_checked_in_order(header: str | None, query: str | None, expected: str | Code) -> None:
    """Code 16 comes only for a token that is right, so that it proves it."""
    found = authorize(TOKENS, header, query)

    if isinstance(expected, Code):
        assert found == Refusal(expected)
    else:
        assert isinstance(found, Token)
        assert found.name == expected


def test_an_acknowledgement_is_told_once() -> None:
    """Ids count from 0; true is said once, then the id is unknown, and unknown is false."""
    acks = Acknowledgements()
    first, late = acks.issue(ready_at=10), acks.issue(ready_at=99)

    assert (first, late) == (0, 1)
    assert acks.poll([0, 1, 7], now=10) == {"0": True, "1": False, "7": False}
    assert acks.poll([0], now=10) == {"0": False}


def test_a_fault_happens_as_often_as_asked_for() -> None:
    """A fault of two requests happens twice and only on its path; then HEC is well again."""
    faults = Faults()
    faults.add(read_fault({"code": "9", "count": "2", "path": "event"}))

    assert faults.take("raw") == Fault()
    assert [faults.take("event").code for _ in range(3)] == [Code.SERVER_BUSY, Code.SERVER_BUSY, None]


def test_a_fault_without_count_stays_until_it_is_cleared() -> None:
    """A count of 0 means: until cleared."""
    faults = Faults()
    faults.add(read_fault({"ack": "never", "count": "0"}))

    assert [faults.take("ack").ack for _ in range(3)] == ["never"] * 3
    faults.clear()
    assert faults.take("ack") == Fault()


@pytest.mark.parametrize(
    "form", [{"colour": "red"}, {"code": "99"}, {"count": "many"}, {"path": "moon"}, {"ack": "maybe"}]
)
def test_a_wrong_fault_is_refused(form: dict[str, str]) -> None:
    """Keys and values that are unknown are errors."""
    with pytest.raises(FaultError):
        read_fault(form)
