"""How is a result written as a table? CSV as RFC 4180 has it, safe to open in a spreadsheet.

It begins with a byte order mark, without which Excel takes UTF-8 for something else. A cell whose first character would
make a formula of it gets an apostrophe before it; JSON Lines have the text as it is.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from search.export.citable import About, Citable, printable
from search.known import POOR_TEXT
from search.results import Passage

MARK = "\ufeff"
COLUMNS = (
    *("work", "symbol", "symbols", "title", "date", "publisher", "body", "session", "agenda_item", "kind"),
    *("languages", "url", "citation", "page", "paragraph", "passage", "passage_language", "quality", "poor"),
    "passage_url",
)
FORMULA = "=+-@\t\r\n＝＋－＠"


def write_table(found: Iterable[Citable], about: About) -> Iterator[str]:
    """One row a work with its best passage, or one a paragraph."""
    line = StringIO()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield MARK + line.getvalue()
    for each in found:
        line.seek(0)
        line.truncate()
        writer.writerow([cell(value) for value in _row(each, about)])
        yield line.getvalue()


def cell(value: str | int | float | None) -> str | int | float:
    """A value that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.startswith(tuple(FORMULA)) else text


def _row(each: Citable, about: About) -> list[str | int | float | None]:
    hit = each.hit
    passage = hit.passages[0] if hit.passages else None
    return [
        hit.work,
        each.symbol,
        "; ".join(hit.symbols),
        hit.title,
        hit.date.isoformat() if hit.date else None,
        hit.publisher,
        hit.body,
        each.session,
        each.agenda_item,
        each.kind,
        "; ".join(hit.languages),
        about.urls.work(hit.work),
        *_quoted(passage, about),
    ]


def _quoted(passage: Passage | None, about: About) -> list[str | int | float | None]:
    if passage is None:
        return [None] * 8
    url = about.urls.document(passage.sha256, at=passage.ordinal, number=passage.paragraph)
    found = (passage.citation, passage.page, passage.paragraph, passage.text, passage.language, passage.quality)
    return [*found, POOR_TEXT if passage.poor else "", url]
