"""Event types and tags."""

import pytest

from standin.conf.errors import ConfError
from standin.environment import Value
from standin.language.errors import SearchError
from unit.standin.laboratory import MakeLab

PROPS = "[some:type]\nSHOULD_LINEMERGE = false\n"


@pytest.mark.parametrize(
    ("types", "tags", "expected"),
    [
        pytest.param("[one]\nsearch = a=1\n", "", {"eventtype": "one", "tag": None}, id="one"),
        pytest.param("[one]\nsearch = a=2\n", "", {"eventtype": None}, id="none"),
        pytest.param("[b]\nsearch = a=1\n[a]\nsearch = a=1\n[c]\nsearch = a=1\npriority = 1\n", "", {"eventtype": ["c", "a", "b"]}, id="by-priority-then-name"),
        pytest.param("[one]\nsearch = a=1\ndisabled = 1\n", "", {"eventtype": None}, id="disabled"),
        pytest.param("[a_second]\nsearch = eventtype=z_first\n[z_first]\nsearch = a=1\n", "", {"eventtype": ["a_second", "z_first"]}, id="types-of-types"),
        pytest.param("[a]\nsearch = eventtype=b\n[b]\nsearch = eventtype=a\n", "", {"eventtype": None}, id="a-circle"),
        pytest.param("[one]\nsearch = a=1\n", "[eventtype=one]\nx = enabled\ny = disabled\n", {"tag": "x", "tag::eventtype": "x"}, id="tag-of-a-type"),
        pytest.param("", "[host=some-host]\nx = enabled\n[a=1]\ny = enabled\nx = enabled\n", {"tag": ["x", "y"], "tag::a": ["y", "x"], "tag::host": "x"}, id="tags-of-fields"),
        pytest.param("", "[source=%2Fvar%2Flog%2Fsome.log]\nx = enabled\n", {"tag": "x"}, id="url-encoded-value"),
    ],
)  # fmt: skip
def test_classes(lab: MakeLab, types: str, tags: str, expected: dict[str, Value | None]) -> None:
    """Types are tested on the finished row, tags on its values."""
    row = lab(props=PROPS, eventtypes=types, tags=tags).rows("a=1")[0]

    assert {name: row.get(name) for name in expected} == expected


def test_types_and_tags_can_be_searched(lab: MakeLab) -> None:
    """A search by event type or tag finds the event, and sees calculated and looked-up fields in the type."""
    ours = lab(
        props=PROPS + 'EVAL-b = "x"\n', eventtypes="[one]\nsearch = b=x\n", tags="[eventtype=one]\nt = enabled\n"
    )
    ours.index("a=1\n")

    assert [len(ours.search(spl)) for spl in ("eventtype=one", "tag=t", "tag::eventtype=t", "eventtype=two")] == [
        1,
        1,
        1,
        0,
    ]


def test_a_wrong_type_is_an_error(lab: MakeLab) -> None:
    """A search that does not parse is an error with its line."""
    with pytest.raises((ConfError, SearchError), match=r"eventtypes.conf:2: search: \[one\]"):
        lab(props=PROPS, eventtypes="[one]\nsearch = (a=1\n").rows("x")[0].get("eventtype")
