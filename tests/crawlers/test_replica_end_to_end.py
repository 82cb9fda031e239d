"""Do the five sources crawl the replica whole, then without news, then with the news and nothing else?"""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

import lexicon
from catalog import Catalog
from catalog.tables import captures
from crawlers import Archive, Manners, crawl, sources
from crawlers.replica import serve

SYMBOLS = {"un_treaty_bodies": "UN", "ilo_governing_body": "ILO", "iom_council": "IOM", "wto_mode4": "WTO"}


class Weeks:
    """Three crawls of each source: week 1, the same once more, week 2."""

    def __init__(self, home: Path, cache: Path) -> None:
        self.catalog = Catalog(f"sqlite:///{home}/catalog.sqlite")
        self.catalog.migrate()
        self.archive = home / "archive"
        self.reports = {}
        self.counted = {}
        for key, week in (("first", 1), ("again", 1), ("second", 2)):
            with serve(week=week, size="small", cache=cache) as replica:
                manners = Manners(
                    "Forumwatch-test/1 (ops@forumwatch.example)", replica=replica.url, pace=0, timeout=120
                )
                for name in sources():
                    self.reports[key, name] = crawl(name, self.catalog, self.archive, manners, key)
            self.counted[key] = {name: len(self.rows(name)) for name in sources()}

    def rows(self, name: str) -> list[sa.Row]:
        with self.catalog.read() as connection:
            query = sa.select(captures).where(captures.c.source == name).order_by(captures.c.id)
            return list(connection.execute(query))


@pytest.fixture(scope="module")
def weeks(tmp_path_factory):
    return Weeks(tmp_path_factory.mktemp("weeks"), tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("name", sources())
def test_the_first_crawl_keeps_its_promise(weeks, name):
    report = weeks.reports["first", name]
    assert report.state == "done", report.reason
    assert report.found >= sources()[name].expect.in_miniature().at_least
    assert report.fetched + report.failed == report.found
    assert weeks.counted["first"][name] == report.fetched > 0


@pytest.mark.parametrize("name", sources())
def test_the_same_week_again_brings_nothing(weeks, name):
    report = weeks.reports["again", name]
    assert (report.state, report.fetched, report.found) == ("done", 0, weeks.reports["first", name].found)
    assert weeks.counted["again"] == weeks.counted["first"]


def test_the_second_week_brings_only_what_is_new(weeks):
    brought = {name: weeks.reports["second", name].fetched for name in sources()}
    added = {name: weeks.counted["second"][name] - weeks.counted["first"][name] for name in sources()}
    assert brought == added and sum(brought.values()) > 0 and brought["gcim"] == 0


@pytest.mark.parametrize("name", sources())
def test_every_capture_is_in_the_archive_under_its_own_hash(weeks, name):
    archive = Archive(weeks.archive)
    for row in weeks.rows(name):
        assert hashlib.sha256(archive.read(row.sha256)).hexdigest() == row.sha256
        assert row.publisher == sources()[name].publisher and "enc=" not in row.url


@pytest.mark.parametrize(("name", "publisher"), SYMBOLS.items())
def test_the_words_are_those_the_lexicon_understands(weeks, name, publisher):
    words = [row.words for row in weeks.rows(name)]
    said = {"title"} if name == "iom_council" else {"title", "date"}  # the lines of a session page have no date
    assert all(said <= each.keys() for each in words)
    symbols = [symbol for each in words for symbol in each.get("symbol", "").split("#") if symbol]
    assert len(symbols) >= len(words) * 0.9
    assert all(lexicon.parse_symbol(symbol, publisher) for symbol in symbols)
    assert {lexicon.language_code(each["language"]) for each in words if "language" in each} >= {"en", "fr", "es"}
