"""What does a document that is read again say that it did not say before? Three things can be news.

Passages that say what was not said before (compare.py), those in which is now recognised what the document was not
known to speak of, and what is said of the document itself: its title, date, body, and so on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import tables
from pipeline.document import Document, Paragraph
from pipeline.rereading.compare import News, key_of, news
from pipeline.rereading.versions import OldParagraph, compared, storable, text_of

DESCRIPTION = 0  # among the ordinals of a change: what is said of the document itself is news
_OUTSIDE = ("heads", "feet", "job_numbers")  # of Reading.facts: printed outside the text
_RECOGNISED = ("country", "body", "instrument", "theme")  # by tables; names that a model finds come and go


@dataclass(frozen=True, slots=True)
class Again:
    """What a document that is read again says that it did not say before. `gone`: or says no more."""

    passages: list[int]
    gone: bool
    differences: list[dict[str, Any]]

    @property
    def is_news(self) -> bool:
        return bool(self.passages) or self.gone

    @property
    def changed(self) -> int:
        """Paragraphs that are not letter by letter what they were."""
        return sum(max(block["count"], len(block["before"])) for block in self.differences)


class Before:
    """A document as it was read before; made before its rows are written anew."""

    def __init__(self, connection: Connection, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        same = before["text_sha256"] == values["text_sha256"]
        self.text = None if same else text_of(connection, before["id"])
        self.spoken: dict[int, set[tuple[str, str]]] = defaultdict(set)
        mine = tables.mentions.c.kind.in_(_RECOGNISED)
        for table, value, where in ((tables.mentions, "value", mine), (tables.citations, "target", sa.true())):
            query = sa.select(table.c.ordinal, table.c.kind, table.c[value]).where(where)
            for ordinal, kind, text in connection.execute(query.where(table.c.document_id == before["id"])):
                self.spoken[ordinal].add((kind, text))

    def held_against(self, document: Document, about: bool = False) -> Again:
        """`about`: what is said of the document itself is news."""
        paragraphs = document.reading.paragraphs
        new = [_old_paragraph(each) for each in paragraphs]
        found, blocks = News(), list[dict[str, Any]]()
        if self.text is not None:
            outside = (each for name in _OUTSIDE for each in document.reading.facts.get(name, ()))
            found = news([each.line for each in self.text], [each.line for each in new], outside)
            blocks = compared(self.text, new, found)
        spoken = _spoken_of(document)
        passages = {paragraphs[at].ordinal for at in found.new} | self._gained(new, spoken)
        lost = _every(self.spoken) - _every(spoken)
        return Again(sorted({DESCRIPTION, *passages} if about else passages), bool(found.gone or lost), blocks)

    def _gained(self, new: Sequence[OldParagraph], spoken: Mapping[int, set[tuple[str, str]]]) -> set[int]:
        """Paragraphs in which is now recognised what was not, though their words were there."""
        if spoken == self.spoken:
            return set()
        every, known = _every(self.spoken), dict[str, set[tuple[str, str]]]()
        for ordinal, line in enumerate((each.line for each in (self.text or new)), 1):
            known.setdefault(key_of(line), set()).update(self.spoken.get(ordinal, ()))
        keys = {ordinal: key_of(each.line) for ordinal, each in enumerate(new, 1) if ordinal in spoken}
        return {ordinal for ordinal, key in keys.items() if spoken[ordinal] - known.get(key, every)}


def _spoken_of(document: Document) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for mention in document.mentions:
        if mention.kind in _RECOGNISED:
            found[mention.ordinal].add((mention.kind, storable(mention.value)[:200]))
    for citation in document.citations:
        found[citation.ordinal].add((citation.kind, storable(citation.target)[:200]))
    return found


def _every(spoken: Mapping[int, set[tuple[str, str]]]) -> set[tuple[str, str]]:
    return set().union(*spoken.values())


def _old_paragraph(paragraph: Paragraph) -> OldParagraph:
    number = paragraph.number and storable(paragraph.number)[:16]
    return OldParagraph(paragraph.page, number, paragraph.kind, paragraph.language, storable(paragraph.text))
