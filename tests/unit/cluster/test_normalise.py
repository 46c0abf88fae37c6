"""Recordings lose the day, the machine and the ids of their run, and nothing else."""

import base64
import json
from datetime import UTC, datetime

import pytest

from cluster.normalise import Normaliser, Timeline

BEGAN = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
ANCHOR = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
FIRST = "11111111-2222-3333-4444-555555555555"
SECOND = "99999999-2222-3333-4444-555555555555"


def normaliser(name: str = "night") -> Normaliser:
    """Make one whose run began at five and is said to have begun at eight."""
    return Normaliser(name, Timeline(BEGAN, ANCHOR))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("2026-11-24T17:00:01Z", "2026-11-02T08:00:01Z", id="whole seconds"),
        pytest.param("2026-11-24T17:00:01.250000Z", "2026-11-02T08:00:01.250000Z", id="microseconds"),
        pytest.param("2026-11-24T17:00:01.123456789Z", "2026-11-02T08:00:01.123456789Z", id="nanoseconds"),
        pytest.param("2026-11-24T16:59:59.5Z", "2026-11-02T07:59:59.5Z", id="before the beginning"),
        pytest.param("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", id="no time at all"),
        pytest.param("2027-11-24T17:00:01Z", "2027-11-24T17:00:01Z", id="far from the run"),
    ],
)
def test_times_near_the_run_move_and_keep_their_form(written: str, expected: str) -> None:
    """Times of the run move to the anchor with as many digits as they had; all others stay."""
    assert normaliser().text(f'{{"at":"{written}"}}') == f'{{"at":"{expected}"}}'


def test_ids_are_numbered_by_their_first_appearance() -> None:
    """The same id gets the same new one everywhere, and two runs of the same shape give the same text."""
    one, other = normaliser(), normaliser()

    text = one.text(f"{FIRST} {SECOND} {FIRST}").split()

    assert text[0] == text[2] != text[1]
    assert text == other.text(f"{SECOND} {FIRST} {SECOND}").split()


def test_two_recordings_share_no_id() -> None:
    """Ids of one recording do not occur in another, so that several may lie in one index."""
    assert normaliser(name="one").text(FIRST) != normaliser(name="two").text(FIRST)


def test_an_issued_token_keeps_its_claims_and_loses_its_signature() -> None:
    """Claims that say who and until when move with the rest; the signature is of the same length and another."""
    began = int(BEGAN.timestamp())
    claims = {"sub": "system:serviceaccount:a:b", "jti": FIRST, "iat": began, "kubernetes.io": {"warnafter": began}}
    signature = "s" * 342
    token = f"{_part({'alg': 'RS256', 'kid': 'x' * 8})}.{_part(claims)}.{signature}"
    tool = normaliser()

    head, body, last = tool.text(f'"{token}"').strip('"').split(".")

    anchor = int(ANCHOR.timestamp())
    assert _read(body) == {
        "sub": "system:serviceaccount:a:b",
        "jti": tool.identifier(FIRST),
        "iat": anchor,
        "kubernetes.io": {"warnafter": anchor},
    }
    assert _read(head) == {"alg": "RS256", "kid": "x" * 8}
    assert len(last) == len(signature)
    assert last != signature


def test_credential_ids_of_certificates_are_numbered() -> None:
    """A certificate's fingerprint changes with every run; its number in the recording does not."""
    one = normaliser().text(f"X509SHA256={'a' * 64}")
    other = normaliser().text(f"X509SHA256={'b' * 64}")

    assert one == other
    assert len(one) == len("X509SHA256=") + 64


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _read(part: str) -> object:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
