"""Whatever is published, saved, matched and lost, in whatever order: is all that was lost found, and no more?

FORUMWATCH_TEST_NIGHTS says how many examples, else 8.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from catalog import Catalog
from catalog.tables import matches, saved_searches, subscribers, works
from search import open_engine
from search.alerts.matching.audit import audit
from search.alerts.matching.matching import match_changes
from search.alerts.members.leaving import unsubscribe
from search.alerts.members.subscribers import subscribe
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put, withdraw

WORDS = ("wages", "fees", "travel")
NAMES = ("1", "2", "3", "4")
ADDRESSES = ("ana@example.net", "ben@example.net")


class Nights(RuleBasedStateMachine):
    """`news`: symbol -> (words, number of its last change); `since`: (address, word) -> the change it began after."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.catalog = Catalog(f"sqlite:///{self.folder.name}/catalog.sqlite")
        self.catalog.migrate()
        self.engine = open_engine(Path(self.folder.name) / "index")
        self.news: dict[str, tuple[frozenset[str], int]] = {}
        self.since: dict[tuple[str, str], int] = {}
        self.looked_at = 0

    def teardown(self) -> None:
        if hasattr(self, "catalog"):
            self.catalog.engine.dispose()
            self.folder.cleanup()

    @rule(name=st.sampled_from(NAMES), words=st.frozensets(st.sampled_from(WORDS), min_size=1))
    def publish(self, name: str, words: frozenset[str]) -> None:
        put(self.catalog, work(name, " ".join(sorted(words))))
        self.news[name] = words, self.last_seq()

    @rule(name=st.sampled_from(NAMES))
    def take_away(self, name: str) -> None:
        if self.news.pop(name, None):
            withdraw(self.catalog, f"UN:A/81/{name}")

    @rule(address=st.sampled_from(ADDRESSES), word=st.sampled_from(WORDS))
    def save(self, address: str, word: str) -> None:
        subscribe(self.catalog, address, "en", [(word, word)])
        self.since.setdefault((address, word), self.last_seq())

    @rule(address=st.sampled_from(ADDRESSES), word=st.sampled_from(WORDS))
    def stop(self, address: str, word: str) -> None:
        unsubscribe(self.catalog, address, word)
        self.since.pop((address, word), None)

    @rule()
    def match(self) -> None:
        match_changes(self.catalog)
        self.looked_at = self.last_seq()

    @rule(which=st.integers(0, 2))
    def lose(self, which: int) -> None:
        """One match in three is gone."""
        with self.catalog.write() as connection:
            connection.execute(sa.delete(matches).where(matches.c.id % 3 == which))

    @rule()
    def night(self) -> None:
        due, before = self.due(), self.ledger()
        report = audit(self.catalog, self.engine, datetime.now(UTC))
        assert (report.pairs, report.missed) == (len(due), len(due - before))
        assert self.ledger() == before | due
        assert audit(self.catalog, self.engine, datetime.now(UTC)).missed == 0

    def due(self) -> set[tuple[int, str]]:
        """(search, symbol) of what should be in the ledger, of what was looked at."""
        query = sa.select(
            saved_searches.c.id, saved_searches.c.query, saved_searches.c.state, saved_searches.c.subscriber_id
        )
        with self.catalog.read() as connection:
            addresses = dict(connection.execute(sa.select(subscribers.c.id, subscribers.c.address)).tuples().all())
            rows = connection.execute(query).all()
        return {
            (row.id, f"A/81/{name}")
            for row in rows
            if (start := self.since.get((addresses[row.subscriber_id], row.query))) is not None
            for name, (words, seq) in self.news.items()
            if row.query in words and start < seq <= self.looked_at
        }

    def ledger(self) -> set[tuple[int, str]]:
        with self.catalog.read() as connection:
            query = sa.select(matches.c.search_id, works.c.symbol).join(works, works.c.id == matches.c.work_id)
            return set(connection.execute(query).tuples().all())

    def last_seq(self) -> int:
        with self.catalog.read() as connection:
            return self.catalog.last_seq(connection)


Nights.TestCase.settings = settings(
    max_examples=int(os.environ.get("FORUMWATCH_TEST_NIGHTS", "8")), stateful_step_count=15, deadline=None
)
TestNights = Nights.TestCase
