"""Is what a reader brings fit to be kept? Text that no database takes is mended, too much of it is refused."""

import re
from dataclasses import replace

from pipeline.document import Reading
from pipeline.errors import TooLarge
from pipeline.limits import Limits

_UNFIT = re.compile("[\x00\ud800-\udfff]")  # NUL and halves of characters: neither is text, and UTF-8 has no halves


def made_sound(reading: Reading, limits: Limits) -> Reading:
    """The reading, with a mark (U+FFFD) for each character that is none, so that places in the text hold.

    Raises TooLarge if it has more text or more paragraphs than `limits` allow.
    """
    size = max(sum(len(page.text) for page in reading.pages), sum(len(each.text) for each in reading.paragraphs))
    if size > limits.characters:
        raise TooLarge(f"{size} characters of text, the limit is {limits.characters}")
    if len(reading.paragraphs) > limits.paragraphs:
        raise TooLarge(f"{len(reading.paragraphs)} paragraphs, the limit is {limits.paragraphs}")
    pages = tuple(
        replace(page, text=_mended(page.text), note=_mended(page.note)) if _unfit(page.text, page.note) else page
        for page in reading.pages
    )
    paragraphs = tuple(
        replace(each, text=_mended(each.text), number=_or_none(each.number), mark=_or_none(each.mark))
        if _unfit(each.text, each.number, each.mark)
        else each
        for each in reading.paragraphs
    )
    grids = tuple(
        replace(grid, title=_mended(grid.title), rows=tuple(tuple(map(_mended, row)) for row in grid.rows))
        if _unfit(grid.title, *(cell for row in grid.rows for cell in row))
        else grid
        for grid in reading.grids
    )
    facts = {_mended(name): [_mended(line) for line in lines] for name, lines in reading.facts.items()}
    title = _or_none(reading.title)
    return replace(reading, pages=pages, paragraphs=paragraphs, grids=grids, facts=facts, title=title)


def _unfit(*texts: str | None) -> bool:
    return any(text and _UNFIT.search(text) for text in texts)


def _mended(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)


def _or_none(text: str | None) -> str | None:
    return None if text is None else _mended(text)
