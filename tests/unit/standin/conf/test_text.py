"""The text of conf files."""

from pathlib import Path

import pytest

from standin.conf.errors import ConfError
from standin.conf.text import is_true, read_entries, write_stanzas


def entries(tmp_path: Path, text: str) -> list[tuple[str, str | None, str, int]]:
    """Read a text as a conf file."""
    file = tmp_path / "some.conf"
    file.write_text(text, encoding="utf-8")
    return [(entry.stanza, entry.key, entry.setting.value, entry.setting.line) for entry in read_entries(file)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[a]\nk = v\n", [("a", None, "a", 1), ("a", "k", "v", 2)], id="stanza-and-setting"),
        pytest.param("k=v", [("default", "k", "v", 1)], id="before-the-first-stanza"),
        pytest.param("# c\n  # c\n\n[a]\n", [("a", None, "a", 4)], id="comments-and-blank-lines"),
        pytest.param("k = a = b # c", [("default", "k", "a = b # c", 1)], id="first-equals-splits-and-no-late-comment"),
        pytest.param(
            "k = a \\\n| b\\\n# c\nl = d",
            [("default", "k", "a \n| b\n# c", 1), ("default", "l", "d", 4)],
            id="continued",
        ),
        pytest.param("k = a \\ \nl = b", [("default", "k", "a \\", 1), ("default", "l", "b", 2)], id="backslash-blank"),
        pytest.param("k =", [("default", "k", "", 1)], id="empty-value"),
        pytest.param("\ufeff[a]\r\nk = v\r\n", [("a", None, "a", 1), ("a", "k", "v", 2)], id="bom-and-crlf"),
        pytest.param("[source::...[x]]\n", [("source::...[x]", None, "source::...[x]", 1)], id="bracket-in-a-name"),
    ],
)  # fmt: skip
def test_reads(tmp_path: Path, text: str, expected: list[tuple[str, str | None, str, int]]) -> None:
    """Stanzas and settings come with the line that they begin in."""
    assert entries(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[a]\nnonsense\n", ":2: syntax: neither stanza nor setting: 'nonsense'", id="no-equals"),
        pytest.param("[a\n", ":1: syntax: stanza without closing bracket: '[a'", id="open-stanza"),
        pytest.param("= v", ":1: syntax: neither stanza nor setting: '= v'", id="no-key"),
    ],
)
def test_refuses(tmp_path: Path, text: str, message: str) -> None:
    """A line that is nothing is an error with its number."""
    with pytest.raises(ConfError) as caught:
        entries(tmp_path, text)

    assert str(caught.value).endswith(message)


def test_refuses_other_encodings(tmp_path: Path) -> None:
    """A file that is not UTF-8 is an error, not a guess."""
    (tmp_path / "some.conf").write_bytes(b"[a]\nk = \xe9\n")

    with pytest.raises(ConfError, match="not UTF-8 at byte 8"):
        read_entries(tmp_path / "some.conf")


def test_writes_what_it_reads(tmp_path: Path) -> None:
    """Written stanzas read the same, newlines in values included."""
    file = tmp_path / "local" / "some.conf"

    write_stanzas(file, {"a": {"k": "one\n| two", "l": ""}, "b": {}})

    found = [(entry.stanza, entry.key, entry.setting.value) for entry in read_entries(file) if entry.key]
    assert found == [("a", "k", "one\n| two"), ("a", "l", "")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("True", True), ("enabled", True), ("0", False), ("no", False), ("", False)],
)
def test_booleans(value: str, expected: bool) -> None:
    """Splunk's words for true are read whatever their case."""
    assert is_true(value) is expected
