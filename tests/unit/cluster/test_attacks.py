"""The attacks cover the public catalogue, each made by somebody else."""

from collections import Counter

from cluster.scenarios.attacks import ADDRESSES, ATTACKS, manners
from cluster.scenarios.attacks.not_shown import IDS, REASONS


def test_every_id_of_the_catalogue_is_shown_or_has_its_reason() -> None:
    """Each of the 184 ids has an attack or a reason why it cannot have one, and none has both."""
    shown = {attack.catalogue for attack in ATTACKS} - {manners.MANNER}

    assert len(IDS) == 184
    assert shown | REASONS.keys() == set(IDS)
    assert not shown & REASONS.keys()


def test_every_step_has_a_name_and_an_address_of_its_own() -> None:
    """Labels follow from names and addresses, so no two steps share one."""
    names = Counter(attack.name for attack in ATTACKS)

    assert [name for name, count in names.items() if count > 1] == []
    assert len(ADDRESSES) == len(set(ADDRESSES)) == len(ATTACKS) + 2
