"""The page by itself, in a browser, on canned answers: what it shows and sends, and that no event can act in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from dashboards.browser import Tab, opened
from dashboards.canned import Canned, Row, served

MARKUP = "<img src=x onerror=\"document.title='taken over'\">"
RAW = json.dumps({"verb": "create", "user": {"username": MARKUP}})
EVENT: Row = {"_time": "2026-01-02T03:04:05.678+00:00", "_raw": RAW, "host": "cp-1", "sourcetype": "audit"}
TIMES: Row = {"first_time": "2026-01-02T03:00:00.000Z", "last_time": "2026-01-02T03:04:05.678Z"}
FINDINGS = {
    "search": "`found`",
    "columns": ["severity", "user"],
    "events": {"search": "`events` | where user=$user$", "earliest": "first_time", "latest": "last_time"},
}


@contextmanager
def page(browser: Browser, view: str, canned: Canned) -> Iterator[Tab]:
    """Open one of the page's own views on canned answers."""
    with served(canned) as url, opened(browser, f"{url}/en-US/app/demo/{view}", width=1200, height=800) as tab:
        tab.page.set_default_timeout(10_000)
        yield tab


def finding(user: str) -> Row:
    """Return a finding about a user."""
    return {"severity": "high", "user": user, **TIMES}


def with_findings(*rows: Row) -> Canned:
    """Return a server with these findings, and one raw event behind each."""
    return Canned(config={"findings": FINDINGS}, answers={"`found`": rows, "`events`": [EVENT]})


def test_results_are_shown_in_the_order_of_their_fields(browser: Browser) -> None:
    """A search's results stand in a table with the columns that the server named, multivalues line by line."""
    canned = Canned(answers={"stats": [{"user": "jane", "verb": ["get", "list"], "count": "12"}]})

    with page(browser, "search?q=index%3Dmain+%7C+stats+count", canned) as tab:
        expect(tab.page.locator("th")).to_have_text(["user", "verb", "count"])
        expect(tab.page.locator("tbody td")).to_have_text(["jane", "getlist", "12"])

    assert canned.searches == ["search index=main | stats count"]
    assert tab.errors == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("index=main", "search index=main"),
        ("  | makeresults", "| makeresults"),
        ("search index=main", "search index=main"),
        ("searches=1", "search searches=1"),
    ],
)
def test_the_leading_search_is_implied(browser: Browser, typed: str, sent: str) -> None:
    """What is typed in the box means what it means in Splunk's search bar."""
    canned = Canned()

    with page(browser, "search", canned) as tab:
        tab.page.get_by_role("textbox", name="Search").fill(typed)
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_text("No results")).to_be_visible()

    assert canned.searches == [sent]


@pytest.mark.parametrize(
    ("typed", "sent_before_fault", "shown", "column"),
    [
        ("index=main | statz count", "search index=main | ", "index=main | statz count", 14),
        ("| statz count", "| ", "| statz count", 3),
        ("index=main\n| statz count", "search index=main\n| ", "| statz count", 3),
        ("  index=main | statz", "search index=main | ", "  index=main | statz", 16),
    ],
    ids=["implied search", "leading pipe", "second line", "leading blanks"],
)
def test_a_refusal_points_at_the_fault(
    browser: Browser, typed: str, sent_before_fault: str, shown: str, column: int
) -> None:
    """The caret stands below the character that the server's position means, in the line as it was typed."""
    canned = Canned(refusals={"statz": ("Unknown search command 'statz'.", len(sent_before_fault))})

    with page(browser, "search", canned) as tab:
        tab.page.get_by_role("textbox", name="Search").fill(typed)
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("alert")).to_contain_text("Unknown search command 'statz'.")
        fault = tab.page.locator(".fault").text_content()
        tab.page.get_by_role("button", name=f"Go to column {column}").click()
        cursor = tab.page.evaluate("document.activeElement.selectionStart")

    assert fault == f"{shown}\n{' ' * (column - 1)}^"
    assert typed[cursor:].startswith("statz")


def test_events_are_shown_as_they_were_indexed(browser: Browser) -> None:
    """An event is shown byte for byte, with where it came from, and indented on request."""
    with page(browser, "search?q=index%3Dmain", Canned(answers={"index=main": [EVENT]})) as tab:
        expect(tab.page.locator(".raw").first).to_have_text(RAW)
        expect(tab.page.locator(".facts")).to_contain_text("2026-01-02 03:04:05.678")
        tab.page.get_by_text("indented").click()
        expect(tab.page.locator(".raw.indented")).to_contain_text('"verb": "create"')

    assert tab.errors == []


def test_many_results_come_in_pages(browser: Browser) -> None:
    """A hundred results are shown at a time, and the rest is reached by Next."""
    rows = [{"n": str(number)} for number in range(250)]

    with page(browser, "search?q=%7C+numbers", Canned(answers={"numbers": rows})) as tab:
        expect(tab.page.locator("tbody tr")).to_have_count(100)
        tab.page.get_by_role("button", name="Next").click()
        expect(tab.page.locator("tbody td").first).to_have_text("100")
        tab.page.get_by_role("button", name="Next").click()
        expect(tab.page.locator("tbody tr")).to_have_count(50)
        expect(tab.page.get_by_role("button", name="Next")).to_be_disabled()

    assert tab.errors == []


def test_events_can_be_seen_as_a_table(browser: Browser) -> None:
    """Events change into a table of their fields, without the internal ones, and back."""
    with page(browser, "search?q=index%3Dmain", Canned(answers={"index=main": [EVENT]})) as tab:
        tab.page.get_by_role("button", name="Table").click()
        expect(tab.page.locator("th")).to_have_text(["_time", "host", "sourcetype"])
        tab.page.get_by_role("button", name="Events").click()
        expect(tab.page.locator(".events li")).to_have_count(1)


@pytest.mark.parametrize("view", ["search?q=%60found%60", "findings"])
def test_markup_in_an_event_stays_text(browser: Browser, view: str) -> None:
    """No value of an event becomes an element or a script, wherever it is shown."""
    with page(browser, view, with_findings({**finding(MARKUP), "_raw": MARKUP})) as tab:
        expect(tab.page.get_by_text(MARKUP).first).to_be_visible()
        images = tab.page.locator("main img").count()
        title = tab.page.title()

    assert (images, tab.errors) == (0, [])
    assert "taken over" not in title


@pytest.mark.parametrize(
    ("user", "sent"),
    [
        ("jane", 'user="jane"'),
        ('x" OR true() | delete', 'user="x\\" OR true() | delete"'),
        ("back\\", 'user="back\\\\"'),
        ("$user$ $& $1", 'user="$user$ $& $1"'),
    ],
    ids=["plain", "quote", "backslash", "dollars"],
)
def test_a_value_enters_a_search_as_one_string(browser: Browser, user: str, sent: str) -> None:
    """The search for a finding's raw events has the row's value as one quoted string, whatever is in it."""
    canned = with_findings(finding(user))

    with page(browser, "findings", canned) as tab:
        tab.page.get_by_role("button", name="Raw events").click()
        expect(tab.page.locator(".events li")).to_have_count(1)

    assert canned.searches == ["search `found`", f"search `events` | where {sent}"]


def test_a_value_that_could_start_a_macro_is_not_sent(browser: Browser) -> None:
    """A backtick cannot be escaped in SPL, so such a value is refused and the reader is told."""
    canned = with_findings(finding("`delete_everything`"))

    with page(browser, "findings", canned) as tab:
        tab.page.get_by_role("button", name="Raw events").click()
        expect(tab.page.get_by_role("alert")).to_contain_text("backtick")

    assert canned.searches == ["search `found`"]


def test_a_finding_opens_by_keyboard(browser: Browser) -> None:
    """Tab reaches a finding, Enter shows its raw events and Enter hides them."""
    with page(browser, "findings", with_findings(finding("jane"), finding("joe"))) as tab:
        toggle = tab.page.get_by_role("button", name="Raw events").nth(1)
        toggle.focus()
        tab.page.keyboard.press("Enter")
        expect(toggle).to_have_attribute("aria-expanded", "true")
        expect(tab.page.locator(".events li")).to_be_visible()
        tab.page.keyboard.press("Enter")
        expect(tab.page.locator(".events li")).to_be_hidden()

    assert tab.errors == []


@pytest.mark.parametrize(
    ("view", "canned", "text"),
    [
        ("findings", with_findings(), "No findings yet"),
        ("findings", Canned(), "without a search for findings"),
        ("search", Canned(), "Type a search"),
        ("search?q=index%3Dnone", Canned(), "No results"),
    ],
    ids=["no findings", "no findings configured", "nothing typed", "no results"],
)
def test_an_empty_view_says_so(browser: Browser, view: str, canned: Canned, text: str) -> None:
    """Nothing to show is said in words, never by an empty page."""
    with page(browser, view, canned) as tab:
        expect(tab.page.get_by_role("status")).to_contain_text(text)

    assert tab.errors == []


def test_refused_findings_are_an_error_in_words(browser: Browser) -> None:
    """A findings search that the server refuses is shown with the server's words."""
    canned = Canned(config={"findings": FINDINGS}, refusals={"`found`": ("no such macro", None)})

    with page(browser, "findings", canned) as tab:
        expect(tab.page.get_by_role("alert")).to_contain_text("no such macro")


def test_a_server_that_went_away_is_an_error_in_words(browser: Browser) -> None:
    """A page that outlives its server says that nobody answers."""
    with page(browser, "search", Canned()) as tab:
        tab.page.context.set_offline(True)
        tab.page.get_by_role("textbox", name="Search").fill("index=main")
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("alert")).to_contain_text("does not answer")


def test_without_a_renderer_the_rest_works(browser: Browser) -> None:
    """Where Node could not be had, the dashboard view says why, and findings are one click away."""
    canned = with_findings(finding("jane"))
    canned.view = ("overview", '<dashboard version="2"><definition>{"title": "x"}</definition></dashboard>')
    canned.state = {"bundle": False, "reason": "there is no wheel of Node for this machine"}

    with page(browser, "overview", canned) as tab:
        expect(tab.page.get_by_role("alert")).to_contain_text("no wheel of Node")
        tab.page.get_by_role("link", name="Findings").click()
        expect(tab.page.get_by_role("cell", name="jane")).to_be_visible()

    assert tab.errors == []
