"""The page of the stand-in: any dashboard of an installed app, a list of findings, a search box.

It speaks to splunkd's own paths only and knows no product. What the web port serves for it:

    /, /en-US/app/APP/VIEW     static/index.html; VIEW is a dashboard, or `findings`, or `search` (with ?q=SPL)
    /static/NAME               `asset(NAME)`
    /en-US/splunkd/__raw/...   the management handlers; loading / or a view signs the browser in by cookie
    /standin/page.json         what to show, given by whoever starts the stand-in, every key optional:
        {"title": "...", "app": "APP", "view": "VIEW", "parameters": {"form.time.earliest": "-1h", ...},
         "findings": {"search": "SPL", "earliest": "0", "latest": "", "columns": ["_time", ...],
                      "events": {"search": "SPL with $field$", "earliest": "FIELD", "latest": "FIELD"}}}

A dashboard's tokens stand in its address as in Splunk Web (`?form.TOKEN=VALUE`); `parameters` are those of VIEW where
the address has none.

Dashboard Studio's packages ask splunkd, besides search jobs, for `data/ui/views/VIEW`, `data/ui/times` (the presets of
the time picker) and `authentication/current-context` (a 404 there is an error on the console). A results answer has
`post_process_count` only where a post-process search was sent, and then the number of its rows: 0 would put "No search
results returned" on a full panel.

`$field$` in the search for a finding's raw events becomes the row's value as one quoted SPL string, quotes and
backslashes escaped: a template writes `| where user=$user$`, never its own quotes. earliest and latest there name the
row's fields that hold ISO times. A refused search is shown at its place where splunkd's JSON body has, in the message
or beside `messages`, `"position"`: characters before the fault, counted in the search that was sent.

`build.py` writes the part that only dashboards need (Dashboard Studio's packages, bundled); without it the other two
views work, and the dashboard view says why it is not there.
"""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
BUILD = Path(__file__).parents[3] / "build" / "page"
BUNDLE = ("bundle.js", "bundle.css", "state.json")


def asset(name: str) -> Path | None:
    """Return the file that is served as /static/NAME, None where there is none; no other file can be named."""
    files = {path.name: path for path in STATIC.iterdir()}
    files.update({each: BUILD / each for each in BUNDLE})
    path = files.get(name)
    return path if path and path.is_file() else None
