"""How many pages wait for OCR, since when, and how many were given up?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog.tables import ocr_pages


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pages that wait, in how many files, and since when the oldest does; `problem`: what they wait for, if not for
    their turn; `failed` are pages that could not be read in several tries."""

    waiting: int = 0
    files: int = 0
    oldest: datetime | None = None
    problem: str = ""
    failed: int = 0

    @property
    def said(self) -> str:
        """In one line."""
        if not self.waiting:
            return "no page waits" + self._given_up
        pages = f"{self.waiting:,} page{'s' * (self.waiting != 1)} of {self.files:,} file{'s' * (self.files != 1)}"
        verb = "wait" if self.waiting != 1 else "waits"
        since = f"{pages} {verb}, the oldest since {self.oldest:%Y-%m-%d %H:%M} UTC" if self.oldest else pages
        return since + (f": {self.problem}" if self.problem else "") + self._given_up

    @property
    def _given_up(self) -> str:
        return f"; {self.failed:,} could not be read" if self.failed else ""


def pictures(connection: Connection) -> Pictures:
    """As the queue stands; pages that are seen again in another way wait too, but their text is there."""
    waits = ocr_pages.c.state == "waiting"
    query = sa.select(sa.func.count(), sa.func.count(sa.distinct(ocr_pages.c.sha256)), sa.func.min(ocr_pages.c.since))
    row = connection.execute(query.where(waits, ocr_pages.c.recipe == "")).one()
    failed = connection.execute(sa.select(sa.func.count()).select_from(ocr_pages).where(ocr_pages.c.state == "failed"))
    missing = sa.select(ocr_pages.c.reason).where(waits, ocr_pages.c.reason.startswith("Tesseract")).limit(1)
    problem = connection.execute(missing).scalar() or ""
    pages, files, oldest = row
    return Pictures(pages, files, oldest, problem, failed.scalar_one())
