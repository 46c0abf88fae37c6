"""The ways into the index, and what applies on each."""

from standin.conf import Configuration
from standin.events import Event, Origin, Store
from standin.events.pipeline import Pipeline
from unit.standin.laboratory import NOW, ORIGIN, MakeApp

STAMP = "2026-01-15T10:00:00Z"
STAMP_TIME = 1768471200.0
PROPS = "[some:type]\nSHOULD_LINEMERGE = false\nTRUNCATE = 30\nSEDCMD-a = s/secret/xxx/\n"


def pipeline(make_app: MakeApp, props: str = PROPS) -> Pipeline:
    """Return a pipeline under these props."""
    return Pipeline(Configuration.load([make_app({"default/props.conf": props})]), Store(), lambda: NOW)


def told(events: list[Event]) -> list[tuple[str, float]]:
    """Return texts and times."""
    return [(event.raw, event.time) for event in events]


def test_a_monitored_file_goes_all_the_way(make_app: MakeApp) -> None:
    """A file is broken, timed, cut and rewritten; index time is the clock's."""
    events = pipeline(make_app).index_file(f"{STAMP} secret\n{STAMP} 67890123456789\n".encode(), ORIGIN)

    assert told(events) == [(f"{STAMP} xxx", STAMP_TIME), (f"{STAMP} 678901234", STAMP_TIME)]
    assert {event.index_time for event in events} == {NOW}


def test_hec_events_are_whole_and_bring_their_time(make_app: MakeApp) -> None:
    """HEC's /event skips breaking and time finding, not TRUNCATE and SEDCMD; fields are indexed."""
    ours = pipeline(make_app)

    timed = ours.index_hec_event(f"{STAMP}\nsecret", ORIGIN, 5.0, {"zone": "dmz"})
    untimed = ours.index_hec_event("x" * 31, ORIGIN, None)

    assert told(timed + untimed) == [(f"{STAMP}\nxxx", 5.0), ("x" * 30, NOW)]
    assert [event.fields for event in timed + untimed] == [{"zone": "dmz"}, {"meta": "truncated"}]


def test_events_of_one_body_have_their_own_times(make_app: MakeApp) -> None:
    """The time that an event brings, else the present."""
    ours = pipeline(make_app)

    assert told(ours.index_hec_events([("a", ORIGIN, 5.0, {}), ("b", ORIGIN, None, {})])) == [("a", 5.0), ("b", NOW)]


def test_hec_raw_is_broken(make_app: MakeApp) -> None:
    """HEC's /raw runs the whole pipeline, but for the time where it is given."""
    ours = pipeline(make_app)

    assert told(ours.index_hec_raw(f"{STAMP} a\nb".encode(), ORIGIN)) == [(f"{STAMP} a", STAMP_TIME), ("b", STAMP_TIME)]
    assert told(ours.index_hec_raw(f"{STAMP} a".encode(), ORIGIN, 7.0)) == [(f"{STAMP} a", 7.0)]


def test_a_modular_input_sends_whole_events(make_app: MakeApp) -> None:
    """An `<event>` stays whole unless it says unbroken; its own time wins."""
    ours = pipeline(make_app)

    assert told(ours.index_lines("a\nb\n", ORIGIN, 3.0)) == [("a\nb", 3.0)]
    assert told(ours.index_lines(f"{STAMP} a", ORIGIN)) == [(f"{STAMP} a", STAMP_TIME)]
    assert told(ours.index_lines("a\nb\n", ORIGIN, 3.0, unbroken=True)) == [("a", 3.0), ("b", 3.0)]


def test_summaries_stay_as_they_are(make_app: MakeApp) -> None:
    """What `collect` writes is neither cut nor rewritten."""
    events = pipeline(make_app).index_summary("secret" * 10, ORIGIN, 9.0)

    assert told(events) == [("secret" * 10, 9.0)]


def test_an_unknown_index_loses_the_event(make_app: MakeApp) -> None:
    """Events for an index that does not exist are gone, without an error."""
    assert pipeline(make_app).index_file(b"a\n", ORIGIN._replace(index="nowhere")) == []


def test_every_line_may_be_an_event(make_app: MakeApp) -> None:
    """Without an app a line is an event whatever the settings; its time is its first ISO time, wherever it is."""
    bare = Pipeline(Configuration.load([]), Store(), lambda: NOW, every_line_is_an_event=True)

    events = bare.index_file(f"a\n{'x' * 200} {STAMP}\n  b\n\n".encode(), ORIGIN)

    assert [(event.raw[:3], event.time) for event in events] == [("a", NOW), ("xxx", STAMP_TIME), ("  b", NOW)]


def test_settings_change_under_a_running_pipeline(make_app: MakeApp) -> None:
    """A changed conf counts from the next event on."""
    configuration = Configuration.load([make_app({"default/props.conf": PROPS})])
    ours = Pipeline(configuration, Store(), lambda: NOW)
    ours.index_file(b"secret\n", ORIGIN)

    configuration.set("some_app", "props", "some:type", {"SEDCMD-a": "s/secret/yyy/"})

    assert [event.raw for event in ours.index_file(b"secret\n", ORIGIN)] == ["yyy"]


def test_bytes_that_are_no_text(make_app: MakeApp) -> None:
    """Bytes that are not UTF-8 become the replacement character."""
    events = pipeline(make_app).index_file(b"a\xff\n", Origin("main", "h", "s", "t"))

    assert [event.raw for event in events] == ["a\ufffd"]
