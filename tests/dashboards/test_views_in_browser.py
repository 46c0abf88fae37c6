"""What a person sees: every dashboard drawn by Splunk's own packages from a running stand-in, findings, a search."""

import functools
import time
from collections.abc import Callable, Set
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect

from dashboards import sample
from dashboards.browser import Panel, Tab, opened, panels
from dashboards.instance import Instance
from dashboards.views import View, read_views

FRONT = "kube_audit_overview"
DRAWN_DEADLINE_S = 60.0
POLL_S = 0.25

pytestmark = pytest.mark.usefixtures("renderer")


def titles_of(view: View) -> frozenset[str]:
    """Return the titles of a view's panels."""
    return frozenset(panel["title"] for panel in view.definition["visualizations"].values())


def panels_when_drawn(tab: Tab, titles: Set[str]) -> list[Panel]:
    """Return the panels once all have something on them, or as they are at the deadline."""
    deadline = time.monotonic() + DRAWN_DEADLINE_S
    found: list[Panel] = []
    while time.monotonic() < deadline:
        found = panels(tab.page)
        if {panel.title for panel in found} == titles and all(panel.drawn for panel in found):
            break
        tab.page.wait_for_timeout(1000 * POLL_S)
    return found


class Shown(NamedTuple):
    """A dashboard as it was once everything on it was drawn."""

    panels: list[Panel]
    errors: list[str]


@pytest.fixture(scope="module")
def shown(instance: Instance, browser: Browser) -> Callable[[View], Shown]:
    """Return a function that opens a dashboard, each once: it takes seconds; the front page by its short address."""

    @functools.cache
    def open_view(name: str, titles: frozenset[str]) -> Shown:
        address = instance.web if name == FRONT else f"{instance.web}/en-US/app/kube_audit/{name}"
        with opened(browser, address) as tab:
            return Shown(panels_when_drawn(tab, titles), tab.errors)

    return lambda view: open_view(view.name, titles_of(view))


@pytest.mark.parametrize("view", read_views(), ids=lambda view: view.name)
def test_every_panel_is_drawn(shown: Callable[[View], Shown], view: View) -> None:
    """A dashboard opens without an error on the console, and no panel is empty or has a message on it."""
    found = shown(view)

    assert {panel.title for panel in found.panels} == titles_of(view)
    assert [panel for panel in found.panels if not panel.drawn or panel.message] == []
    assert found.errors == []


def test_the_number_on_screen_is_the_number_of_requests(shown: Callable[[View], Shown]) -> None:
    """The front page says how many requests there were and how many were refused, as the sample has them."""
    (front,) = [view for view in read_views() if view.name == FRONT]

    numbers = {panel.title: panel.number for panel in shown(front).panels}

    assert numbers["Requests"] == f"{sample.REQUESTS:,}"
    assert numbers["Denied requests"] == f"{sample.DENIED:,}"


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


def test_a_cluster_is_chosen_in_its_input(instance: Instance, browser: Browser) -> None:
    """The choice of a cluster reaches every search, and the address, which then opens the same view."""
    on_staging = sum(kind.cluster == "staging" for _, kind in sample.requests())
    tile = '[data-test="viz-item"]:has-text("Requests") [data-test="majorValue"]'

    with opened(browser, f"{instance.web}/en-US/app/kube_audit/{FRONT}?form.cluster=staging") as tab:
        expect(tab.page.locator(tile).first).to_have_text(f"{on_staging}", timeout=1000 * DRAWN_DEADLINE_S)
        tab.page.locator('[data-test="input-item"]:has-text("Cluster") [data-test="select"]').click()
        tab.page.get_by_role("option", name="prod").click()
        expect(tab.page.locator(tile).first).to_have_text(f"{sample.REQUESTS - on_staging}", timeout=20_000)
        address = tab.page.url

    assert "form.cluster=prod" in address
    assert tab.errors == []
