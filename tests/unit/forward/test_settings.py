"""Options of the forwarder that need no process to be tested."""

from pathlib import Path

import pytest

from kube_audit.errors import BadInput
from kube_audit.forward.settings import Settings, check, is_readable_on_the_way


def settings(tmp_path: Path, url: str = "https://splunk.example:8088", pattern: str = "audit.log") -> Settings:
    """Return settings that are good but for what is given."""
    token = tmp_path / "token"
    token.write_text("t")
    return Settings((pattern,), url, token, None, None, None, tmp_path / "state", once=False)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://splunk.example:8088", "https://splunk.example:8088"),
        ("https://splunk.example:8088/", "https://splunk.example:8088"),
        ("https://splunk.example", "https://splunk.example"),
        ("http://[::1]:8088", "http://[::1]:8088"),
        ("HTTPS://splunk.example", "https://splunk.example"),
    ],
)
def test_url_is_scheme_host_and_port(tmp_path: Path, given: str, used: str) -> None:
    """A slash at the end is none of the path."""
    assert check(settings(tmp_path, given)).hec_url == used


@pytest.mark.parametrize(
    "url",
    ["", "https://", "ftp://h", "https://h/services", "https://h?a=b", "https://h#a", "https://u:p@h", "https://h:x"],
)
def test_other_urls_are_refused(tmp_path: Path, url: str) -> None:
    """By name of the option, without the password."""
    with pytest.raises(BadInput, match="--hec-url") as caught:
        check(settings(tmp_path, url))

    assert "u:p" not in str(caught.value)


def test_patterns_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent as source does not depend on where the forwarder was started."""
    monkeypatch.chdir(tmp_path)

    assert check(settings(tmp_path, pattern="logs/audit*.log")).files == (str(tmp_path / "logs" / "audit*.log"),)


@pytest.mark.parametrize("token", ["", " ", "two words", "two\nlines", "n\u00f6n", "tab\there"], ids=repr)
def test_token_file_must_hold_a_token(tmp_path: Path, token: str) -> None:
    """The message names the file, not its content."""
    bad = settings(tmp_path)
    bad.hec_token_file.write_text(token, encoding="utf-8")

    with pytest.raises(BadInput, match="holds no token"):
        check(bad)


@pytest.mark.parametrize(
    ("url", "is_readable"),
    [
        ("https://splunk.example:8088", False),
        ("http://127.0.0.1:8088", False),
        ("http://[::1]:8088", False),
        ("http://splunk.example:8088", True),
        ("http://10.0.0.1:8088", True),
    ],
)
def test_plain_http_across_a_network_is_noticed(url: str, is_readable: bool) -> None:
    """It is said at the start, not refused."""
    assert is_readable_on_the_way(url) is is_readable
