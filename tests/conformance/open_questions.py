"""What cannot be known without a real Splunk (design, what is open), each as a probe that sets up what it needs.

A probe says what was seen and which reading that supports. What it makes is named after the run and taken away again:
a token, a saved search. Events stay, under a source of the run's own.
"""

import json
from collections.abc import Callable
from typing import NamedTuple

import build
from conformance.splunk import Splunk, document_of, until

# Blanks, a trailing zero, an escape, a long number, an empty object: what writing it anew would change.
OBJECT = '{"b" : 1.50, "a": "\\u00e9\\/x", "n": 12345678901234567890, "e":{} ,"z":null}'
ACK_LIMIT_S = 90
DURABLE_LIMIT_S = 240
CHANNEL = "22222222-2222-4222-8222-222222222222"


class Probe(NamedTuple):
    """A question, what our readings of it predict, what was seen, and the reading that it supports."""

    question: str
    predictions: tuple[str, ...]
    seen: str
    supports: str


class Run(NamedTuple):
    """One run: its name, the index of the events, and how long a real scheduler is waited for."""

    name: str
    events_index: str
    durable_limit_s: float = DURABLE_LIMIT_S

    @property
    def source(self) -> str:
        """Return the source of the events that probes send."""
        return f"verify:{self.name}"


def raw_of_an_object(asked: Splunk, run: Run) -> Probe:
    """Whether `_raw` of an event that was sent as a JSON object is byte-equal to what was sent."""
    body = (
        f'{{"source": "{run.source}", "index": "{run.events_index}", "sourcetype": "verify:object", "event": {OBJECT}}}'
    )
    taken = asked.collect(body.encode())
    search = f'index={run.events_index} source="{run.source}" sourcetype="verify:object"'
    until(lambda: bool(asked.ask(f"{search} | table _raw").rows), ACK_LIMIT_S)
    rows = asked.ask(f"{search} | table _raw").rows
    seen = str(rows[0]["_raw"]) if rows else f"nothing, HEC answered {taken.text}"
    return Probe(
        "Is _raw of an event sent as a JSON object byte-equal to what was sent?",
        ("yes: the bytes as sent", "no: an object written anew"),
        seen,
        "yes" if seen == OBJECT else "no" if rows else "neither",
    )


def durable_alerts(asked: Splunk, run: Run) -> Probe:
    """Whether a durable search fires alert actions."""
    name, path = f"verify {run.name}", f"/servicesNS/{asked.user}/{build.APP}/saved/searches"
    form = {
        "search": f'index={run.events_index} source="{run.source}"',
        "cron_schedule": "* * * * *",
        "is_scheduled": "1",
        "dispatch.earliest_time": "-1h",
        "dispatch.latest_time": "now",
        "durable.track_time_type": "_indextime",
        "durable.lag_time": "10",
        "durable.max_backfill_intervals": "10",
        "alert_type": "number of events",
        "alert_comparator": "greater than",
        "alert_threshold": "0",
        "alert.track": "1",
    }
    made = asked.request("POST", path, name=name, **form)
    if made.ok:
        fired = until(lambda: asked.request("GET", f"/services/alerts/fired_alerts/{name}").ok, run.durable_limit_s)
        asked.request("DELETE", f"{path}/{name}")
        seen = "an alert was listed" if fired else f"no alert within {run.durable_limit_s:.0f} s"
    else:
        fired, seen = False, f"refused: {document_of(made).get('messages')}"
    return Probe(
        "Does a durable search fire alert actions?",
        ("yes: an alert is listed", "no: none is listed"),
        seen,
        ("yes" if fired else "no") if made.ok else "neither",
    )


def acknowledgement(asked: Splunk, run: Run) -> Probe:
    """Whether HEC acknowledges what was indexed."""
    path = "/services/data/inputs/http"
    form = {"useACK": "1", "index": run.events_index, "indexes": run.events_index}
    made = asked.request("POST", path, name=f"verify-{run.name}", **form)
    seen, is_told = f"no token: {document_of(made).get('messages')}", False
    if made.ok:
        token = str(document_of(asked.request("GET", f"{path}/verify-{run.name}"))["entry"][0]["content"]["token"])
        channel = {"X-Splunk-Request-Channel": CHANNEL}
        event = json.dumps({"source": run.source, "event": "acknowledged"}).encode()
        until(lambda: asked.collect(event, token=token, **channel).ok, ACK_LIMIT_S)  # a new token takes a moment
        sent = asked.collect(event, token=token, **channel)
        number = sent.json().get("ackId")
        poll = json.dumps({"acks": [number]}).encode()
        is_told = until(
            lambda: asked.collect(poll, "/ack", token, **channel).json()["acks"][str(number)] is True, ACK_LIMIT_S
        )
        seen = f"sent: {sent.text}; acknowledged within {ACK_LIMIT_S} s: {is_told}"
        asked.request("DELETE", f"{path}/verify-{run.name}")
    return Probe(
        "Does HEC acknowledge what was indexed?",
        ("yes: an id that turns true", "no: no id, or one that stays false"),
        seen,
        ("yes" if is_told else "no") if made.ok else "neither",
    )


def clustering(asked: Splunk, run: Run) -> Probe:
    """Whether this is a member of a search-head cluster, so that what holds there can be asked at all."""
    answer = asked.request("GET", "/services/shcluster/status")
    return Probe(
        "What holds on a search-head cluster?",
        ("asked of a member: repeat this run on each", "asked elsewhere: stays open"),
        f"HTTP {answer.status_code}: {answer.text[:200]}",
        "asked of a member" if answer.ok else "stays open",
    )


def acceleration(asked: Splunk, run: Run) -> Probe:
    """Whether summaries of the app's data model are built and answer as the events do."""
    models = asked.request("GET", f"/servicesNS/-/{build.APP}/datamodel/model")
    names = [one["name"] for one in document_of(models).get("entry", []) if one["acl"]["app"] == build.APP]
    return Probe(
        "Does an accelerated data model of the app answer as its events do?",
        ("asked where the app ships one that is accelerated", "stays open where it ships none"),
        f"HTTP {models.status_code}, models of the app: {names}",
        "stays open",
    )


PROBES: tuple[Callable[[Splunk, Run], Probe], ...] = (
    raw_of_an_object,
    durable_alerts,
    acknowledgement,
    acceleration,
    clustering,
)
ELSEWHERE = ("Splunk Cloud's vetting: `make inspect` runs AppInspect with its cloud tags",)
