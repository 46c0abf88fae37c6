"""The alert action: what it posts, whom it trusts, what it says."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from fakes import Answer, Certificates, FakeServer, Request, certificates
from kube_audit.errors import BadInput
from kube_audit.splunk.post_alert import main, read_rows
from kube_audit.splunk.splunkd import read_stanza

SESSION_KEY = "session-key-that-stays-inside"
URL_SECRET = "T0KEN-IN-PATH"  # noqa: S105 (made up)
CELL = "row-content-that-stays-out-of-logs"


class Receiver(FakeServer):
    """An https address that answers as it is told."""

    def __init__(self, pair: Certificates) -> None:
        self.pair = pair
        self.next_answer = Answer(200, b"ok")
        super().__init__(pair.identity, lambda _request: self.next_answer)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """An https address on loopback."""
    with Receiver(certificates(tmp_path)) as server:
        yield server


def results(path: Path, rows: List[Dict[str, str]]) -> Path:
    """Write a results file as Splunk does."""
    names = list(rows[0]) if rows else ["a"]
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


class Call:
    """One call of the alert action."""

    def __init__(self, tmp_path: Path, receiver: Receiver) -> None:
        rows = [
            {"user": "alice", "what": CELL, "__mv_what": ""},
            {"user": "bob", "what": "a\nb", "__mv_what": "$a$;$b$"},
        ]
        self.settings: Dict[str, str] = {"allow": f"127.0.0.1:{receiver.port}", "ca_file": str(receiver.pair.ca)}
        self.asked: List[str] = []
        self.payload: Dict[str, Any] = {
            "app": "kube_audit",
            "owner": "admin",
            "sid": "scheduler__admin__1",
            "search_name": "Kube Audit - Pod Exec - Rule",
            "server_uri": "https://127.0.0.1:1",
            "session_key": SESSION_KEY,
            "results_file": str(results(tmp_path / "results.csv.gz", rows)),
            "configuration": {"url": f"https://127.0.0.1:{receiver.port}/hook/{URL_SECRET}"},
            "result": {"user": "alice"},
        }
        self.stderr = ""

    def run(self, *arguments: str) -> int:
        """Call it and return the exit code."""
        errors = io.StringIO()
        stdin = io.BytesIO(json.dumps(self.payload).encode())
        status = main(["kube_audit_post.py", *(arguments or ("--execute",))], stdin, errors, self.read_settings)
        self.stderr = errors.getvalue()
        for secret in (SESSION_KEY, URL_SECRET, CELL):
            assert secret not in self.stderr
        assert len(self.stderr.splitlines()) == 1
        return status

    def read_settings(self, server_uri: str, session_key: str, stanza: str) -> Dict[str, str]:
        """Answer as splunkd would."""
        self.asked += [server_uri, session_key, stanza]
        return self.settings


@pytest.fixture
def call(tmp_path: Path, receiver: Receiver) -> Call:
    """A call that can succeed."""
    return Call(tmp_path, receiver)


def test_results_are_posted_as_one_document(call: Call, receiver: Receiver) -> None:
    """All rows, several values as a list, Host as in the URL; the log names no secret and no row."""
    assert call.run() == 0

    (request,) = receiver.requests
    assert json.loads(request.body) == {
        "search_name": "Kube Audit - Pod Exec - Rule",
        "sid": "scheduler__admin__1",
        "app": "kube_audit",
        "count": 2,
        "truncated": False,
        "results": [{"user": "alice", "what": CELL}, {"user": "bob", "what": ["a", "b"]}],
        "result": {"user": "alice", "what": CELL},
    }
    assert request.path == f"/hook/{URL_SECRET}"
    assert request.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert call.asked == ["https://127.0.0.1:1", SESSION_KEY, "alert_post"]
    assert call.stderr.startswith("INFO kube_audit_post: posted to https://127.0.0.1:")


def test_certificate_of_the_name_is_expected_at_the_address(tmp_path: Path) -> None:
    """A name that resolves to loopback is called there, with its own name in TLS and Host."""
    with Receiver(certificates(tmp_path, "localhost")) as receiver:
        call = Call(tmp_path, receiver)
        call.payload["configuration"]["url"] = f"https://localhost:{receiver.port}/"
        call.settings["allow"] = "localhost"

        assert call.run() == 0
        assert receiver.requests[0].headers["Host"] == f"localhost:{receiver.port}"


def change_settings(**settings: str) -> Callable[[Call], None]:
    """Return a change of the stanza."""
    return lambda call: call.settings.update(settings)


def change_payload(**payload: Any) -> Callable[[Call], None]:  # noqa: ANN401 (JSON is any)
    """Return a change of what Splunk hands over."""
    return lambda call: call.payload.update(payload)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (change_settings(allow=""), "not public"),
        (change_settings(allow="127.0.0.1:1"), "not public"),
        (change_settings(ca_file="/nowhere/ca.pem"), "/nowhere/ca.pem"),
        (change_payload(configuration={"url": "http://127.0.0.1/"}), "only https"),
        (change_payload(configuration={}), "url: is empty"),
        (change_payload(configuration=None), "stdin"),
        (change_payload(results_file="/nowhere/results.csv.gz"), "/nowhere/results.csv.gz"),
    ],
    ids=["not listed", "other port", "no ca", "http", "no url", "no configuration", "no results"],
)
def test_refusal_before_anything_is_sent_is_2(
    call: Call, receiver: Receiver, change: Callable[[Call], None], told: str
) -> None:
    """One ERROR line says what to do; nobody was called."""
    change(call)

    assert call.run() == 2
    assert call.stderr.startswith("ERROR kube_audit_post: ")
    assert told in call.stderr
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answer(500, b"no"), "HTTP 500"),
        (Answer(404, b"no"), "HTTP 404"),
        (Answer(302, b"", (("Location", "https://127.0.0.1:1/"),)), "HTTP 302"),
        (Answer(0, b"", closes=True), "connection failed"),
    ],
    ids=["500", "404", "redirect", "broken"],
)
def test_answer_that_is_no_success_is_3(call: Call, receiver: Receiver, answer: Answer, told: str) -> None:
    """Redirects are not followed."""
    receiver.next_answer = answer

    assert call.run() == 3
    assert told in call.stderr
    assert len(receiver.requests) == 1


def test_certificate_of_another_authority_is_3(call: Call, receiver: Receiver, tmp_path: Path) -> None:
    """Nothing is posted to whoever cannot prove its name."""
    call.settings["ca_file"] = str(certificates(tmp_path).ca)

    assert call.run() == 3
    assert "certificate" in call.stderr
    assert receiver.requests == []


@pytest.mark.parametrize("arguments", [["--scheme"], ["--execute", "more"], ["execute"]], ids=" ".join)
def test_wrong_call_is_1(call: Call, arguments: List[str]) -> None:
    """Splunk calls with --execute and nothing else."""
    assert call.run(*arguments) == 1
    assert call.stderr.startswith("FATAL")


def test_large_answer_is_not_read_to_its_end(call: Call, receiver: Receiver) -> None:
    """What the other side says does not matter, and cannot fill memory."""
    receiver.next_answer = Answer(200, b"x" * (8 << 20))

    assert call.run() == 0


@pytest.mark.parametrize(("count", "kept"), [(0, 0), (1000, 1000), (1001, 1000)])
def test_rows_are_capped(tmp_path: Path, count: int, kept: int) -> None:
    """A thousand rows at most; the document says that there were more."""
    found = read_rows(results(tmp_path / "r.gz", [{"n": str(number)} for number in range(count)]))

    assert (len(found.rows), found.truncated) == (kept, count > kept)


def test_large_rows_are_capped_by_size(tmp_path: Path) -> None:
    """Four megabytes at most."""
    found = read_rows(results(tmp_path / "r.gz", [{"n": "x" * 1_000_000}] * 6))

    assert (len(found.rows), found.truncated) == (4, True)


@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ({"a": "x", "__mv_a": ""}, {"a": "x"}),
        ({"a": "", "__mv_a": ""}, {}),
        ({"a": "1\n2", "__mv_a": "$1$;$2$"}, {"a": ["1", "2"]}),
        ({"a": "$;", "__mv_a": "$$$;$;$b$"}, {"a": ["$;", "b"]}),
        ({"a": "é\n\n", "__mv_a": "$é$;$$"}, {"a": ["é", ""]}),
    ],
    ids=["one", "none", "several", "dollars", "empty value"],
)
def test_several_values_become_a_list(tmp_path: Path, cells: Dict[str, str], row: Dict[str, Any]) -> None:
    """As Splunk encodes them beside the cell."""
    assert read_rows(results(tmp_path / "r.gz", [cells])).rows == ([row] if row else [{}])


@pytest.mark.parametrize(
    "data", [b"", b"plain text", gzip.compress(b"a\n\xff", mtime=0), gzip.compress(b"a\nb", mtime=0)[:-4]], ids=repr
)
def test_results_that_cannot_be_read_are_bad_input(tmp_path: Path, data: bytes) -> None:
    """The message names the file, not its content."""
    path = tmp_path / "r.gz"
    path.write_bytes(data)
    if not data:
        assert read_rows(path).rows == []
        return

    with pytest.raises(BadInput, match=r"r\.gz"):
        read_rows(path)


class Splunkd(FakeServer):
    """A management port that knows one stanza."""

    def __init__(self, pair: Certificates) -> None:
        self.body: Any = {
            "entry": [{"name": "alert_post", "content": {"allow": "a:1", "ca_file": None, "disabled": False}}]
        }
        self.status = 200
        super().__init__(pair.identity, self._tell)

    def _tell(self, _request: Request) -> Answer:
        return Answer(self.status, json.dumps(self.body).encode())


@pytest.mark.parametrize("name", ["127.0.0.1", "SplunkServerDefaultCert"])
def test_settings_are_read_from_splunkd_on_loopback(tmp_path: Path, name: str) -> None:
    """Verified by Splunk's CA; the default certificate's name is not that of the address."""
    pair = certificates(tmp_path, name)
    (tmp_path / "etc" / "auth").mkdir(parents=True)
    (tmp_path / "etc" / "auth" / "cacert.pem").write_bytes(pair.ca.read_bytes())
    with Splunkd(pair) as splunkd:
        found = read_stanza(
            f"https://127.0.0.1:{splunkd.port}", SESSION_KEY, "alert_post", {"SPLUNK_HOME": str(tmp_path)}
        )

        assert found["allow"] == "a:1"
        assert found["ca_file"] == ""
        (request,) = splunkd.requests
        assert request.path == "/servicesNS/nobody/kube_audit/configs/conf-kube_audit/alert_post?output_mode=json"
        assert request.headers["Authorization"] == f"Splunk {SESSION_KEY}"


def test_session_key_goes_to_nobody_who_is_not_verified(tmp_path: Path) -> None:
    """Another authority, or none to verify by: nothing is sent."""
    with Splunkd(certificates(tmp_path)) as splunkd:
        uri = f"https://127.0.0.1:{splunkd.port}"
        with pytest.raises(BadInput, match="SSLError"):
            read_stanza(uri, SESSION_KEY, "alert_post", {"KUBE_AUDIT_SPLUNKD_CA": str(certificates(tmp_path).ca)})
        with pytest.raises(BadInput, match="KUBE_AUDIT_SPLUNKD_CA"):
            read_stanza(uri, SESSION_KEY, "alert_post", {"SPLUNK_HOME": str(tmp_path / "nowhere")})

        assert splunkd.requests == []


@pytest.mark.parametrize(
    ("status", "body"),
    [(401, {}), (404, {}), (200, {}), (200, []), (200, {"entry": []}), (200, {"entry": [{"content": 1}]})],
)
def test_settings_that_cannot_be_read_are_bad_input(tmp_path: Path, status: int, body: Any) -> None:  # noqa: ANN401
    """One line, whatever splunkd answers."""
    pair = certificates(tmp_path)
    with Splunkd(pair) as splunkd:
        splunkd.status, splunkd.body = status, body
        with pytest.raises(BadInput, match="cannot be read"):
            read_stanza(
                f"https://127.0.0.1:{splunkd.port}", SESSION_KEY, "alert_post", {"KUBE_AUDIT_SPLUNKD_CA": str(pair.ca)}
            )
