"""Secret values and issued tokens are gone, all else stays as it was."""

import base64
import json
from typing import Any, Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import audit_event, line
from kube_audit.event import NotAnEvent, read_event
from kube_audit.redact.secrets import MARK, redact
from shared_data import shared_lines

CANARY = "canary-0123456789"
SECRETS = {"resource": "secrets", "namespace": "default", "name": "s", "apiVersion": "v1"}
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
WEBHOOK_PATCH = "patch.webhook.admission.k8s.io/round_0_index_0"
SECRET: Dict[str, Any] = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "s"}, "data": {"password": CANARY}}


def text(value: object) -> str:
    """Return a JSON document as the text of a string."""
    return json.dumps(value)


def redacted(**changes: Any) -> Dict[str, Any]:  # noqa: ANN401 (JSON is any)
    """Return an event after redaction."""
    result = redact(read_event(line(1, **changes)))
    event: Dict[str, Any] = json.loads(result.raw)
    assert event.get("kube_audit_redaction", {}).get("spans", 0) == result.spans
    return event


CASES: Dict[str, Dict[str, Any]] = {
    "create": {"requestObject": SECRET, "responseObject": SECRET},
    "create by kind alone": {"objectRef": {"resource": "things"}, "requestObject": SECRET},
    "stringData": {"requestObject": {"kind": "Secret", "stringData": {"a": CANARY, "b": CANARY}}},
    "kind after data": {"objectRef": None, "requestObject": {"data": {"a": CANARY}, "kind": "Secret"}},
    "value that is no string": {"requestObject": {"kind": "Secret", "data": {"a": {"b": [CANARY]}}}},
    "data that is no map": {"requestObject": {"kind": "Secret", "data": CANARY}},
    "merge patch": {"requestObject": {"data": {"password": CANARY}}},
    "strategic merge patch": {"requestObject": {"$retainKeys": ["data"], "data": {"password": CANARY, "old": None}}},
    "json patch of a value": {"requestObject": [{"op": "replace", "path": "/data/password", "value": CANARY}]},
    "json patch of data": {"requestObject": [{"op": "add", "path": "/stringData", "value": {"a": CANARY}}]},
    "json patch of everything": {"requestObject": [{"op": "replace", "path": "", "value": SECRET}]},
    "json patch of everything without kind": {
        "requestObject": [{"op": "replace", "path": "", "value": {"data": {"a": CANARY}}}]
    },
    "json patch test": {"requestObject": [{"op": "test", "path": "/data/a", "value": CANARY}]},
    "json patch of last-applied": {
        "requestObject": [
            {"op": "add", "path": "/metadata/annotations/" + LAST_APPLIED.replace("/", "~1"), "value": text(SECRET)}
        ]
    },
    "json patch of annotations": {
        "requestObject": [{"op": "add", "path": "/metadata/annotations", "value": {LAST_APPLIED: text(SECRET)}}]
    },
    "list": {"responseObject": {"kind": "SecretList", "items": [{"data": {"a": CANARY}}, {"data": {"b": CANARY}}]}},
    "list without a kind": {"responseObject": {"items": [{"data": {"a": CANARY}}]}},
    "list of all kinds": {"objectRef": None, "requestObject": {"kind": "List", "items": [{"kind": "Pod"}, SECRET]}},
    "watch event": {"responseObject": {"type": "ADDED", "object": {"data": {"a": CANARY}}}},
    "table": {"responseObject": {"kind": "Table", "rows": [{"cells": ["s"], "object": {"data": {"a": CANARY}}}]}},
    "last-applied": {"requestObject": {"metadata": {"annotations": {LAST_APPLIED: text(SECRET)}}}},
    "last-applied of a list": {
        "responseObject": {"items": [{"metadata": {"annotations": {LAST_APPLIED: text(SECRET)}}}]}
    },
    "last-applied that is cut": {"requestObject": {"metadata": {"annotations": {LAST_APPLIED: text(SECRET)[:-3]}}}},
    "last-applied without a kind": {
        "requestObject": {"metadata": {"annotations": {LAST_APPLIED: text({"data": {"a": CANARY}})}}}
    },
    "secret in a config map": {
        "objectRef": {"resource": "configmaps"},
        "requestObject": {"kind": "ConfigMap", "data": {"manifest.json": text(SECRET)}},
    },
    "secret in a string in a string": {
        "objectRef": {"resource": "configmaps"},
        "requestObject": {"data": {"a": text({"b": text({"c": text(SECRET)})})}},
    },
    "secret far down in strings": {
        "objectRef": {"resource": "configmaps"},
        "requestObject": {"data": text([text([text([text([text([text([text(SECRET)])])])])])])},
    },
    "webhook patch": {
        "annotations": {WEBHOOK_PATCH: text({"patch": [{"op": "add", "path": "/data/a", "value": CANARY}]})}
    },
    "webhook patch of another object with a secret": {
        "objectRef": None,
        "annotations": {WEBHOOK_PATCH: text({"patch": [{"op": "add", "path": "/spec/x", "value": SECRET}]})},
    },
    "body that is a string": {"requestObject": CANARY},
    "token request": {
        "objectRef": {"resource": "serviceaccounts", "subresource": "token", "name": "default"},
        "responseObject": {"kind": "TokenRequest", "status": {"token": CANARY, "expirationTimestamp": "soon"}},
    },
    "token request without a kind": {
        "objectRef": {"resource": "serviceaccounts", "subresource": "token"},
        "responseObject": {"status": {"token": CANARY}},
    },
    "token review": {
        "objectRef": {"resource": "tokenreviews", "apiGroup": "authentication.k8s.io"},
        "requestObject": {"kind": "TokenReview", "spec": {"token": CANARY, "audiences": ["a"]}},
        "responseObject": {"spec": {"token": CANARY}, "status": {"authenticated": True}},
    },
    "token review by kind alone": {
        "objectRef": None,
        "requestObject": {"spec": {"token": CANARY}, "kind": "TokenReview"},
    },
}


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_secret_is_gone(changes: Dict[str, Any]) -> None:
    """No form of the value is left, and the event says that something went."""
    result = redact(read_event(line(1, **{"objectRef": SECRETS, **changes})))

    assert CANARY.encode() not in result.raw
    assert json.loads(result.raw)["kube_audit_redaction"]["spans"] == result.spans >= 1


@pytest.mark.parametrize("changes", CASES.values(), ids=CASES)
def test_redaction_reads_the_same_with_escaped_letters(changes: Dict[str, Any]) -> None:
    """A client may write the letters of keys and kinds as escapes; the log keeps them."""
    raw = line(1, **{"objectRef": SECRETS, **changes})
    for word in (b'"data"', b'"Secret"', b'"token"', b'"value"', b'"TokenReview"', b'"stringData"'):
        raw = raw.replace(word, b'"\\u00%02x' % word[1] + word[2:])

    assert CANARY.encode() not in redact(read_event(raw)).raw


def test_everything_else_stays() -> None:
    """Type, names, labels, keys and the rest of the event are as they were; values are marked."""
    body = {**SECRET, "type": "Opaque", "metadata": {"name": "s", "labels": {"data": "x"}}, "immutable": True}
    body["data"] = {"a": CANARY, "b": "", "c": None}
    before = audit_event(1, objectRef=SECRETS, requestObject=body)

    event = redacted(objectRef=SECRETS, requestObject=body)

    note = event.pop("kube_audit_redaction")
    assert note == {"spans": 1, "where": ["requestObject.data.a"]}
    assert event["requestObject"]["data"] == {"a": MARK, "b": "", "c": None}
    event["requestObject"]["data"] = body["data"]
    assert event == before


def test_bytes_outside_the_values_are_untouched() -> None:
    """Blanks, number forms, escapes and equal keys of the log stay as they are."""
    head = b'{ "auditID":"a" ,"stage" : "x\\u003c", "n": 1.00, "n": 2, "requestObject":{"kind":"Secret","data":{"a":'
    raw = head + b'"c2VjcmV0"}} }'

    result = redact(read_event(raw))

    assert result.raw == (
        head + b'"[redacted]"}} ,"kube_audit_redaction":{"spans":1,"where":["requestObject.data.a"]}}'
    )


def test_note_cannot_be_taken_for_the_events_own_fields() -> None:
    """A key's name stands in the note; its quotes are escaped, so Splunk's time prefix does not see it."""
    key = '"stageTimestamp":"1999-01-01T00:00:00.000000Z'

    raw = redact(read_event(line(1, requestObject={"kind": "Secret", "data": {key: "x"}}))).raw

    assert raw.count(b'"stageTimestamp":"') == 1
    assert raw.rindex(b'"stageTimestamp":"2026') < raw.index(b'"kube_audit_redaction"')


def test_many_values_are_counted_and_some_places_named() -> None:
    """The note stays small."""
    event = redacted(objectRef=SECRETS, requestObject={"data": {f"k{number}": "x" for number in range(500)}})

    assert event["kube_audit_redaction"]["spans"] == 500
    assert len(event["kube_audit_redaction"]["where"]) == 20


UNTOUCHED: Dict[str, Dict[str, Any]] = {
    "metadata level": {"objectRef": SECRETS},
    "config map": {"requestObject": {"kind": "ConfigMap", "data": {"a": "b"}}},
    "status": {"objectRef": SECRETS, "responseObject": {"kind": "Status", "status": "Failure", "code": 404}},
    "secret of another group": {
        "objectRef": {**SECRETS, "apiGroup": "example.com"},
        "requestObject": {"spec": {"data": {"a": "b"}}},
    },
    "pod that mounts a secret": {
        "requestObject": {"kind": "Pod", "spec": {"volumes": [{"secret": {"secretName": "s"}}]}}
    },
    "certificate request": {"requestObject": {"kind": "CertificateSigningRequest", "spec": {"request": "LS0t"}}},
    "word in a string": {"requestObject": {"kind": "Pod", "metadata": {"annotations": {"a": 'the "Secret" is out'}}}},
    "token review's answer": {
        "objectRef": {"resource": "tokenreviews"},
        "responseObject": {"kind": "TokenReview", "spec": {}, "status": {"user": {"username": "alice"}}},
    },
    "exec": {"requestURI": "/api/v1/namespaces/default/pods/p/exec?command=cat&command=/etc/Secret"},
}


@pytest.mark.parametrize("changes", UNTOUCHED.values(), ids=UNTOUCHED)
def test_event_without_secrets_is_the_same_bytes(changes: Dict[str, Any]) -> None:
    """Nothing is rewritten without need."""
    raw = line(1, **changes)

    assert redact(read_event(raw)) == (raw, 0)


@given(
    st.dictionaries(st.text(min_size=1, max_size=10), st.binary(min_size=12, max_size=30), min_size=1, max_size=4),
    st.sampled_from(["data", "stringData"]),
    st.lists(st.sampled_from(["items", "object", "metadata", "x", "text"]), max_size=4),
)
def test_no_value_of_any_secret_anywhere_survives(values: Dict[str, bytes], field: str, path: List[str]) -> None:
    """Any keys and values, in any nesting of objects, lists and strings."""
    encoded = {key: "v" + base64.b64encode(value).decode() for key, value in values.items()}
    body: Any = {"kind": "Secret", field: encoded}
    for name in path:
        body = {"manifest": json.dumps(body)} if name == "text" else {name: [body] if name == "items" else body}

    raw = redact(read_event(line(1, requestObject=body))).raw

    assert not [value for value in encoded.values() if value.encode() in raw]
    event = json.loads(raw)
    assert event.pop("kube_audit_redaction")["spans"] == len(values)
    event.pop("requestObject")
    assert event == audit_event(1)


@pytest.mark.parametrize("raw", shared_lines("*events.jsonl"))
def test_real_events_stay_json_and_lose_secrets_only(raw: bytes) -> None:
    """On events of real clusters: still JSON, and the same but for marked values."""
    try:
        event = read_event(raw)
    except NotAnEvent:
        pytest.skip("not an audit event")
    after = json.loads(redact(event).raw)
    after.pop("kube_audit_redaction", None)

    assert_same_but_marked(json.loads(raw), after)


def assert_same_but_marked(before: Any, after: Any) -> None:  # noqa: ANN401 (JSON is any)
    """Compare two documents; a marked value may have been anything."""
    if isinstance(before, dict) and isinstance(after, dict):
        assert list(before) == list(after)
        for key, value in before.items():
            assert_same_but_marked(value, after[key])
    elif isinstance(before, list) and isinstance(after, list):
        assert len(before) == len(after)
        for one, other in zip(before, after):
            assert_same_but_marked(one, other)
    elif isinstance(after, str) and MARK in after:
        assert before != after
    else:
        assert before == after
