"""Attacks: every entry of the public catalogue that an API server can show, each by an actor of its own.

An actor's name says its step: the eleventh attack, of catalogue id B05, is made by `b05-11@example.com` from an address
that nobody else has. Anonymous requests and those with a wrong token have no name; their address says it.
"""

from contextlib import ExitStack

from cluster.actors import Actor, Client
from cluster.control_plane import Cluster
from cluster.scenarios import company
from cluster.scenarios.attacks import (
    access,
    admission,
    beyond_identity,
    beyond_reading,
    beyond_workloads,
    credentials,
    escalation,
    execution,
    manners,
    moves,
    persistence,
    victim,
)
from cluster.scenarios.attacks.backends import Backends
from cluster.scenarios.attacks.moves import Attack
from cluster.script import Script, Truth

MODULES = (
    manners,
    access,
    credentials,
    execution,
    persistence,
    escalation,
    beyond_identity,
    beyond_reading,
    beyond_workloads,
)
# Deletions last: G and N take away what others need.
LAST = ("G", "N43", "N44", "N45", "N08", "N11", "N13", "N51", "N53")
GROUPS = {
    moves.OPERATOR: "operators",
    moves.LIMITED: "limited",
    moves.NOBODY: "visitors",
    moves.MASTERS: "system:masters",
}
UNKNOWN_TOKEN = "an-invented-token-that-nobody-issued"  # noqa: S105
NODE = "system:node:node-1"


def _in_order() -> list[Attack]:
    listed = [attack for module in MODULES for attack in module.ATTACKS]
    return sorted(listed, key=lambda attack: attack.catalogue.startswith(LAST))


ATTACKS = _in_order()


def address(number: int) -> str:
    """Give each attack an address of the documentation ranges."""
    return f"203.0.113.{number + 1}" if number < 250 else f"198.51.100.{number - 249}"


ADDRESSES = (company.API_SERVER, company.NODES, *(address(number) for number in range(len(ATTACKS))))


def truth_of(attack: Attack) -> Truth:
    """Say what an attack's step shows."""
    return Truth(attack.catalogue, attack.decides, attack.detection, attack.level)


def play(cluster: Cluster, script: Script) -> None:
    """Make every attack, one after the other."""
    files = cluster.serving_certificate("admission", company.NODES)
    with Backends(company.NODES), admission.AdmissionWebhook(company.NODES, files):
        for number, attack in enumerate(ATTACKS):
            with ExitStack() as stack:
                client = stack.enter_context(_sign_in(cluster, number, attack))
                with script.step(attack.name, client, truth_of(attack)):
                    attack.move(client)


def _sign_in(cluster: Cluster, number: int, attack: Attack) -> Client:
    where, program, slug = address(number), attack.user_agent, _slug(number, attack)
    if attack.identity == moves.ANONYMOUS:
        return cluster.sign_in_with_token(Actor("system:anonymous", (), where, program), None)
    if attack.identity == moves.BAD_TOKEN:
        return cluster.sign_in_with_token(Actor(f"nobody-{number}", (), where, program), UNKNOWN_TOKEN)
    if attack.identity == moves.BOOTSTRAP:
        token_id, token = victim.BOOTSTRAP_TOKEN
        actor = Actor(f"system:bootstrap:{token_id}", (), where, program)
        return cluster.sign_in_with_token(actor, f"{token_id}.{token}")
    if attack.identity in (moves.ACCOUNT, moves.POWERLESS_ACCOUNT):
        return _account(cluster, slug, where, attack)
    if attack.identity == moves.NODE:
        return cluster.sign_in(Actor(NODE, ("system:nodes",), where, program))
    user = attack.user or f"{slug}@example.com"
    return cluster.sign_in(Actor(user, (GROUPS[attack.identity],), where, program))


def _slug(number: int, attack: Attack) -> str:
    return f"user-{number}" if attack.catalogue == manners.MANNER else f"{attack.catalogue.lower()}-{number}"


def _account(cluster: Cluster, slug: str, where: str, attack: Attack) -> Client:
    place = "intruders" if attack.identity == moves.ACCOUNT else "victim"
    document = company.account_document(place, slug)
    cluster.admin.request("POST", f"/api/v1/namespaces/{place}/serviceaccounts", document)
    actor = company.account(place, slug, where, attack.user_agent)
    return cluster.sign_in_service_account(place, slug, actor)
