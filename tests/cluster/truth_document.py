"""`tests/recorded/truth.md`: what the recordings hold, what each attack looks like, what cannot be shown and why."""

from pathlib import Path

from cluster.scenarios.attacks.crosswalk import LISTS
from cluster.scenarios.attacks.not_shown import REASONS
from cluster.summary import by_label, summary
from cluster.truth import table
from cluster.versions import NEWEST, OLDEST

CLOUD_ONLY = "nothing: shows in the cloud's own log"
TEXT = """<!-- Made by `make truth` from the recordings; do not edit. -->
# What the recordings hold, and what each attack looks like in the audit log

{summary}
One row a step of `attacks-*`, made from the recordings of both versions: the first request that must be found, or the
step's last request where none must (id `-`: no attack, a form that one has to know). RR, RS, RC are the stages
RequestReceived, ResponseStarted, ResponseComplete; after the semicolon stands the authorizer's decision. Where the
older version differs its cell stands in brackets.

{table}
## Requests by catalogue id and recording

How many must be found, of all that are labelled with the id.

{labels}
## Ids of the catalogue that are not shown

| id | why |
|---|---|
{reasons}
## Attack lists of others

| list | entry | shown by |
|---|---|---|
{lists}"""


def document(folder: Path) -> str:
    """Write the whole document for a folder of recordings."""
    minors = (".".join(version.split(".")[:2]) for version in (NEWEST, OLDEST))
    reasons = "".join(f"| {name} | {reason} |\n" for name, reason in REASONS.items())
    lists = "".join(
        f"| {name} | {entry} | {', '.join(ids) or CLOUD_ONLY} |\n"
        for name, ids_of in LISTS.items()
        for entry, ids in ids_of.items()
    )
    return TEXT.format(
        summary=summary(folder), table=table(folder, *minors), labels=by_label(folder), reasons=reasons, lists=lists
    )
