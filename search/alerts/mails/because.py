"""Why does this stand in the mail? The search and its clause in words, and where the quoted passage stands."""

from collections.abc import Sequence

from pipeline import POOR
from search.alerts.mails.letter import Item, Watched, plain
from search.alerts.wording import Wording, isolated
from search.labels import label_of

REASONS = 4  # searches that are named with an item; further ones are counted
OCR = "tesseract"  # pages.method


def reasons(item: Item, w: Wording) -> tuple[str, ...]:
    """One line for each search that found it."""
    said = [_reason(search, w) for search in item.reasons[:REASONS]]
    left = len(item.reasons) - REASONS
    return (*said, *([f"+ {left}"] if left > 0 else []))


def source(item: Item, w: Wording) -> str:
    """Where the passage stands, and how far it can be trusted: A/1, para. 7, p. 2 · Spanish · read by OCR."""
    passage = item.passage
    if passage is None:
        return ""
    cited = plain(passage.citation)
    if passage.paragraph:
        cited = f"{cited}, {w('p. {page}', page=passage.page)}"
    language = label_of("language", passage.language, w.language) if passage.language else ""
    return " · ".join(fact for fact in (cited, language, part_in_words(item.part, w), *_trust(item, w)) if fact)


def part_in_words(part: str, w: Wording) -> str:
    match part:
        case "heading":
            return w("in a heading")
        case "row":
            return w("in a table")
        case "note":
            return w("in a footnote")
        case "annex":
            return w("in an annex")
        case "title":
            return w("found in the title")
    return ""


def _trust(item: Item, w: Wording) -> Sequence[str]:
    poor = item.passage is not None and item.passage.quality < POOR
    by_ocr = [w("read by OCR")] if item.method == OCR else []
    return [*by_ocr, w("poor text: searches may miss")] if poor else by_ocr


def _reason(search: Watched, w: Wording) -> str:
    name, said = plain(search.name), plain(search.said)
    because = w("Your search “{name}”", name=isolated(name))
    return f"{because}: {isolated(said[:1].lower() + said[1:])}"
