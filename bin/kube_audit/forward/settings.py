"""What a forwarder is told, checked before anything is written."""

import re
import ssl
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple
from urllib.parse import urlsplit

from kube_audit.deliver.hec import read_token
from kube_audit.errors import BadInput
from kube_audit.names import check_cluster
from kube_audit.receive.find import has_wildcard

# Splunk's own rule for index names.
_INDEX_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,79}")


@dataclass(frozen=True)
class Settings:
    """The options of `kube-audit forward`."""

    files: Tuple[str, ...]
    hec_url: str
    hec_token_file: Path
    hec_ca: Optional[Path]
    index: Optional[str]
    cluster: Optional[str]
    state: Path
    once: bool


def check(settings: Settings) -> Settings:
    """Return the settings in their final form; raises BadInput that names the option."""
    read_token(settings.hec_token_file)
    _check_ca(settings.hec_ca)
    if settings.cluster is not None:
        check_cluster(settings.cluster, "--cluster")
    if settings.index is not None and not _INDEX_NAME.fullmatch(settings.index):
        raise BadInput(f"--index: {settings.index!r} is no index name; use a-z, 0-9, _ and - (80 at most)")
    files = tuple(str(Path(pattern).absolute()) for pattern in settings.files)
    for pattern in files:
        _check_file(pattern, settings.once)
    if settings.once and not any(_matches(pattern) for pattern in files):
        raise BadInput(f"--file: nothing matches {', '.join(files)}; with --once there must be a file to read")
    return replace(settings, files=files, hec_url=_check_url(settings.hec_url))


def _check_url(url: str) -> str:
    parts = urlsplit(url)
    try:
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if parts.scheme not in ("https", "http") or not host or parts.username or parts.query or parts.fragment:
        raise BadInput(f"--hec-url: {_without_user(url)!r} is no address; it must be like https://splunk.example:8088")
    if parts.path not in ("", "/"):
        raise BadInput(
            f"--hec-url: {url!r} has a path; give scheme, host and port only, like https://splunk.example:8088"
        )
    return f"{parts.scheme}://{parts.netloc}"


def is_readable_on_the_way(url: str) -> bool:
    """Tell whether the token would cross a network in the clear."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "::1", "localhost")


def _without_user(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", url)


def _check_ca(path: Optional[Path]) -> None:
    if path is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise BadInput(f"--hec-ca: {path}: holds no certificate; it must be a PEM file") from None
    except OSError as error:
        raise BadInput(f"--hec-ca: {path}: cannot be read: {error.strerror}; it must be a PEM file") from None


def _check_file(pattern: str, once: bool) -> None:
    path = Path(pattern)
    if has_wildcard(pattern):
        return
    if once and not path.exists():
        raise BadInput(f"--file: {pattern}: no such file; with --once it must be there")
    if path.is_dir():
        raise BadInput(f"--file: {pattern}: is a directory; name the log, or use a pattern like {pattern}/audit*.log")
    if path.exists():
        try:
            path.open("rb").close()
        except OSError as error:
            raise BadInput(f"--file: {pattern}: cannot be read: {error.strerror}") from None


def _matches(pattern: str) -> bool:
    path = Path(pattern)
    if not has_wildcard(pattern):
        return path.exists()
    root = Path(path.anchor)
    return any(root.glob(str(path.relative_to(root))))
