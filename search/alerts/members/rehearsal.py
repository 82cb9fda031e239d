"""What would this search have brought, had it been saved three months ago? Counted over the changes of that time.

The hits are those that live matching would have found: works that a change brought or renewed in the WINDOW and that
the search finds, each once. What was only noted is no news here either. With them: how many to expect a week, and, from
what they are, how to get fewer where that is more than people read, or more where it is none.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import sqlalchemy as sa

from catalog import NOTED, Catalog
from catalog.tables import changes
from search.alerts.members.hints import Hint, Trial, broader, narrower
from search.alerts.members.lint import SCOPES, lint
from search.alerts.members.sought import Asking, answering, in_words
from search.alerts.members.verdicts import Verdict, verdict
from search.citing import Citing
from search.engines.engine import Engine, Question
from search.fields import FACETS
from search.query.parse import MAX_LENGTH, parse
from search.query.resolve import resolve
from search.query.tree import Node, OfWorks, both
from search.query.widen import widen
from search.results import Widening
from search.widening import count_widening

WINDOW = timedelta(days=90)
WEEK = timedelta(days=7)
MOST_WORKS = 10_000  # changed in the window; with more the newest are looked at, and that is said
BROAD = 20.0  # hits a week that are more than people read
MOST_PARAGRAPHS = 20_000
SHOWN = 10  # hits for a sample
SECONDS = 2.0  # that may pass before nothing more is tried: the hits are always counted, hints as far as there is time


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`hits` works since `since`, the newest `sample` of them first; `weeks`: how many in each week, oldest first.

    `weekly` is what to expect, None where the catalog is too young to tell. `whole` is False where more works had
    changed than are looked at: `since` is then later than asked. `said` is the search in words.
    """

    asking: Asking
    said: str
    verdicts: tuple[Verdict, ...]
    since: datetime
    hits: int = 0
    weekly: float | None = None
    weeks: tuple[int, ...] = ()
    whole: bool = True
    sample: tuple[int, ...] = ()
    here: int = 0  # works that are there already: what a look back would bring
    hints: tuple[Hint, ...] = ()
    families: tuple[Widening, ...] = ()
    hurried: bool = False  # there was no time to try every hint and keyword
    changed: Mapping[int, int] = field(default_factory=dict, compare=False, repr=False)  # work -> seq, of the hits

    @property
    def refused(self) -> bool:
        return any(each.refuses for each in self.verdicts)


def rehearse(
    catalog: Catalog, engine: Engine, asking: Asking, now: datetime | None = None, language: str = "en"
) -> Rehearsal:
    """Lints the search and, unless it can never match, counts what it would have brought."""
    now = now or datetime.now(UTC)
    citations = Citing(catalog)
    linted = lint(asking.query, asking.filters, asking.scope, language, citations, now.date())
    asking = replace(asking, query=linted.query)
    said = in_words(asking, language)
    stage = _Stage(catalog, engine, asking, now, language, citations)
    if linted.refusals:  # what could be asked in its place, whether or not it would have brought something
        return Rehearsal(asking, said, linted.verdicts, now - WINDOW, hints=stage.others())
    return stage.rehearsal(said, linted.verdicts)


@dataclass(frozen=True, slots=True)
class _Changed:
    """The works of the window, with the first moment and the last number of their changes in it; `since` when it
    begins, `began` the first change of all."""

    works: Mapping[int, tuple[datetime, int]]
    since: datetime
    whole: bool
    began: datetime | None


class _Stage:
    """One rehearsal: the works of the window, and the engine that is asked which of them answer."""

    def __init__(
        self, catalog: Catalog, engine: Engine, asking: Asking, now: datetime, language: str, citations: Citing
    ) -> None:
        self.engine, self.asking, self.now, self.language, self.citations = engine, asking, now, language, citations
        self.changed = _changed(catalog, now - WINDOW)
        self.window = OfWorks(tuple(sorted(self.changed.works)))
        self.until, self.hurried = time.monotonic() + SECONDS, False

    def rehearsal(self, said: str, verdicts: Sequence[Verdict]) -> Rehearsal:
        found = sorted(self.found(self.asking), key=lambda work: self.changed.works[work], reverse=True)
        weeks = self._weeks(found)
        weekly = self._weekly(len(found), found)
        made = Rehearsal(
            self.asking,
            said,
            tuple(verdicts),
            since=self.changed.since,
            hits=len(found),
            weekly=weekly,
            weeks=weeks,
            whole=self.changed.whole,
            sample=tuple(found[:SHOWN]),
            here=self._here(),
            changed={work: self.changed.works[work][1] for work in found},
        )
        if weekly is not None and weekly > BROAD:
            broad = verdict("broad", self.language, count=round(weekly))
            hints = narrower(self.asking, self._facets(found), BROAD, self._trial(weekly, len(found)), self.language)
            made = replace(made, verdicts=(*made.verdicts, broad), hints=hints)
        if not found:
            hints = broader(self.asking, self.engine.frequencies, self._trial(None, 0), self.language)
            made = replace(made, hints=hints)
        families = self._families()
        return replace(made, families=families, hurried=self.hurried)

    def others(self) -> tuple[Hint, ...]:
        """For a search that can never match: those near it that can."""
        if len(self.asking.query) > MAX_LENGTH or self.asking.scope not in SCOPES:
            return ()
        known = {name: values for name, values in self.asking.filters.items() if name in FACETS}
        asking = replace(self.asking, filters=known)
        return broader(asking, self.engine.frequencies, self._trial(None, 0), self.language, least=0)

    def found(self, asking: Asking) -> set[int]:
        """Which works of the window the search finds."""
        return set(self._walk(asking, self._tree(asking.query))) if self.window.ids else set()

    def _tree(self, query: str) -> Node:
        return self._resolved(parse(query, today=self.now.date()).tree)

    def _resolved(self, tree: Node) -> Node:
        return resolve(tree, self.citations).tree

    def _walk(self, asking: Asking, tree: Node) -> Iterator[int]:
        return answering(self.engine, both([tree, self.window]), asking)

    def _number(self, asking: Asking, tree: Node) -> int:
        """How many works of the window answer a resolved tree."""
        if asking.scope == "works":
            return self.engine.ask(Question(both([tree, self.window]), asking.filters, limit=0)).total
        return len(set(self._walk(asking, tree)))

    def _here(self) -> int:
        """Of all that is there, whenever it came; of paragraphs the works are counted, as far as MOST_PARAGRAPHS go."""
        tree = self._tree(self.asking.query)
        if self.asking.scope == "works":
            return self.engine.ask(Question(tree, self.asking.filters, limit=0)).total
        return len(set(islice(answering(self.engine, tree, self.asking), MOST_PARAGRAPHS)))

    def _weeks(self, found: Sequence[int]) -> tuple[int, ...]:
        """Hits in each week of the window, the oldest first."""
        counts = [0] * (int((self.now - self.changed.since) / WEEK) + 1)
        for work in found:
            counts[min(int((self.now - self.changed.works[work][0]) / WEEK), len(counts) - 1)] += 1
        return tuple(reversed(counts))

    def _weekly(self, hits: int, found: Sequence[int]) -> float | None:
        """Hits a week. The first week of a catalog brings all that was published before, and says nothing of weeks."""
        began = self.changed.began
        if began is None:
            return None
        since = self.changed.since
        if began > since:
            since = began + WEEK
            hits = sum(self.changed.works[work][0] >= since for work in found)
        span = (self.now - since) / WEEK
        return hits / span if span >= 1 else None

    def _facets(self, found: Sequence[int]) -> Mapping[str, Sequence[tuple[str, int]]]:
        hits = OfWorks(tuple(sorted(found)))
        return self.engine.ask(Question(hits, facets=FACETS, limit=0)).counts

    def _trial(self, weekly: float | None, hits: int) -> Trial:
        """How many hits another search has, and how many a week, as this one's go; None if it can never match."""
        share = weekly / hits if weekly is not None and hits else WEEK / (self.now - self.changed.since)

        def tried(asking: Asking) -> tuple[int, float] | None:
            if lint(
                asking.query, asking.filters, asking.scope, citations=self.citations, today=self.now.date()
            ).refusals:
                return None
            if self._late():
                return None
            number = self._number(asking, self._tree(asking.query))
            return number, number * share

        return tried

    def _families(self) -> tuple[Widening, ...]:
        """What each word of the keyword families would find in the window, and what of it is new."""
        widened = widen(parse(self.asking.query, today=self.now.date()).tree, self.language)
        if not widened.families or not self.window.ids:
            return ()

        def total(tree: Node) -> int:
            if self._late():
                raise TimeoutError
            return self._number(self.asking, self._resolved(tree))

        try:
            return count_widening(widened, total, self.language, self.language)[0]
        except TimeoutError:  # half of it would say of the others that they bring nothing
            return ()

    def _late(self) -> bool:
        self.hurried = self.hurried or time.monotonic() > self.until
        return self.hurried


def _changed(catalog: Catalog, since: datetime) -> _Changed:
    """The works that a change brought or renewed since then; the newest MOST_WORKS of them."""
    news = (changes.c.kind != NOTED) & (changes.c.kind != "withdrawn") & (changes.c.at >= since)
    moment, seq = sa.func.min(changes.c.at).label("moment"), sa.func.max(changes.c.seq).label("seq")
    query = sa.select(changes.c.work_id, moment, seq).where(news).group_by(changes.c.work_id)
    query = query.order_by(sa.desc("seq")).limit(MOST_WORKS + 1)
    with catalog.read() as connection:
        rows = connection.execute(query).all()
        began = connection.execute(sa.select(changes.c.at).order_by(changes.c.seq).limit(1)).scalar()
    whole = len(rows) <= MOST_WORKS
    works = {int(work): (at, int(number)) for work, at, number in rows[:MOST_WORKS]}
    if not whole:
        since = min(at for at, _ in works.values())
    return _Changed(works, since, whole, began)
