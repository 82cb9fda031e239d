"""Which document speaks for a passage now, and what does it say in its place?

The one that was quoted; or its newest revision (Rev.), of the same work and language; or what the publisher now offers
at its address. A corrigendum (Corr.) speaks beside it. By the grammar of symbols, as the pipeline tells works.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

import lexicon
from catalog.tables import captures, changes, documents, paragraphs, urls, works
from pipeline import same_words
from search.alerts.matching.comparing import Line, became, corrects, folded, stands

CHANGED, CORRECTED, WITHDRAWN = "changed", "corrected", "withdrawn"  # corrections.kind


class Quoted(NamedTuple):
    """A passage as it was told; `known` is what was told of it last: itself, or what it had become."""

    sha256: str
    language: str | None
    citation: str
    text: str
    known: str

    @property
    def number(self) -> str | None:
        """Of the paragraph, as printed: from its citation."""
        _, there, number = self.citation.rpartition(", para. ")
        return number if there else None


class Finding(NamedTuple):
    """What has become of one passage; `after` is empty if it is gone."""

    kind: str
    citation: str
    before: str
    after: str


class Shelf:
    """A work's documents, and which of them speaks for a passage now; texts are read when they are asked for."""

    def __init__(self, connection: Connection, work_id: int, without: Iterable[str] = ()) -> None:
        self.connection, self.work_id = connection, work_id
        self.gone = frozenset(without)
        own = documents.c.work_id == work_id
        read = connection.execute(sa.select(documents).where(own).order_by(documents.c.id))
        self.documents = [row for row in read if row.state == "read" and row.sha256 not in self.gone]
        self._lines: dict[int, list[Line]] = {}
        self._folded: dict[int, str] = {}
        self._found: dict[tuple[Quoted, int | None], Finding | None] = {}

    def corrigenda(self, ids: Collection[int]) -> list[Row[Any]]:
        """Those among these documents that are corrigenda."""
        return [row for row in self.documents if row.id in ids and _is_corr(row)]

    def became(self, passage: Quoted) -> Finding | None:
        """None: it stands as it was."""
        speaks = self._speaks(passage)
        key = (passage, speaks.id if speaks is not None else None)
        if key not in self._found:
            self._found[key] = self._compared(passage, speaks)
        return self._found[key]

    def _compared(self, passage: Quoted, speaks: Row[Any] | None) -> Finding | None:
        if speaks is None:
            return Finding(WITHDRAWN, passage.citation, passage.known, "")
        if speaks.id not in self._folded:
            self._folded[speaks.id] = folded(self._text(speaks))
        if stands(passage.known, self._folded[speaks.id]):
            return None
        after = became(passage.known, passage.number, self._text(speaks))
        if after and same_words(passage.known, after):  # quotes, marks of notes, ligatures: read better, and no news
            return None
        return Finding(CHANGED, passage.citation, passage.known, after)

    def corrected(self, passage: Quoted, row: Row[Any]) -> Finding | None:
        """What a corrigendum to the quoted document says of the passage; None if it does not speak of it."""
        own = self._quoted(passage)
        if own is not None and own.symbol and _parent(row) != _canonical(own):
            return None
        language = own.language if own is not None else passage.language
        if row.language and language and row.language != language:
            return None
        after = corrects(passage.known, passage.number, self._text(row))
        return Finding(CORRECTED, passage.citation, passage.known, after) if after else None

    def _quoted(self, passage: Quoted) -> Row[Any] | None:
        return next((row for row in self.documents if row.sha256 == passage.sha256), None)

    def _speaks(self, passage: Quoted) -> Row[Any] | None:
        """The document in which the passage has to stand now: the quoted one, its newest revision, what replaced it."""
        own = self._quoted(passage)
        if own is None:
            own = self._elsewhere(passage)
            if own is not None:
                return own
        language = own.language if own is not None else passage.language  # a paragraph may be in another one
        same = [row for row in self.documents if row.language == language and not _is_corr(row)]
        if own is None:
            return min(same, key=_modifiers, default=None)
        later = [row for row in same if _revises(row, own)]
        if later:
            newest = max(map(_revision, later))
            own = next(row for row in later if _revision(row) == newest)
        return self._replacing(own, same)

    def _elsewhere(self, passage: Quoted) -> Row[Any] | None:
        """The quoted document, where it was recognised as part of another work."""
        if passage.sha256 in self.gone:
            return None
        query = sa.select(documents).where(documents.c.sha256 == passage.sha256, documents.c.state == "read")
        return self.connection.execute(query).one_or_none()

    def _replacing(self, own: Row[Any], same: Sequence[Row[Any]]) -> Row[Any]:
        """What its publisher offers at its address now, if that is of the same work and language, and was read."""
        there = sa.select(captures.c.source, captures.c.url).where(captures.c.sha256 == own.sha256).subquery()
        at = (captures.c.source == there.c.source) & (captures.c.url == there.c.url)
        seen = sa.select(captures.c.sha256, urls.c.sha256.label("now")).select_from(
            captures.join(there, at).outerjoin(urls, urls.c.url == captures.c.url)
        )
        by_hash = {row.sha256: row for row in same}
        current = own
        for sha256, now in self.connection.execute(seen.order_by(captures.c.id)):
            offered = now or sha256  # by hand there is no address to look at again: the newest stands
            current = by_hash.get(offered, current)
        return current

    def _text(self, row: Row[Any]) -> list[Line]:
        if row.id not in self._lines:
            query = sa.select(paragraphs.c.number, paragraphs.c.text).where(paragraphs.c.document_id == row.id)
            self._lines[row.id] = [
                Line(*each) for each in self.connection.execute(query.order_by(paragraphs.c.ordinal))
            ]
        return self._lines[row.id]

    def is_withdrawn(self) -> bool:
        """Nothing of the work is left, and none of its documents went to another."""
        if self.documents:
            return False
        own = sa.select(changes.c.document_id).where(changes.c.work_id == self.work_id)
        alive = sa.select(documents.c.sha256).where(documents.c.id.in_(own), documents.c.state == "read")
        return self.gone.issuperset(self.connection.execute(alive).scalars())

    def name(self) -> str:
        """What the work is called where no passage is cited."""
        row = self.connection.execute(sa.select(works).where(works.c.id == self.work_id)).one()
        return str(row.symbol or row.title or row.key)


def _canonical(row: Row[Any]) -> str:
    symbol = lexicon.parse_symbol(row.symbol, row.publisher) if row.symbol else None
    return str(symbol) if symbol else row.symbol or ""


def _parent(row: Row[Any]) -> str:
    symbol = lexicon.parse_symbol(row.symbol, row.publisher) if row.symbol else None
    return str(symbol.parent) if symbol and symbol.parent else ""


def _modifiers(row: Row[Any]) -> tuple[str, ...]:
    symbol = lexicon.parse_symbol(row.symbol, row.publisher) if row.symbol else None
    return symbol.modifiers if symbol else ()


def _is_corr(row: Row[Any]) -> bool:
    return any(modifier.startswith("Corr") for modifier in _modifiers(row)[-1:])


def _revision(row: Row[Any]) -> int:
    """0 for what is no Rev."""
    last = next((each for each in reversed(_modifiers(row)) if each.startswith("Rev")), "")
    digits = "".join(filter(str.isdigit, last))
    return int(digits[:6]) if digits else int(bool(last))


def _revises(row: Row[Any], own: Row[Any]) -> bool:
    """Rev.2 revises Rev.1, and both what has no Rev.; of an addendum only its own Rev. is one."""
    if not row.symbol or not own.symbol:
        return False
    plain = [tuple(each for each in _modifiers(one) if not each.startswith("Rev")) for one in (row, own)]
    same = lexicon.parse_symbol(row.symbol, row.publisher), lexicon.parse_symbol(own.symbol, own.publisher)
    if same[0] is None or same[1] is None or same[0].base != same[1].base:
        return False
    return plain[0] == plain[1] and _revision(row) > _revision(own)
