"""Is no match lost and none made twice, in whatever order writers, members, matchers, mails and crashes come?

A state machine takes random steps. While a matcher is between what it read and what it writes, others strike: they
publish, save, pause, match and send; or it dies at any statement. Each such moment is counted: a few hundred of them in
`make test`, 100,000 with FORUMWATCH_TEST_SEQUENCE=100000 (`make chaos`).
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from catalog import NOTED, Catalog
from catalog.tables import changes, matches, metadata, outbox, saved_searches, subscribers, works
from search.alerts.matching.matching import match_changes
from search.alerts.matching.running import Running
from search.alerts.members.saved import identity_of
from tests.search.alerts.matching.test_matching import work
from tests.search.library import put, withdraw

WANTED = int(os.environ.get("FORUMWATCH_TEST_SEQUENCE", "400"))
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
WORDS = ("wages", "visas", "fees")
QUERIES: dict[str, Callable[[str], bool]] = {
    "wages": lambda text: "wages" in text,
    "visas": lambda text: "visas" in text,
    "wages fees": lambda text: "wages" in text and "fees" in text,
    '"fees wages"': lambda text: "fees wages" in text,
    "NOT fees": lambda text: "fees" not in text,
}

letters = st.sampled_from("abc")
SEARCHES = (
    (1, "wages", "works"),
    (1, "NOT fees", "works"),
    (2, "wages fees", "paragraphs"),
    (2, '"fees wages"', "works"),
    (2, "visas", "paragraphs"),
)
searches = st.sampled_from(SEARCHES)
backs = st.sampled_from((None, None, 0, 2))
published = st.tuples(st.just("publish"), letters, st.sampled_from(WORDS))
steps = st.one_of(
    published,
    published,
    st.tuples(st.just("withdraw"), letters, st.none()),
    st.tuples(st.just("note"), letters, st.none()),
    st.tuples(st.just("begin"), searches, backs),
    st.tuples(st.just("begin_anew"), searches, backs),
    st.tuples(st.sampled_from(("pause", "end")), searches, st.none()),
    st.tuples(st.just("mail"), st.none(), st.none()),
    st.tuples(st.just("match"), st.integers(1, 3), st.none()),
)
strikes = st.lists(  # what hurts a matcher most
    st.one_of(
        st.tuples(st.sampled_from(("pause", "end")), searches, st.none()),
        st.tuples(st.just("begin_anew"), searches, backs),
        steps,
    ),
    min_size=1,
    max_size=3,
)

struck = 0  # moments at which something came between a matcher's reading and its writing
ask = Running.ask


class Crash(Exception):
    """The matcher died."""


class Ledger(RuleBasedStateMachine):
    catalog: Catalog

    def __init__(self) -> None:
        super().__init__()
        self.between: list[list[tuple]] = []
        self.fuse = 0
        self.texts: dict[str, list[str]] = defaultdict(list)  # every version of a work; "" while it is withdrawn
        self.begun: dict[int, list[tuple[int, int, int | None]]] = defaultdict(list)  # newest match then, start, back
        self.told: dict[tuple[int, int], int] = {}
        self.stopped: dict[int, int] = {}  # search that does not run: the newest match when it was stopped
        self.seen = 0

    @initialize()
    def empty(self) -> None:
        with self.catalog.write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))
            for number in (1, 2):
                who = {"id": number, "address": f"{number}@example.net", "language": "en", "state": "active"}
                connection.execute(sa.insert(subscribers).values(who | {"since": NOW}))

        @sa.event.listens_for(self.catalog.engine, "before_cursor_execute")
        def burn(*_: object) -> None:
            if self.fuse:
                self.fuse -= 1
                if not self.fuse:
                    raise Crash

        self.burn = burn
        Running.ask = lambda *given: self.think(*given)
        for search in SEARCHES:
            self.begin(search, None)

    def teardown(self) -> None:
        self.between, self.fuse = [], 0
        self.remember()
        if hasattr(self, "burn"):
            match_changes(self.catalog, 2)
            self.nothing_is_invented()
            self.nothing_is_lost()
            sa.event.remove(self.catalog.engine, "before_cursor_execute", self.burn)
        Running.ask = ask

    def think(self, *given):
        """What a matcher finds; before it can write it, others act."""
        global struck
        found = ask(*given)
        if self.between:
            struck += 1
            for step in self.between.pop():
                self.act(step)
        return found

    @rule(step=steps)
    def step(self, step) -> None:
        self.remember()
        self.act(step)

    @rule(first=published, batch=st.integers(1, 3), between=st.lists(strikes, min_size=1, max_size=3))
    def match_while_others_act(self, first, batch, between) -> None:
        self.remember()
        self.act(first)
        self.between = between
        match_changes(self.catalog, batch)
        self.between = []

    @rule(first=published, moment=st.integers(1, 40), between=st.lists(strikes, max_size=2))
    def match_and_die(self, first, moment, between) -> None:
        global struck
        self.remember()
        self.act(first)
        self.between, self.fuse = between, moment
        try:
            match_changes(self.catalog, 2)
        except Crash:
            struck += 1
        self.between, self.fuse = [], 0

    def act(self, step) -> None:
        fuse, self.fuse = self.fuse, 0  # the matcher dies, not the others
        verb, what, more = step
        getattr(self, verb)(*([what] if what else []), *([more] if verb.startswith(("publish", "begin")) else []))
        self.fuse = fuse

    def publish(self, letter: str, word: str) -> None:
        before = self.texts[letter][-1] if self.texts[letter] else ""
        self.texts[letter].append(f"{before} {word}".strip())
        put(self.catalog, work(letter, self.texts[letter][-1]))

    def withdraw(self, letter: str) -> None:
        if self.texts[letter] and self.texts[letter][-1]:
            self.texts[letter].append("")
            withdraw(self.catalog, work(letter, "").key)

    def note(self, letter: str) -> None:
        if self.texts[letter]:
            with self.catalog.write() as connection:
                self.catalog.record_change(connection, NOTED, self.numbers(connection)[letter])

    def begin(self, search, back: int | None) -> None:
        """A new search, or one that was paused or ended and runs again."""
        member, query, scope = search
        mine = (saved_searches.c.subscriber_id == member) & (saved_searches.c.identity == identity_of(query, {}, scope))
        with self.catalog.write() as connection:
            row = connection.execute(sa.select(saved_searches).where(mine)).one_or_none()
            if row is not None and row.state == "running":
                return
            start = self.catalog.last_seq(connection)
            values = {"state": "running", "start_seq": start, "backfill": back is not None, "back_to": back or 0}
            values |= {"tree": None, "read_as": ""}
            if row is None:
                new = {"subscriber_id": member, "name": query, "query": query, "scope": scope}
                values |= new | {"identity": identity_of(query, {}, scope)}
                number = connection.execute(sa.insert(saved_searches).values(values)).inserted_primary_key[0]
            else:
                connection.execute(sa.update(saved_searches).where(mine).values(values))
                number = row.id
            newest = connection.execute(sa.select(sa.func.max(matches.c.id))).scalar() or 0
        self.begun[number].append((newest, start, back))
        self.stopped.pop(number, None)

    def begin_anew(self, search, back: int | None) -> None:
        """Ended and saved again, perhaps while a matcher thinks that it goes on."""
        self.end(search)
        self.begin(search, back)

    def pause(self, search) -> None:
        self.stop(search, "paused")

    def end(self, search) -> None:
        self.stop(search, "ended")

    def stop(self, search, state: str) -> None:
        member, query, scope = search
        mine = (saved_searches.c.subscriber_id == member) & (saved_searches.c.identity == identity_of(query, {}, scope))
        with self.catalog.write() as connection:
            stop = sa.update(saved_searches).where(mine).values(state=state).returning(saved_searches.c.id)
            for number in connection.execute(stop).scalars():
                newest = connection.execute(sa.select(sa.func.max(matches.c.id))).scalar()
                self.stopped.setdefault(number, newest or 0)

    def mail(self) -> None:
        """Everything that was not told goes into a mail, as the mails do it."""
        with self.catalog.write() as connection:
            query = sa.select(matches, saved_searches.c.subscriber_id).join(saved_searches)
            for row in connection.execute(query.where(matches.c.outbox_id.is_(None))).all():
                period = f"{row.search_id} {row.work_id}"
                assert (row.search_id, row.work_id) not in self.told
                mail = {"subscriber_id": row.subscriber_id, "kind": "at once", "period": period, "state": "waiting"}
                mail |= {"message_id": period, "message": b"", "created": NOW}
                number = connection.execute(sa.insert(outbox).values(mail)).inserted_primary_key[0]
                connection.execute(sa.update(matches).where(matches.c.id == row.id).values(outbox_id=number))
                self.told[row.search_id, row.work_id] = number

    def match(self, batch: int) -> None:
        match_changes(self.catalog, batch)

    def remember(self) -> None:
        """What was there before a step: all that a matcher may know of beside what comes during it."""
        self.versions = {letter: max(len(texts) - 1, 0) for letter, texts in self.texts.items()}

    def numbers(self, connection) -> dict[str, int]:
        rows = connection.execute(sa.select(works.c.symbol, works.c.id))
        return {symbol.rpartition("/")[2]: number for symbol, number in rows}

    @invariant()
    def nothing_is_invented(self) -> None:
        """Every new match is of a text and a search that were there, and what was told stays told."""
        with self.catalog.read() as connection:
            rows = connection.execute(sa.select(matches, saved_searches.c.query).join(saved_searches)).all()
            names = {number: letter for letter, number in self.numbers(connection).items()}
            news = {row.seq: row.work_id for row in connection.execute(sa.select(changes)) if row.kind != NOTED}
        assert len({(row.search_id, row.work_id) for row in rows}) == len(rows)
        assert {(row.search_id, row.work_id): row.outbox_id for row in rows if row.outbox_id} == self.told
        assert all(row.id <= self.stopped.get(row.search_id, row.id) for row in rows)
        for row in (row for row in rows if row.id > self.seen):
            letter = names[row.work_id]
            assert any(map(QUERIES[row.query], filter(None, self.texts[letter][self.versions.get(letter, 0) :])))
            assert news[row.seq] == row.work_id
            _, start, back = [begun for begun in self.begun[row.search_id] if begun[0] < row.id][-1]
            assert row.seq > start if row.origin == "news" else back is not None and row.seq > back
        self.seen = max((row.id for row in rows), default=self.seen)

    def nothing_is_lost(self) -> None:
        """Every search that runs has every work that answers and has changed since it began, or since it looks back."""
        with self.catalog.read() as connection:
            kept = set(connection.execute(sa.select(matches.c.search_id, matches.c.work_id)).tuples())
            running = connection.execute(sa.select(saved_searches).where(saved_searches.c.state == "running")).all()
            numbers = self.numbers(connection)
            newest = sa.select(changes.c.work_id, sa.func.max(changes.c.seq)).where(changes.c.kind != NOTED)
            last = dict(connection.execute(newest.group_by(changes.c.work_id)).tuples().all())
        for search in running:
            _, start, back = self.begun[search.id][-1]
            assert not search.backfill
            for letter, texts in self.texts.items():
                if texts and texts[-1] and QUERIES[search.query](texts[-1]):
                    number = numbers[letter]
                    if last[number] > (start if back is None else min(start, back)):
                        assert (search.id, number) in kept, (search.query, letter, texts)


def test_nothing_is_lost_and_nothing_comes_twice_whatever_comes_between(record_property):
    with tempfile.TemporaryDirectory() as folder:
        Ledger.catalog = Catalog(f"sqlite:///{Path(folder)}/catalog.sqlite")

        @sa.event.listens_for(Ledger.catalog.engine, "connect")
        def hurry(connection, _record) -> None:
            connection.execute("PRAGMA synchronous=OFF")  # nobody pulls the plug here

        Ledger.catalog.migrate()
        some = settings(
            max_examples=min(10 + WANTED // 40, 500),
            stateful_step_count=25,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        while struck < WANTED:
            run_state_machine_as_test(Ledger, settings=some)
        Ledger.catalog.engine.dispose()
    record_property("moments", struck)
