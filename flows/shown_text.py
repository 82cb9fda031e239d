"""How does a document look in a terminal? Page by page: numbered paragraphs, tables, the footnotes under each page."""

from collections.abc import Iterator, Sequence

from rich.text import Text

from flows.shown import console
from search.known import POOR_TEXT
from search.text import ReadDocument, ReadGrid, ReadPage, ReadParagraph


def text(document: ReadDocument, also: Sequence[int] = ()) -> None:
    """The text as it was read, a table where it begins; `also`: pages of others of the same number."""
    grids = {grid.number: grid for grid in document.grids}
    for page in document.pages:
        _head(page)
        for paragraph in (each for each in page.paragraphs if each.kind != "note"):
            if paragraph.grid in grids:
                console.print(_table(grids.pop(paragraph.grid)))
            elif paragraph.grid is None:
                console.print(_paragraph(paragraph))
        for note in (each for each in page.paragraphs if each.kind == "note"):
            console.print(_note(note))
    for line in _facts(document):
        console.print(Text(line, style="dim"))
    if also:
        pages = ", ".join(map(str, also))
        console.print(Text(f"the same number stands on page {pages} too: add “, p. {also[0]}” for that", style="dim"))


def _head(page: ReadPage) -> None:
    head = Text(
        f"--- page {page.page} ({page.method}, quality {page.quality:.2f}, {page.language or '?'})", style="dim"
    )
    if page.awaits_ocr:
        head.append("  not read yet: waits for OCR", style="yellow")
    elif page.poor and page.text:
        head.append(f"  {POOR_TEXT}", style="yellow")
    if page.note:
        head.append(f"  {page.note}", style="yellow")
    console.print(head)


def _paragraph(paragraph: ReadParagraph) -> Text:
    number = paragraph.number
    shown = Text(f"{number} " if number and number.endswith(")") else f"{number}. " if number else "")
    shown.append(paragraph.text, style="bold" if paragraph.kind == "heading" else "")
    for start, end, _ in paragraph.marks:
        shown.stylize("cyan", len(shown) - len(paragraph.text) + start, len(shown) - len(paragraph.text) + end)
    if paragraph.last_page > paragraph.page:
        shown.append(f"  (pages {paragraph.page}-{paragraph.last_page})", style="dim")
    return shown.append("\n")


def _note(note: ReadParagraph) -> Text:
    shown = Text("  ").append(f"footnote {note.mark}: " if note.mark else "footnote: ", style="cyan")
    shown.append(note.text, style="dim")
    if note.last_page > note.page:
        shown.append(f"  (pages {note.page}-{note.last_page})", style="dim")
    return shown.append("\n")


def _table(grid: ReadGrid) -> Text:
    over = f" (pages {grid.page}-{grid.last_page})" if grid.last_page > grid.page else ""
    shown = Text(f"table {grid.number}{over}{': ' if grid.title else ''}{grid.title}\n", style="bold")
    for row in grid.rows:
        shown.append(f"  {' | '.join(row)}\n", style="not bold")
    return shown


def _facts(document: ReadDocument) -> Iterator[str]:
    names = {"heads": "running heads", "feet": "running feet", "job_numbers": "job numbers", "unread": "not read"}
    for name, label in names.items():
        if document.facts.get(name):
            yield f"{label}: {'; '.join(dict.fromkeys(document.facts[name]))}"
