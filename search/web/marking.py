"""Which words of a document's text does a question ask for? Those that the results mark, wherever they stand."""

from typing import NamedTuple

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import documents
from search.citing import Citing
from search.marks import marks
from search.query.parse import parse
from search.query.resolve import resolve
from search.spoken import spoken_of
from search.text import ReadDocument

Spans = tuple[tuple[int, int], ...]


class _Read(NamedTuple):
    ordinal: int
    language: str | None
    text: str


def marks_of(catalog: Catalog, document: ReadDocument, query: str, room: int) -> dict[int, Spans]:
    """ordinal -> offsets, for the paragraphs of this part; of each at most its first `room` characters."""
    if not query.strip():
        return {}
    tree = resolve(parse(query).tree, Citing(catalog)).tree
    paragraphs = [
        _Read(each.ordinal, each.language or page.language or document.language, each.text[:room])
        for page in document.pages
        for each in page.paragraphs
    ]
    with catalog.read() as connection:
        own = connection.execute(sa.select(documents.c.id).where(documents.c.sha256 == document.sha256)).scalar_one()
        spoken = spoken_of(connection, tree, [(own, each.ordinal) for each in paragraphs])
    return {
        each.ordinal: marks(tree, each.text, each.language, spoken.get((own, each.ordinal), ())) for each in paragraphs
    }
