"""What does one crawl process hold in its hands? Made once, in run.py, and given to the spider."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog import Catalog
from crawlers.archive import Archive
from crawlers.frontier import Frontier, Leased
from crawlers.manners import Manners
from crawlers.permissions import Permissions
from crawlers.turns import Turns

TELL_EVERY = 0.3  # seconds


@dataclass(slots=True)
class Job:
    """One source in one round. `stopped` is why the run was ended early; "" while all is well."""

    source: str
    publisher: str
    catalog: Catalog
    archive: Archive
    frontier: Frontier
    manners: Manners
    permissions: Permissions
    turns: Turns
    progress: Callable[[int, int], None] = lambda found, fetched: None
    leased: Leased | None = None
    fetched: int = 0
    stopped: str = ""
    strikes: dict[str, int] = field(default_factory=dict)
    told: float = 0.0

    def progress_made(self) -> None:
        """Tells whoever watches, a few times a second at most."""
        if time.monotonic() - self.told > TELL_EVERY:
            self.told = time.monotonic()
            self.progress(self.frontier.counts().found, self.fetched)
