"""What a person sees: every dashboard drawn by Splunk's own packages from a running stand-in, findings, a search."""

import time

import pytest
from playwright.sync_api import Browser, expect

from dashboards import sample
from dashboards.browser import Panel, Tab, opened, panels
from dashboards.instance import Instance
from dashboards.views import View, read_views

DRAWN_DEADLINE_S = 60.0
POLL_S = 0.25

pytestmark = pytest.mark.usefixtures("renderer")


def panels_when_drawn(tab: Tab, titles: set[str]) -> list[Panel]:
    """Return the panels once all have something on them, or as they are at the deadline."""
    deadline = time.monotonic() + DRAWN_DEADLINE_S
    found: list[Panel] = []
    while time.monotonic() < deadline:
        found = panels(tab.page)
        if {panel.title for panel in found} == titles and all(panel.drawn for panel in found):
            break
        tab.page.wait_for_timeout(1000 * POLL_S)
    return found


@pytest.mark.parametrize("view", read_views(), ids=lambda view: view.name)
def test_every_panel_is_drawn(instance: Instance, browser: Browser, view: View) -> None:
    """A dashboard opens without an error on the console, and no panel is empty or has a message on it."""
    titles = {panel["title"] for panel in view.definition["visualizations"].values()}

    with opened(browser, f"{instance.web}/en-US/app/kube_audit/{view.name}") as tab:
        found = panels_when_drawn(tab, titles)

    assert {panel.title for panel in found} == titles
    assert [panel for panel in found if not panel.drawn or panel.message] == []
    assert tab.errors == []


def test_the_number_on_screen_is_the_number_of_requests(instance: Instance, browser: Browser) -> None:
    """The overview is the first page that is shown, and its first number is the count of the sample's requests."""
    with opened(browser, instance.web) as tab:
        tab.page.set_default_timeout(1000 * DRAWN_DEADLINE_S)
        panel = tab.page.locator('[data-test="viz-item"]').filter(has=tab.page.get_by_text("Requests", exact=True))
        expect(panel.locator('[data-test="majorValue"]')).to_have_text(f"{sample.REQUESTS:,}", timeout=30_000)


def test_a_finding_shows_its_raw_events(instance: Instance, browser: Browser) -> None:
    """Each finding opens to the raw event that it came from."""
    with opened(browser, f"{instance.web}/en-US/app/kube_audit/findings") as tab:
        expect(tab.page.locator("tr.finding")).to_have_count(len(sample.SEVERITIES), timeout=20_000)
        tab.page.get_by_role("button", name="Raw events").first.click()
        raw = tab.page.locator(".raw").first
        expect(raw).to_contain_text('"username":"mallory"', timeout=20_000)
        expect(tab.page.locator("dl")).to_contain_text("refused")

    assert tab.errors == []


def test_a_wrong_search_is_shown_at_its_place(instance: Instance, browser: Browser) -> None:
    """An unknown command has the caret below its first letter."""
    with opened(browser, f"{instance.web}/en-US/app/kube_audit/search") as tab:
        tab.page.get_by_role("textbox", name="Search").fill("`kube_audit_index` | statz count")
        tab.page.keyboard.press("Enter")
        fault = tab.page.locator(".fault")
        expect(fault).to_contain_text("^", timeout=20_000)
        text = fault.text_content()

    assert text == "`kube_audit_index` | statz count\n" + " " * len("`kube_audit_index` | ") + "^"
