"""What does one table of a document say, as a spreadsheet opens it? CSV as RFC 4180 has it, no cell a formula."""

import csv
from collections.abc import Sequence
from io import StringIO

import sqlalchemy as sa

from catalog import Catalog
from catalog.tables import documents, grids
from search.export.table import MARK, cell
from search.text import ReadGrid


def read_grid(catalog: Catalog, sha256: str, number: int) -> ReadGrid | None:
    """The table of that number, counted from 1 through the document; None if there is none."""
    own = (
        sa.select(grids)
        .join(documents, documents.c.id == grids.c.document_id)
        .where(documents.c.sha256 == sha256, grids.c.number == number)
    )
    with catalog.read() as connection:
        row = connection.execute(own).first()
    return ReadGrid(row.number, row.page, row.last_page, row.title, tuple(map(tuple, row.rows))) if row else None


def as_csv(rows: Sequence[Sequence[str]], mark: bool = True) -> str:
    """The rows; `mark`: begin with a byte order mark, without which Excel takes UTF-8 for something else."""
    out = StringIO()
    csv.writer(out).writerows([cell(value) for value in row] for row in rows)
    return (MARK if mark else "") + out.getvalue()
