"""Opens pages in whatever Chromium or Chrome the machine has, and tells what a person would have seen go wrong."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Nothing but the page itself may cause traffic, and root has no sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """Return the path of a browser, None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """Start one browser; it is gone afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page and every error that its console, its scripts or its requests had until `leave` was called."""

    page: Page
    errors: list[str] = field(default_factory=list)
    is_left: bool = False

    def __post_init__(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda problem: self._note(f"script: {problem}"))
        self.page.on("requestfailed", lambda request: self._note(f"request: {request.url} {request.failure}"))

    def leave(self) -> None:
        """Close the page; what it was still waiting for is no error."""
        self.is_left = True
        self.page.context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text} {message.location.get('url', '')}")

    def _note(self, error: str) -> None:
        if not self.is_left:
            self.errors.append(error)


@contextmanager
def opened(browser: Browser, url: str, *, width: int = 1440, height: int = 1250) -> Iterator[Tab]:
    """Open one address in a fresh profile."""
    context = browser.new_context(viewport={"width": width, "height": height})
    tab = Tab(context.new_page())
    try:
        tab.page.goto(url)
        yield tab
    finally:
        tab.leave()


# A panel is ready when the renderer has drawn data: none of its placeholders, no message icon, a mark, cell or number.
PANELS_SCRIPT = """() => [...document.querySelectorAll('.dashboard [data-test="viz-item"]')].map((panel) => {
  const has = (selector) => panel.querySelector(selector) !== null;
  const number = panel.querySelector('[data-test="majorValue"]')?.textContent.trim() ?? '';
  const marks = panel.querySelectorAll('.highcharts-series .highcharts-point').length;
  const rows = panel.querySelectorAll('[data-test="body"] [data-test="row"]').length;
  return {
    title: panel.querySelector('[data-test="viz-title"]')?.textContent.trim() ?? '',
    message: panel.querySelector('[data-test="simple-status-icon-container"] svg')?.getAttribute('aria-label') ?? '',
    drawn: marks + rows + (/[0-9]/.test(number) ? 1 : 0),
    number,
  };
})"""


@dataclass(frozen=True)
class Panel:
    """What one panel of a dashboard shows: marks, rows and numbers drawn, and the kind of message on it.

    `number` is the text of a single value, empty on other panels.
    """

    title: str
    message: str
    drawn: int
    number: str


def panels(page: Page) -> list[Panel]:
    """Return the panels of the dashboard that is on the page."""
    return [Panel(**found) for found in page.evaluate(PANELS_SCRIPT)]
