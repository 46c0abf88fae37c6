"""Takes the picture of a running page: `PYTHONPATH=tests python -m dashboards.picture URL FILE [WIDTH HEIGHT]`.

Waits until every panel of a dashboard is drawn, or what else the page shows has stopped loading.
"""

import sys

from dashboards.browser import executable, opened, panels, started

DEADLINE_MS = 60_000
SETTLED_MS = 1500


def main(url: str, file: str, width: str = "1440", height: str = "1250") -> int:
    """Write one PNG; return the exit code."""
    path = executable()
    if path is None:
        sys.stderr.write("picture: no chromium or google-chrome on PATH; install one\n")
        return 1
    with started(path) as browser, opened(browser, url, width=int(width), height=int(height)) as tab:
        tab.page.wait_for_function("!document.querySelector('.loading')", timeout=DEADLINE_MS)
        tab.page.wait_for_timeout(SETTLED_MS)
        for _ in range(DEADLINE_MS // SETTLED_MS):
            if all(panel.drawn for panel in panels(tab.page)):
                break
            tab.page.wait_for_timeout(SETTLED_MS)
        tab.page.screenshot(path=file)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
