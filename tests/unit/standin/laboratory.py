"""A search head over a few files of an app, for tests; `make_app` and `lab` are fixtures of conftest.py."""

from collections.abc import Callable
from pathlib import Path

from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

NOW = 1_785_693_600.0  # 2026-08-02T18:00:00Z
ORIGIN = Origin("main", "some-host", "/var/log/some.log", "some:type")
MakeApp = Callable[..., Path]


class Lab:
    """A search head over one app, on a clock that stands still."""

    def __init__(self, *apps: Path) -> None:
        self.configuration = Configuration.load(apps)
        self.app = apps[0].name if apps else "search"
        self.store = Store()
        self.head = SearchHead(self.configuration, self.store, lambda: NOW)
        self.user = User.of(self.configuration, "admin", ["admin"])

    def index(self, text: str, origin: Origin = ORIGIN) -> None:
        """Index a text as a monitored file."""
        self.head.pipeline.index_file(text.encode(), origin)

    def search(self, spl: str) -> list[Row]:
        """Return the rows of a search over all time."""
        return self.head.search(spl, user=self.user, app=self.app).rows

    def rows(self, text: str, origin: Origin = ORIGIN) -> list[Row]:
        """Index a text and return its events with all fields, in the order of the text."""
        self.index(text, origin)
        environment = self.head.environment(user=self.user, app=self.app)
        return list(environment.scan(["*"], environment.bounds, ()))[::-1]


MakeLab = Callable[..., Lab]
