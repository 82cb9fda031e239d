"""What is printed around the text? Running heads, running feet, page and job numbers are set apart from it."""

import re
from collections import Counter
from dataclasses import dataclass, field

from pipeline.readers.sheet import Line, Sheet

_HEAD_ZONE = 0.13  # of the page's height
_FOOT_ZONE = 0.16
_CLUSTER = 1.8  # line heights between lines of one head
_DEPTH = 6  # lines from the edge that can be a head or a foot
_REPEATED = 3  # times a line must stand in the same zone, or on this share of the pages
_SHARE = 0.4
_FIGURES = re.compile(r"[\d٠-٩ivxlc]+")
_JOB = re.compile(r"\b((?:GE|V|K|N|NB|HS)\.?\s?\d{2}[-–]\d{5}|\d{2}[-–]\d{5})\b(?:\s*\(\*?[A-Z]\))?")
_CERTAIN = re.compile(
    r"""^(?:/\.\.\.|\*\d{7,9}\*|[-–]\s?\d{1,4}\s?[-–]|\d{1,3}\s?/\s?\d{1,3}|[Pp]age\s+\d+|Página\s+\d+
    |(?:GE|V|K|N|NB|HS)\.?\s?\d{2}[-–]\d{5}.*|\d{2}[-–]\d{5}\s*(?:\(\*?[A-Z]\).*)?|\d{1,3}/\d{1,3}\s\d{2}[-–]\d{5}
    |\d{2}[-–]\d{5}\s\d{1,3}/\d{1,3}|\d{1,4}(?:\s+(?:GE\.)?\d{2}[-–]\d{5}.*)?
    |(?:English|French|Spanish|Russian|Arabic|Chinese|Français|Español|ENGLISH)(?:\s+only)?
    |Please\srecycle.*|\d{6}\s\d{6})$""",
    re.VERBOSE,
)
_PAGE_NUMBER = re.compile(r"^(?:\d{1,4}|[ivxl]{1,6})(?:\s?/\s?\d{1,4})?(?:\s+|$)|\s+\d{1,4}(?:\s?/\s?\d{1,4})?$")
_SYMBOL = re.compile(r"^[A-Z][A-Za-z]{0,6}(?:/[A-Z0-9][\w.()\-]*)+\*?(?:\s+\d{1,2}/\d{1,2}/\d{4})?$")


@dataclass(slots=True)
class Margins:
    """What stood in the margins, each thing once, in the order in which it was met."""

    heads: list[str] = field(default_factory=list)
    feet: list[str] = field(default_factory=list)
    job_numbers: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, list[str]]:
        """As `Reading.facts` holds them."""
        found = {"heads": self.heads, "feet": self.feet, "job_numbers": self.job_numbers}
        return {
            name: [line for line in dict.fromkeys(_PAGE_NUMBER.sub("", line) for line in lines) if line][:50]
            for name, lines in found.items()
            if lines
        }


def set_apart(sheets: list[Sheet]) -> tuple[list[list[Line]], Margins]:
    """The lines of each page that are text, and what stood around them. The sheets themselves stay whole."""
    zones = [(_zone(sheet, head=True), _zone(sheet, head=False)) for sheet in sheets]
    pages = max(1, sum(bool(sheet.lines) for sheet in sheets))
    repeated = [_repeated([zone[side] for zone in zones], pages) for side in (0, 1)]
    margins = Margins()
    texts = []
    for sheet, (head, foot) in zip(sheets, zones, strict=True):
        first = sheet.number == 1
        outer = {id(line) for zone in (head, foot) for line in _outermost(zone)}
        heads = [] if first else [each for each in head if _certain(each) or _running(each, outer, repeated[0])]
        feet = [each for each in foot if _certain(each) or (_running(each, outer, repeated[1]) and not first)]
        margins.heads += [line.text for line in heads]
        margins.feet += [line.text for line in feet if line not in heads]
        margins.job_numbers += _job_numbers(foot if not first else sheet.lines)
        outside = {id(line) for line in heads + feet}
        texts.append([line for line in sheet.lines if id(line) not in outside])
    return texts, margins


def _zone(sheet: Sheet, head: bool) -> list[Line]:
    """The lines nearest to the upper or lower edge, within the zone where heads and feet stand."""
    if head:
        inside = [line for line in sheet.lines if line.bottom < _HEAD_ZONE * sheet.height]
        return sorted(inside, key=lambda line: line.top)[:_DEPTH]
    inside = [line for line in sheet.lines if line.top > (1 - _FOOT_ZONE) * sheet.height]
    return sorted(inside, key=lambda line: -line.bottom)[:_DEPTH]


def _outermost(zone: list[Line]) -> list[Line]:
    """The lines nearest to the edge, up to the first gap: what comes behind it may be the head of a table."""
    nearest: list[Line] = []
    for line in zone:
        if nearest and abs(line.top - nearest[-1].top) > _CLUSTER * line.size:
            break
        nearest.append(line)
    return nearest


def _running(line: Line, outer: set[int], repeated: set[str]) -> bool:
    return id(line) in outer and _key(line) in repeated


def _repeated(zones: list[list[Line]], pages: int) -> set[str]:
    counts = Counter(key for zone in zones for key in {_key(line) for line in zone})
    enough = max(2, min(_REPEATED, round(_SHARE * pages)))
    often = {key for key, count in counts.items() if count >= enough and key}
    return {
        key for key in often if _same_or_counting([(n, x) for n, z in enumerate(zones) for x in z if _key(x) == key])
    }


def _same_or_counting(lines: list[tuple[int, Line]]) -> bool:
    """Whether most of these lines (with their places in the file) are the same, or their figures count the pages.

    Those of "Article 9" and "Article 14" that happen to begin a page do neither: they are headings.
    """
    texts = Counter(line.text for _, line in lines)
    steps = Counter(int(figure) - place for place, line in lines for figure in re.findall(r"\d{1,4}", line.text))
    same = sum(count for count in texts.values() if count > 1)
    return 2 * max(same, *steps.values(), 0) >= len(lines)


def _key(line: Line) -> str:
    return _FIGURES.sub("#", line.text.lower().strip(" *"))


def _certain(line: Line) -> bool:
    """What is never text where it stands: page numbers, job numbers, the document's symbol alone on a line."""
    return bool(_CERTAIN.match(line.text) or _SYMBOL.match(line.text))


def _job_numbers(lines: list[Line]) -> list[str]:
    return [match[1].replace("–", "-") for line in lines if _certain(line) for match in _JOB.finditer(line.text)]
