"""What is computed in a faster way is what the plain way gives."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from standin.commands.ordering import SortField, auto_key, sort_rows
from standin.environment import Row
from standin.knowledge.rows import LazyRow
from standin.knowledge.view import EventFields
from standin.language.search import run
from unit.standin.laboratory import MakeLab
from unit.standin.searching import NOW, MemoryEnvironment

VALUES = st.sampled_from(["1", "2", "10", "1.5", "-3", "a", "B", "", "10.0.0.1", "9.0.0.1", "OTHER", "NULL"])
NAMES = st.sampled_from(["a", "b"])
ROWS = st.lists(st.dictionaries(NAMES, VALUES), max_size=30)


@given(rows=ROWS, descends=st.booleans())
@settings(deadline=None)
def test_sorting_by_kept_keys_is_sorting_by_computed_ones(rows: list[dict[str, str]], descends: bool) -> None:
    """Rows come in the order of their keys, equal ones as they came, those without the field last."""
    field = SortField("a", auto_key, descends)
    made: list[Row] = [dict(row) for row in rows]
    present = sorted((row for row in made if "a" in row), key=lambda row: auto_key(row["a"]), reverse=descends)

    assert sort_rows(made, [field]) == present + [row for row in made if "a" not in row]


@given(
    rows=st.lists(st.fixed_dictionaries({"a": st.sampled_from("12")}, optional={"b": st.sampled_from("uvwxyz")})),
    limit=st.integers(1, 4),
)
@settings(deadline=None)
def test_other_is_what_the_series_left_out_would_be(rows: list[dict[str, str]], limit: int) -> None:
    """A chart with OTHER has the cells of the chart that is made after the series were renamed."""
    events: list[Row] = [{"_raw": "e", "_time": NOW, **row} for row in rows]
    limited = run(f"* | chart limit={limit} count dc(_raw) BY a b", MemoryEnvironment(events)).rows
    kept = {name.removeprefix("count: ") for row in limited for name in row if name.startswith("count: ")}
    named = f'if(isnull(b) OR in(b, {", ".join(map(_quoted, sorted(kept | {"-"})))}), b, "OTHER")'

    whole = run(f"* | eval b={named} | chart limit=0 count dc(_raw) BY a b", MemoryEnvironment(events)).rows

    assert limited == whole


def _quoted(text: str) -> str:
    return f'"{text}"'


EVENTS = [
    "a=1 b=x tag=mine eventtype=mine",
    "a=2 host=forged user=bob tag::host=mine",
    "source=forged _time=3 a= b=y punct=mine",
    '{"a": 4, "nested": {"b": ["x", "y"]}, "index": "forged"}',
    "nothing",
]
PROPS = """
[some:type]
SHOULD_LINEMERGE = false
EXTRACT-c = (?<c>b=.)
FIELDALIAS-h = a AS d user AS source
EVAL-d = if(a=1, null(), d."!")
EVAL-e = a.b
EVAL-b = upper(b)
LOOKUP-owner = owners a OUTPUT owner b AS f
"""


def test_all_fields_at_once_are_each_field_alone(lab: MakeLab) -> None:
    """A row that gives all its fields gives those that it gives one by one, and no others."""
    ours = lab(
        {"lookups/owners.csv": "a,owner,b\n1,me,\n2,you,z\n"},
        props=PROPS,
        transforms="[owners]\nfilename = owners.csv\n",
        eventtypes="[one]\nsearch = a=1\n",
        tags="[eventtype=one]\nfirst = enabled\n[host=some-host]\nours = enabled\n",
    )
    ours.index("\n".join(EVENTS))
    environment = ours.head.environment(user=ours.user, app=ours.app)
    whole = list(environment.scan(["*"], environment.bounds, ()))
    names = {name for row in whole for name in row} | {"tag::eventtype", "user", "tag::host", "nested.b{}"}

    for event, row in zip(ours.store.scan(["main"]), whole, strict=True):
        alone = ours.head.rows(ours.user, ours.app).row(event).source
        assert isinstance(alone, EventFields)
        assert dict(row) == {name: value for name in names if (value := alone.value(name)) is not None}


class _Letters:
    """A source with two fields."""

    def value(self, name: str) -> str | None:
        """Return one field."""
        return self.all().get(name)

    def all(self) -> dict[str, str]:
        """Return both."""
        return {"a": "1", "b": "2"}


STEPS = st.lists(
    st.tuples(st.sampled_from(["set", "pop", "del", "get", "[]", "copy", "all"]), st.sampled_from("abc")),
    max_size=12,
)


@given(steps=STEPS)
@settings(max_examples=300, deadline=None)
def test_a_lazy_row_is_a_dict_to_everybody(steps: list[tuple[str, str]]) -> None:
    """Whatever is done to a row that works out its fields when asked, it answers as the dict of all its fields."""
    lazy: dict[str, Any] = LazyRow(_Letters())
    plain: dict[str, Any] = dict(_Letters().all())
    for number, (step, name) in enumerate(steps):
        if step == "copy":
            lazy, plain = lazy.copy(), plain.copy()
        else:
            assert _done(lazy, step, name, number) == _done(plain, step, name, number), (step, name)

    assert dict(lazy) == plain


def _done(row: dict[str, Any], step: str, name: str, number: int) -> object:
    if step == "set":
        row[name] = str(number)
        return None
    if step == "del":
        row.pop(name, None)
        return None
    if step == "[]":
        try:
            return row[name]
        except KeyError:
            return KeyError
    if step == "pop":
        return row.pop(name, None)
    return (row.get(name), name in row) if step != "all" else sorted(row.items())
