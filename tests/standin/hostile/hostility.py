"""One hostile run: a seed, and what a search head and an indexing pipeline call."""

from standin.environment import Environment
from standin.events.store import Store
from standin.hostile.chance import Chance
from standin.hostile.mapreduce import ThreeIndexers
from standin.hostile.naming import Names
from standin.hostile.scans import HostileEnvironment
from standin.hostile.transport import disturb
from standin.language.search import Result, run


class Hostility:
    """Does what Splunk leaves open in another way, repeatably, and keeps count."""

    def __init__(self, seed: int) -> None:
        self.chance = Chance(seed)

    def run(self, spl: str, environment: Environment) -> Result:
        """Run a search over three indexers, with the fields that it names. Raises SearchError."""
        names = Names.of(spl, environment)
        spread = HostileEnvironment(environment, names, self.chance)
        return run(spl, spread, leeway=ThreeIndexers(spread, self.chance))

    def disturb(self, store: Store) -> None:
        """Send some of the events again, and some late."""
        disturb(store, self.chance)

    def said(self) -> str:
        """Return what was done, as one line of counts."""
        return self.chance.said()
