"""A document was read again: what of its work is news, and what did the work say before?

A change that comes from reading again names its passages (changes.passages); that of a new document names none, and
all of the work is news by it. **The rule** by which such a work is told of, held by matcher, audit and trace alike:

- a search among whose changes is one that names no passages, or the description, is told as always;
- else it is told if the work answers it now, and either the work did not answer it before these readings, or one of
  the things that it asks for, of those that its sentence wants rather than forbids, stands in a passage that is news;
- a search in paragraphs is told if a paragraph that answers it is itself news.

So nobody is told of a mere re-reading: a search that was saved in between and finds only what was there already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import NOTED
from catalog.catalog import Change
from catalog.tables import changes, readings
from pipeline import DESCRIPTION, OldParagraph, carried, text_of, undone, unpacked
from search.engines.engine import IndexedParagraph, IndexedWork
from search.fields import NAME_FIELDS

CHUNK = 500  # numbers in one query

Place = tuple[int, int]  # document and ordinal


class News(NamedTuple):
    """What one change brought: passages, by where they are today; None: all of the work is news."""

    seq: int
    passages: frozenset[Place] | None
    document_id: int | None


@dataclass(slots=True)
class Fresh:
    """The news of a work, oldest first, and what each of its documents was, before each change that read it again."""

    news: list[News] = field(default_factory=list)
    texts: dict[int, list[tuple[int, list[OldParagraph]]]] = field(default_factory=dict)

    def after(self, seq: int) -> int:
        """How many of its news are not after this change: what tells two searches apart, if anything does."""
        return sum(each.seq <= seq for each in self.news)

    def is_whole(self, seq: int) -> bool:
        """Whether all of the work is news after this change."""
        return any(each.passages is None for each in self.news if each.seq > seq)

    def passages(self, seq: int) -> frozenset[Place]:
        return frozenset[Place]().union(*(each.passages or () for each in self.news if each.seq > seq))

    def before(self, work: IndexedWork, seq: int) -> IndexedWork:
        """The work as it was at this change, but for its description."""
        news, kept = self.passages(seq), list[IndexedParagraph]()
        documents: dict[int, list[IndexedParagraph]] = defaultdict(list)
        for paragraph in work.paragraphs:
            documents[paragraph.document_id].append(paragraph)
        for document, paragraphs in documents.items():
            text = next((text for at, text in self.texts.get(document, ()) if at > seq), None)
            kept += _as_it_was(paragraphs, news, text)
        return _of_paragraphs(work, kept)

    def only(self, work: IndexedWork, seq: int) -> IndexedWork:
        """The work as if it had said no more than its news; what is said of it as a whole is kept."""
        news = self.passages(seq)
        return replace(work, paragraphs=tuple(each for each in work.paragraphs if _place(each) in news))

    def said(self, work: IndexedWork, seq: int) -> IndexedWork:
        """The news alone, of which nothing is said that is not in them."""
        only = self.only(work, seq).paragraphs
        values, names = _values_of(only)
        return replace(work, titles=(), date=None, values=values, names=names, paragraphs=only)


def read_fresh(
    connection: Connection, after: int, some: Iterable[Change] | None = None, work: int | None = None
) -> dict[int, Fresh]:
    """By work, its news after this change (of those in `some`, or of one work), where one of them names passages."""
    news = list(some) if some is not None else _since(connection, after, work)
    works = {each.work_id for each in news if each.passages is not None and each.kind != NOTED}
    found: dict[int, Fresh] = {work: Fresh() for work in sorted(works)}
    mine = [each for each in news if each.work_id in works and each.kind != NOTED]
    if not mine:
        return {}
    blocks = _blocks(connection, {each.document_id for each in mine if each.document_id is not None}, after)
    for change in mine:
        found[change.work_id].news.append(News(change.seq, _today(change, blocks), change.document_id))
    for fresh in found.values():
        for document in {each.document_id for each in fresh.news if each.document_id is not None}:
            fresh.texts[document] = _texts(connection, document, blocks.get(document, []))
    return found


def _today(change: Change, blocks: Mapping[int, Sequence[tuple[int, list[dict[str, Any]]]]]) -> frozenset[Place] | None:
    document = change.document_id
    if change.passages is None or DESCRIPTION in change.passages or document is None:
        return None
    places = set(change.passages)
    for seq, some in blocks.get(document, ()):
        if seq > change.seq:
            places = carried(places, some)
    return frozenset((document, each) for each in places)


def _since(connection: Connection, after: int, work: int | None) -> list[Change]:
    named = sa.select(changes.c.work_id).where(changes.c.seq > after, changes.c.passages.is_not(None))
    query = sa.select(changes).where(changes.c.seq > after, changes.c.work_id.in_(named), changes.c.kind != NOTED)
    query = query if work is None else query.where(changes.c.work_id == work)
    return [Change(*row) for row in connection.execute(query.order_by(changes.c.seq))]


def _blocks(
    connection: Connection, documents: Iterable[int], after: int
) -> dict[int, list[tuple[int, list[dict[str, Any]]]]]:
    """By document, what its readings after this change did, oldest first."""
    found: dict[int, list[tuple[int, list[dict[str, Any]]]]] = defaultdict(list)
    ids = sorted(documents)
    columns = (readings.c.document_id, readings.c.seq, readings.c.differences)
    for start in range(0, len(ids), CHUNK):
        mine = readings.c.document_id.in_(ids[start : start + CHUNK]) & (readings.c.seq > after)
        query = sa.select(*columns).where(mine, readings.c.version > 1).order_by(readings.c.version)
        for document, seq, kept in connection.execute(query):
            found[document].append((seq, unpacked(kept)))
    return found


def _texts(
    connection: Connection, document: int, blocks: Sequence[tuple[int, list[dict[str, Any]]]]
) -> list[tuple[int, list[OldParagraph]]]:
    """What it said before each of its readings, oldest first."""
    if not blocks:
        return []
    text, found = text_of(connection, document), []
    for seq, some in reversed(blocks):
        text = undone(text, some)
        found.append((seq, text))
    return found[::-1]


def _as_it_was(
    paragraphs: Sequence[IndexedParagraph], news: frozenset[Place], text: Sequence[OldParagraph] | None
) -> list[IndexedParagraph]:
    """Where a text is known to have been the same, what is now known of it counts, unless that is the news."""
    now = [replace(each, values=()) if _place(each) in news else each for each in paragraphs]
    if text is None:
        return now
    known = {each.text: each for each in now}
    first = paragraphs[0]
    return [
        known.get(each.text)
        or IndexedParagraph(first.document_id, at, each.language or first.language, each.text, (), each.kind)
        for at, each in enumerate(text, 1)
    ]


def _of_paragraphs(work: IndexedWork, paragraphs: Sequence[IndexedParagraph]) -> IndexedWork:
    """Without what is known of the work only by paragraphs that it has no more."""
    kept = {value for paragraph in paragraphs for value in paragraph.values}
    lost = {value for paragraph in work.paragraphs for value in paragraph.values} - kept
    without = ({f: tuple(v for v in some if (f, v) not in lost) for f, some in each.items()} for each in _said(work))
    values, names = without
    return replace(work, values=values, names=names, paragraphs=tuple(paragraphs))


def _said(work: IndexedWork) -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    return work.values, work.names


def _values_of(
    paragraphs: Iterable[IndexedParagraph],
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for paragraph in paragraphs:
        for name, value in paragraph.values:
            values[name][value] = None
    found = {name: tuple(some) for name, some in values.items()}
    names = {name: found.pop(name) for name in list(found) if name in NAME_FIELDS}
    return found, names


def _place(paragraph: IndexedParagraph) -> Place:
    return paragraph.document_id, paragraph.ordinal
