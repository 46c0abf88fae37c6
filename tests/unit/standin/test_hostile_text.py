"""Any text as conf: an error that says where, never a traceback."""

from hypothesis import given
from hypothesis import strategies as st

from standin.checking import check_apps
from standin.conf import ConfError
from standin.conf.known import Known
from standin.language.errors import SearchError
from unit.standin.laboratory import MakeApp, MakeLab
from unit.standin.properties import properties

PROPS = sorted(
    key.replace("*", "x") for key in Known.load().keys("props", "some:type") if "REGEX" not in key and key != "EVAL-*"
)
TRANSFORMS = ["REGEX", "FORMAT", "DELIMS", "FIELDS", "MV_ADD", "INGEST_EVAL", "LOOKAHEAD", "DEST_KEY", "max_matches"]
VALUES = st.one_of(
    st.sampled_from(
        ["", "1", "-1", "abc", "true", "(", "s/a/b/", "a AS b", "%Y", "some", "$1::$2", "a=1, b", '"', "\\1"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)


def stanza(name: str, keys: dict[str, str]) -> str:
    """Return the text of one stanza."""
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@properties()
@given(
    props=st.dictionaries(st.sampled_from(PROPS), VALUES, max_size=4),
    transforms=st.dictionaries(st.sampled_from(TRANSFORMS), VALUES, max_size=4),
    event=st.text(max_size=60),
)
def test_any_setting(lab: MakeLab, props: dict[str, str], transforms: dict[str, str], event: str) -> None:
    """Known keys with any value either work or are refused by name."""
    named = {**props, "REPORT-y": "some", "TRANSFORMS-y": "some"} if transforms else props
    try:
        ours = lab(props=stanza("some:type", named), transforms=stanza("some", transforms))
        for row in ours.rows(event):
            dict(row)
    except (ConfError, SearchError) as error:
        assert str(error)


@properties()
@given(text=st.text(max_size=200))
def test_any_file(make_app: MakeApp, text: str) -> None:
    """Any text as a conf file gives problems with lines."""
    app = make_app({"default/props.conf": text, "default/macros.conf": text, "metadata/default.meta": text})

    for problem in check_apps([app]):
        assert problem.line >= 0
