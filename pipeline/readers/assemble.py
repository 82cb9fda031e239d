"""What is read once all pages of a PDF are? Text and margins set apart, paragraphs, pages and facts."""

from collections import Counter

from pipeline import sniff
from pipeline.document import Page, Reading
from pipeline.readers.refusals import refuse_impostors
from pipeline.readers.sheet import Sheet
from pipeline.structure.margins import set_apart
from pipeline.structure.paragraphs import paragraphs

_SCREEN = 2  # pages up to which a file may be a site's error page


def assemble(sheets: list[Sheet], title: str | None) -> Reading:
    """The reading of all sheets, those included that wait for OCR."""
    texts, margins = set_apart(sheets)
    outside = {
        sheet.number: {id(line) for line in sheet.lines} - {id(line) for line in text}
        for sheet, text in zip(sheets, texts, strict=True)
    }
    facts = margins.facts()
    facts["first_page"] = [line.text for line in sheets[0].lines] if sheets else []
    unread = [f"page {sheet.number}: {sheet.note}" for sheet in sheets if sheet.note and not sheet.lines]
    if unread:
        facts["unread"] = unread[:50]
    blank = [str(sheet.number) for sheet in sheets if not sheet.lines]
    if blank:
        facts["blank"] = blank[:200]
    pages = []
    for sheet in sheets:
        kept = (
            sheet.lines
            if sheet.number == 1
            else [line for line in sheet.lines if id(line) not in outside[sheet.number]]
        )
        page = Sheet(sheet.number, sheet.width, sheet.height, kept).text
        quality = sheet.quality if sheet.lines or sheet.note or sheet.awaits else 1.0  # of nothing, nothing is missed
        pages.append(Page(sheet.number, sheet.method, quality, sheet.language, page, sheet.note, bool(sheet.awaits)))
    if len(sheets) <= _SCREEN:
        refuse_impostors("\n".join(page.text for page in pages), title)
    methods = [method for method, _ in Counter(page.method for page in pages if page.text).most_common()]
    text, grids = paragraphs(sheets, texts)
    reader = "+".join(methods) or "pypdfium2"
    pictures = tuple((sheet.number, sheet.awaits) for sheet in sheets if sheet.awaits)
    return Reading(sniff.PDF, reader, tuple(pages), tuple(text), title, facts, tuple(grids), pictures)
