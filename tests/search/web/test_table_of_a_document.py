"""Is a table of a document handed out as CSV that no spreadsheet takes for formulas, by page, API and command?"""

import csv
import io

import pytest
import sqlalchemy as sa

from catalog import tables
from search.grids import as_csv, read_grid

ROWS = [["State", "Ratified"], ["Ghana", "7 May 2001"], ["=cmd|' /C calc'!A0", "+1"], ["a,b", 'say "no"']]
SAFE = [["State", "Ratified"], ["Ghana", "7 May 2001"], ["'=cmd|' /C calc'!A0", "'+1"], ["a,b", 'say "no"']]


@pytest.fixture
def sha256(library):
    with library.write() as connection:
        row = connection.execute(
            sa.select(tables.documents.c.id, tables.documents.c.sha256)
            .join(tables.paragraphs)
            .where(tables.documents.c.state == "read")
            .limit(1)
        ).one()
        grid = {"document_id": row.id, "number": 1, "page": 1, "last_page": 1, "title": "", "rows": ROWS}
        connection.execute(sa.insert(tables.grids), [grid])
        one = sa.select(sa.func.min(tables.paragraphs.c.ordinal)).where(tables.paragraphs.c.document_id == row.id)
        ordinal = connection.execute(one).scalar_one()
        here = (tables.paragraphs.c.document_id == row.id) & (tables.paragraphs.c.ordinal == ordinal)
        connection.execute(sa.update(tables.paragraphs).where(here).values(grid=1, kind="row"))
    return row.sha256


def test_page_and_api(client, sha256):
    page = client.get(f"/documents/{sha256}")
    assert f"/documents/{sha256}/table/1.csv" in page.text
    for address in (f"/documents/{sha256}/table/1.csv", f"/api/v1/documents/{sha256}/tables/1"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))) == SAFE
        assert answer.text.startswith("\ufeff")
    for address in (
        f"/documents/{sha256}/table/2.csv",
        f"/documents/{'0' * 64}/table/1.csv",
        "/documents/x/table/1.csv",
    ):
        assert client.get(address).status_code == 404
    assert client.get(f"/api/v1/documents/{sha256}/tables/9").status_code == 404


def test_rows_as_they_are_read(library, sha256):
    grid = read_grid(library, sha256, 1)
    assert [list(row) for row in grid.rows] == ROWS
    assert read_grid(library, sha256, 2) is None
    assert list(csv.reader(io.StringIO(as_csv(grid.rows, mark=False)))) == SAFE
