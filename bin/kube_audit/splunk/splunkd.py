"""Asks splunkd, over its management port, for a stanza of a conf file.

splunkd's certificate is verified against Splunk's own CA, `$SPLUNK_HOME/etc/auth/cacert.pem`, or against the PEM file
that the environment names in KUBE_AUDIT_SPLUNKD_CA (set it in splunk-launch.conf where Splunk's certificates were
replaced). The name in the certificate is not compared when splunkd is on this machine's loopback address, which is
where it tells its children to call: Splunk's default certificate carries no such name. Nothing is sent before the
certificate is verified; without a CA to verify it by, nothing is sent at all.
"""

import ipaddress
import os
from pathlib import Path
from typing import Dict, Optional
from urllib.parse import quote, urlsplit

import requests

from kube_audit.errors import BadInput
from kube_audit.tls import Adapter, trusting

_ANSWER_S = 10.0


def _adapter(ca: Path, compares_name: bool) -> Adapter:
    context = trusting(ca)
    context.check_hostname = compares_name
    return Adapter(ssl_context=context) if compares_name else Adapter(ssl_context=context, assert_hostname=False)


def ca_file(environment: Dict[str, str]) -> Path:
    """Return the CA to verify splunkd by; raises BadInput where there is none."""
    named = environment.get("KUBE_AUDIT_SPLUNKD_CA")
    path = Path(named) if named else Path(environment.get("SPLUNK_HOME", "/opt/splunk")) / "etc" / "auth" / "cacert.pem"
    if not path.is_file():
        raise BadInput(
            f"{path}: no such file; splunkd's certificate cannot be verified, "
            "name its CA in KUBE_AUDIT_SPLUNKD_CA in splunk-launch.conf"
        )
    return path


def read_stanza(
    server_uri: str, session_key: str, stanza: str, environment: Optional[Dict[str, str]] = None
) -> Dict[str, str]:
    """Return the settings of a stanza of kube_audit.conf; raises BadInput with the reason."""
    url = f"{server_uri}/servicesNS/nobody/kube_audit/configs/conf-kube_audit/{quote(stanza, safe='')}"
    ca = ca_file(dict(os.environ) if environment is None else environment)
    with requests.Session() as session:
        session.trust_env = False  # no proxy between splunkd and its child
        session.mount("https://", _adapter(ca, compares_name=not _is_loopback(server_uri)))
        try:
            answer = session.get(
                url,
                params={"output_mode": "json"},
                headers={"Authorization": f"Splunk {session_key}"},
                verify=str(ca),
                timeout=_ANSWER_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise BadInput(f"{server_uri}: the settings cannot be read: {type(error).__name__}; CA is {ca}") from None
    if answer.status_code != requests.codes.ok:
        raise BadInput(f"{server_uri}: the settings cannot be read: HTTP {answer.status_code} for stanza [{stanza}]")
    return _content(answer, server_uri)


def _is_loopback(server_uri: str) -> bool:
    host = urlsplit(server_uri).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _content(answer: requests.Response, server_uri: str) -> Dict[str, str]:
    try:
        content = answer.json()["entry"][0]["content"]
        return {str(key): "" if value is None else str(value) for key, value in content.items()}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise BadInput(f"{server_uri}: the settings cannot be read: the answer has another form") from None
