"""What else is a member told? That something told before has changed, that a search broke; each once."""

from datetime import datetime

from catalog import Catalog
from search.alerts.links import Letterhead, Links


def make_corrections(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead) -> int:
    return 0


def make_notices(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead) -> int:
    return 0
