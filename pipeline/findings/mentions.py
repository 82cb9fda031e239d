"""Who and what is spoken of, and where? The lexicon's names in all languages; beside them the statistical model."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

import lexicon
from pipeline.description.dates import find_dates
from pipeline.document import Mention, Paragraph
from pipeline.findings import names
from pipeline.findings.gazetteer import gazetteer
from pipeline.findings.names import find_names

LEXICON, MODEL = "lexicon", "model"
_KINDS = ("country", "body", "instrument", "theme")
_MOST = 30_000  # mentions of one document
_LONGEST = 20_000  # characters of a paragraph that are looked at
_HONOURED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Dame|Mme|Mlle|Sra?|Srta|Judge|Justice)\.?\s+(?:(?:[A-Z][\w.'’-]{0,20}|de|da|di|van|von|al|el)\s+){0,3}$"
)
_NUMBERED = re.compile(
    r"(?<!\w)(?P<what>Conventions?|Recommendations?|Convenios?|Recomendación|conventions?|convenios?|recommandation|"
    r"Recommandation)(?:,?\s\d{4})?,?\s\(?(?:Nos?\.?|n[o°º]s?\.?|núms?\.?|N[o°º]s?\.?)\s?(?P<numbers>\d{1,3}(?:(?:,|\sand|\set|\sy)\s\d{1,3}){0,8})"
)
_SHORT = re.compile(r"(?<![\w/.-])[CRP]\d{3}(?![\w/-])")
_LABOUR = re.compile(r"\b(?:ILO|OIT|МОТ|[Cc]onventions?|[Cc]onvenios?|ratif\w{0,8})\b|国际劳工|منظمة العمل")
_NOT_LABOUR = re.compile(r"(?:[Gg]eneral|générale|general)\s$")

Span = tuple[int, int]


def find_mentions(paragraphs: Sequence[Paragraph], publisher: str = "UN") -> tuple[tuple[Mention, ...], dict[str, str]]:
    """All mentions, in the order of the text, and notes on what was left out ("names": "text, first 60000 words")."""
    found: list[Mention] = []
    taken: list[list[Span]] = []
    for paragraph in paragraphs:
        symbols = [(span.start, span.end) for span in lexicon.find_symbols(paragraph.text[:_LONGEST], publisher)]
        ours = [one for one in _of_lexicon(paragraph, publisher) if not _overlaps(symbols, one.start, one.end)]
        ours = list(dict.fromkeys((*ours, *_labour_standards(paragraph), *_dates(paragraph))))
        found.extend(ours)
        taken.append(sorted((*symbols, *((one.start, one.end) for one in ours if one.kind != "theme"))))
    named, complete = find_names(paragraphs, lambda at, start, end: _overlaps(taken[at], start, end))
    found.extend(_mention(one.kind, one.name, paragraphs[one.at], one.start, one.end, MODEL) for one in named)
    found.sort(key=lambda one: (one.ordinal, one.start, one.end, one.kind, one.value))
    notes = {} if complete else {"names": f"text, first {names.WORDS} words"}
    if len(found) > _MOST:
        notes["mentions"] = f"text, first {_MOST}"
    return tuple(found[:_MOST]), notes


def _mention(kind: str, value: str, paragraph: Paragraph, start: int, end: int, origin: str = LEXICON) -> Mention:
    text = paragraph.text[start:end]
    return Mention(kind, value[:200], text[:300], origin, paragraph.ordinal, paragraph.page, start, end)


def _overlaps(spans: list[Span], start: int, end: int) -> bool:
    """Whether any of the sorted spans overlaps [start, end)."""
    place = bisect_right(spans, (end, 0))
    return any(span[1] > start and span[0] < end for span in spans[max(0, place - 8) : place])


def _of_lexicon(paragraph: Paragraph, publisher: str) -> list[Mention]:
    text = paragraph.text[:_LONGEST]
    found = []
    for kind in _KINDS:
        for hit in gazetteer(kind).find(text):
            code = _choose(kind, hit.codes, text[hit.start : hit.end], publisher)
            before = text[max(0, hit.start - 80) : hit.start]
            misleading = {"country": _HONOURED, "instrument": _NOT_LABOUR}.get(kind)
            if code and not (misleading and misleading.search(before)):
                found.append(_mention(kind, code, paragraph, hit.start, hit.end))
    return found


def _choose(kind: str, codes: tuple[str, ...], written: str, publisher: str) -> str | None:
    """The code that a name means; of bodies with a general name ("Council") only one of the document's publisher."""
    if kind == "body":
        ours = [code for code in codes if _publisher_of(code) == publisher]
        telling = len(written.split()) > 2 or (written.isupper() and " " not in written)
        others = [code for code in codes if telling or (_publisher_of(code) == "UN" and " " in written)]
        codes = tuple(ours or others)
    return codes[0] if len(codes) == 1 else None


def _publisher_of(body: str) -> str | None:
    return _publishers().get(body)


@cache
def _publishers() -> dict[str, str]:
    return {body.code: body.publisher for body in lexicon.bodies()}


def _labour_standards(paragraph: Paragraph) -> list[Mention]:
    """ "Conventions Nos. 97 and 143", "Recommendation No. 86", and "C189" where labour standards are the subject."""
    text = paragraph.text[:_LONGEST]
    found = []
    for match in _NUMBERED.finditer(text):
        if _NOT_LABOUR.search(text[: match.start()]):
            continue
        letter = "R" if match["what"][0] in "Rr" else "C"
        at = match.start("numbers")
        for number in re.finditer(r"\d{1,3}", match["numbers"]):
            start = match.start() if number.start() == 0 else at + number.start()
            found.append((f"{letter}{int(number[0]):03d}", start, at + number.end()))
    if _LABOUR.search(text):
        found.extend((match[0], match.start(), match.end()) for match in _SHORT.finditer(text))
    known = ((lexicon.find_instrument(code), start, end) for code, start, end in found)
    return [_mention("instrument", one.code, paragraph, start, end) for one, start, end in known if one]


def _dates(paragraph: Paragraph) -> list[Mention]:
    text = paragraph.text[:_LONGEST]
    return [_mention("date", one.date.isoformat(), paragraph, one.start, one.end) for one in find_dates(text)]
