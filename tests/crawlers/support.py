"""How is the small site of the tests crawled, and what is known afterwards?"""

from pathlib import Path

import sqlalchemy as sa
from crawlers_test_site import SOURCE, host_entry

from catalog.tables import captures, frontier, urls
from crawlers import CrawlReport, Manners, crawl


class Papers:
    """The source "papers" of the small site, and what is known after crawling it."""

    def __init__(self, site, catalog, home: Path) -> None:
        self.site, self.catalog, self.home = site, catalog, home
        self.report: CrawlReport | None = None
        self.folder = home / "further"
        self.folder.mkdir()
        (self.folder / "papers.py").write_text(SOURCE)
        self.hosts(host_entry())

    def hosts(self, *entries: str) -> None:
        (self.folder / "hosts.toml").write_text("".join(entries))

    def manners(self, **changes) -> Manners:
        given = {"replica": self.site.url, "pace": 0.0, "timeout": 60.0, "folder": self.folder} | changes
        return Manners("Forumwatch-test/1 (ops@forumwatch.example)", **given)

    def crawl(self, round="1", progress=None, **changes):
        return crawl("papers", self.catalog, self.home / "archive", self.manners(**changes), round, progress)

    def rows(self, table: sa.Table) -> list[sa.Row]:
        with self.catalog.read() as connection:
            return list(connection.execute(sa.select(table).order_by(*table.primary_key.columns)))

    @property
    def captured(self) -> set[tuple[str, str]]:
        return {(row.url, row.sha256) for row in self.rows(captures)}

    @property
    def reasons(self) -> dict[str, str]:
        return {row.url: row.reason for row in self.rows(frontier) if row.reason}

    @property
    def known(self) -> dict[str, sa.Row]:
        return {row.url: row for row in self.rows(urls)}
