"""The faults of a replay, as they are written."""

import pytest

from standin.replay.faults import NO_FAULTS, FaultError, Faults, read_faults


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([], NO_FAULTS, id="none"),
        pytest.param(["late"], Faults(late_s=21_600), id="as-shipped"),
        pytest.param(["late=30h"], Faults(late_s=108_000), id="span"),
        pytest.param(["late-third=1h"], Faults(late_third_s=3600), id="third"),
        pytest.param(["skew=-90"], Faults(skew_s=-90), id="behind"),
        pytest.param(["skip", "peer-down"], Faults(skip_s=900, peer_down=True), id="two"),
        pytest.param(["scheduler-down", "scheduler-down=30h"], Faults(scheduler_down_s=108_000), id="last-counts"),
    ],
)
def test_faults_are_read(texts: list[str], expected: Faults) -> None:
    """A kind alone means what its table says."""
    assert read_faults(texts) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("meteor", "unknown fault 'meteor'; there are late, late-third, skew, skip, peer-down, scheduler-down"),
        ("late=-1h", "fault late: '-1h' is no span"),
        ("skip=soon", "fault skip: 'soon' is no span"),
        ("peer-down=2h", "fault peer-down takes no span"),
    ],
)
def test_what_is_no_fault_is_refused(text: str, words: str) -> None:
    """The message says what there is instead."""
    with pytest.raises(FaultError, match=words):
        read_faults([text])


def test_a_clock_that_is_ahead_has_events_indexed_before_their_time() -> None:
    """Late and skew add up."""
    assert Faults(late_s=100, skew_s=30).index_shift_s == 70
