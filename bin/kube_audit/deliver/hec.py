"""The wire to one HTTP Event Collector.

Bodies are gzip; every POST carries this process's channel; certificates are always verified; redirects are not
followed. The token is read from its file again after it was refused, and stands in no message.
"""

import contextlib
import uuid
from pathlib import Path
from typing import Dict, List, Optional, Union

import requests
from requests.auth import AuthBase

from kube_audit.codec import pack
from kube_audit.deliver.reply import Reply, Verdict, acknowledged, judge
from kube_audit.errors import BadInput
from kube_audit.tls import Adapter, trusting

_CONNECT_S = 5.0
_ANSWER_S = 30.0
_ACK_ANSWER_S = 10.0


def read_token(path: Path) -> str:
    """Read a token from its file; raises BadInput with what is wrong."""
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise BadInput(
            f"--hec-token-file: {path}: cannot be read: {why}; it must hold the token and nothing else"
        ) from None
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise BadInput(f"--hec-token-file: {path}: holds no token; it must hold the token and nothing else")
    return token


class _TokenAuth(AuthBase):
    """Sets the header itself, so that no .netrc of the machine can set another one."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Splunk {self._token}"
        return request


class Collector:
    """One HTTP Event Collector, at an address without a path."""

    def __init__(self, url: str, token_file: Path, ca_file: Optional[Path]) -> None:
        self.url = url
        self.channel = str(uuid.uuid4())
        self._token_file = token_file
        self._verify: Union[bool, str] = True if ca_file is None else str(ca_file)
        self._auth = _TokenAuth(read_token(token_file))
        self._session = requests.Session()
        if ca_file is not None:
            self._session.mount("https://", Adapter(ssl_context=trusting(ca_file)))
        self._session.headers.update({"X-Splunk-Request-Channel": self.channel, "Content-Type": "application/json"})

    def post(self, body: bytes) -> Reply:
        """Send one batch and judge the answer; trouble on the way is a verdict as well."""
        try:
            answer = self._post(
                self.url + "/services/collector/event", pack(body), {"Content-Encoding": "gzip"}, _ANSWER_S
            )
        except requests.RequestException as error:
            return Reply(Verdict.WAIT, self._trouble(error), unanswered=True)
        if answer.status_code in (401, 403):
            self._read_token_again()
        return judge(answer.status_code, answer.headers, answer.content)

    def acknowledged(self, ack_ids: List[int]) -> bool:
        """Tell whether any of these is acknowledged; trouble on the way means not yet."""
        body = b'{"acks":[' + ",".join(map(str, ack_ids)).encode("ascii") + b"]}"
        url = f"{self.url}/services/collector/ack?channel={self.channel}"
        try:
            answer = self._post(url, body, {}, _ACK_ANSWER_S)
        except requests.RequestException:
            return False
        acks = acknowledged(answer.content) if answer.status_code == 200 else {}
        return any(acks.get(ack_id) for ack_id in ack_ids)

    def close(self) -> None:
        """Let the connections go."""
        self._session.close()

    def _post(self, url: str, body: bytes, headers: Dict[str, str], answer_s: float) -> requests.Response:
        # verify on every request: REQUESTS_CA_BUNDLE would override the session's
        return self._session.post(
            url,
            data=body,
            headers=headers,
            auth=self._auth,
            verify=self._verify,
            timeout=(_CONNECT_S, answer_s),
            allow_redirects=False,
        )

    def _read_token_again(self) -> None:
        with contextlib.suppress(BadInput):  # a file that is being replaced: the old token stays until there is one
            self._auth = _TokenAuth(read_token(self._token_file))

    def _trouble(self, error: requests.RequestException) -> str:
        if isinstance(error, requests.exceptions.SSLError):
            return f"TLS: {_cause(error)}; --hec-ca must name the CA that signed the collector's certificate"
        if isinstance(error, requests.Timeout):
            return "no answer in time"
        return f"cannot be reached: {_cause(error)}"


def _cause(error: BaseException) -> str:
    """Return the innermost reason, which is what a reader can act on."""
    inner: BaseException = error
    while True:
        arguments = [item for item in (getattr(inner, "reason", None), *inner.args) if isinstance(item, BaseException)]
        deeper = arguments[0] if arguments else inner.__cause__
        if deeper is None:
            break
        inner = deeper
    text = getattr(inner, "strerror", None) or getattr(inner, "verify_message", None) or str(inner)
    return " ".join(str(text).split())[:200] or type(inner).__name__
