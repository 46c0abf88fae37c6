"""The recordings that are made, and with which cluster, policy, anchor and seed each."""

from datetime import UTC, datetime

from cluster.control_plane import Options
from cluster.record import POLICIES, Scenario
from cluster.scenarios import attacks, company, ordinary_life
from cluster.scenarios.attacks import victim
from cluster.versions import NEWEST, VERSIONS

ATTACK_POLICIES = ("full", "typical", "metadata")
ADDRESSES = (*ordinary_life.ADDRESSES, *attacks.ADDRESSES)


def scenarios() -> list[Scenario]:
    """List every recording in the order in which they are made."""
    return [_ordinary_life(), *_attacks()]


def _options(policy: str, nodes: int = 3) -> Options:
    path, node_address = POLICIES / f"{policy}.yaml", company.NODES
    return Options(path, company.API_SERVER, nodes, node_address)


def _ordinary_life() -> Scenario:
    options = _options("full", nodes=16)
    anchor = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    return Scenario("ordinary-life", NEWEST, ordinary_life.prepare, ordinary_life.play, options, anchor, seed=2)


def _attacks() -> list[Scenario]:
    made: list[Scenario] = []
    for version in VERSIONS:
        minor = ".".join(version.split(".")[:2])
        for policy in ATTACK_POLICIES:
            anchor = datetime(2026, 11, 4, 10 + len(made), 0, tzinfo=UTC)
            name, options = f"attacks-{minor}-{policy}", _options(policy)
            made.append(Scenario(name, version, victim.prepare, attacks.play, options, anchor, seed=3))
    return made
