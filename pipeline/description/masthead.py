"""What does the frame of a first page say? Symbols, date, session, agenda item, body, title.

The block of a UN document, an old typescript, an ILO, IOM or WTO cover differ in order, and a PDF may bring the block
behind the text; so every line is told by its look (frame.py), and the title is what stands between frame and text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import lexicon
from pipeline.description import title
from pipeline.description.dates import find_dates, parse_month
from pipeline.description.frame import FRAME, STRUCTURE, WIDTH, Line, job_number, open_end, read_lines, without_weekday
from pipeline.fold import fold

_TOP = 12  # lines from the top of a page in which a symbol is the document's own
_BESIDE = 5  # lines from "Distr." or "Original"
_AT_THE_FOOT = frozenset({"job", "furniture"})  # may stand at the foot of the page, with more feet behind them
_MEETING_RECORD = re.compile(r"/(?:PV|SR)\.\d")


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the frame of the first page says; whatever it does not say is empty. `framed`: there is a frame at all."""

    symbols: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    sessions: tuple[str, ...] = ()
    agenda_item: str | None = None
    title: str = ""
    body: str | None = None
    language: str | None = None
    job_number: str | None = None
    framed: bool = False


def read_masthead(first_page: Sequence[str], publisher: str) -> Masthead:
    """Reads the lines of a first page, in the order in which they stand."""
    lines = read_lines(first_page, publisher)
    head = lines[: _where_text_begins(lines)]
    agenda = [line.value for line in head if line.label == "agenda"]
    job, letter = _job(lines)
    framed = any(line.label in ("symbol", "agenda", "session", "distr", "original", "job") for line in lines)
    return Masthead(
        symbols=_symbols(lines, publisher),
        dates=_dates(lines),
        sessions=tuple(dict.fromkeys(line.value for line in head if line.label == "session")),
        agenda_item=agenda[0] if agenda else None,
        title=_title(head, agenda[-1] if agenda else "", framed),
        body=_body(head, publisher),
        language=letter or next((line.value for line in lines if line.label == "language"), None),
        job_number=job,
        framed=framed,
    )


def symbols_of_heads(heads: Iterable[str], publisher: str) -> tuple[str, ...]:
    """The symbols that running heads begin or end with; one in the middle of a line is of the text."""
    found: dict[str, None] = {}
    for head in list(heads)[:2000]:
        line = head[:WIDTH].strip()
        for span in lexicon.find_symbols(line, publisher):
            if span.start == 0 or span.end == len(line):
                found[str(span.symbol)] = None
    return tuple(found)


def _where_text_begins(lines: list[Line]) -> int:
    """The first line of the text proper. Lines of the frame may still follow: a block at the end of the text layer."""
    for at, line in enumerate(lines):
        goes_on = at and lines[at - 1].label == "text" and open_end(lines[at - 1].text)
        if at and not goes_on and line.label in ("text", "furniture") and title.begins_text(line.text):
            return at
    return len(lines)


def _title(head: list[Line], agenda_item: str, framed: bool) -> str:
    """The title from what stands behind the last session, date or agenda item; else behind the frame."""
    if any(line.label == "symbol" and _MEETING_RECORD.search(line.text) for line in head):
        named = [line.text for line in head if line.label == "text" and _names_body(line.text)][:1]
        meeting = [line.text.rstrip("*") for line in head if line.label in ("session", "meeting")]
        if meeting:
            return ", ".join(named + meeting)
    items = len(agenda_item.split(",")) if agenda_item else 0
    return title.from_lines(_title_lines(head), items, whole=framed)


def _title_lines(head: list[Line]) -> list[str]:
    """The lines of text behind the last part of the frame that has any which are not the name of a body."""
    for labels in (STRUCTURE, FRAME - _AT_THE_FOOT, _AT_THE_FOOT):
        places = [at for at, line in enumerate(head) if line.label in labels]
        for place in reversed(places):
            lines = [line.text for line in head[place + 1 :] if line.label == "text"]
            bare = _without_bodies(lines)
            if bare:
                return lines if labels is STRUCTURE else bare
    return _without_bodies([line.text for line in head if line.label == "text"])


def _without_bodies(lines: list[str]) -> list[str]:
    """Lines without names of bodies at either end, which may run over several lines."""
    changed = True
    while changed:
        changed = False
        for length in (4, 3, 2, 1):
            if lines and _names_body(" ".join(lines[:length])):
                lines, changed = lines[length:], True
            within = len(lines) > length and open_end(lines[-length - 1])
            if lines and not within and _names_body(" ".join(lines[-length:])):
                lines, changed = lines[:-length], True
    return lines


@cache
def _names_body(text: str) -> bool:
    return lexicon.find_body(text) is not None or fold(text).strip() in ("council", "conseil", "consejo")


def _symbols(lines: list[Line], publisher: str) -> tuple[str, ...]:
    """The symbols of lines that are nothing but a symbol, high on the page or beside the rest of the block."""
    block = [at for at, line in enumerate(lines) if line.label in ("distr", "original")]
    near = [at < _TOP or any(abs(at - one) <= _BESIDE for one in block) for at in range(len(lines))]
    texts = [line.text for line, close in zip(lines, near, strict=True) if line.label == "symbol" and close]
    return tuple(dict.fromkeys(str(span.symbol) for text in texts for span in lexicon.find_symbols(text, publisher)))


def _dates(lines: list[Line]) -> tuple[date, ...]:
    """The document's date first: after "Distr.", on its own line, beside a symbol, with a place; never a session's."""
    after = next((at for at, line in enumerate(lines) if line.label == "distr"), len(lines))
    behind = [line.text for line in lines[after:] if line.label in ("date", "distr")]
    own = [line.text for line in lines if line.label == "date"]
    beside = [line.text for line in lines if line.label in ("symbol", "original", "job")]
    placed = [
        line.text
        for before, line in zip([None, *lines], lines, strict=False)
        if line.label == "dates" and (before is None or before.label not in STRUCTURE)
    ]
    found = [one.date for text in (*behind, *own, *beside) for one in find_dates(without_weekday(text))]
    for text in placed if not found else ():
        dates = find_dates(without_weekday(text))
        if len(dates) == 1 and not any(char.isdigit() for char in without_weekday(text)[: dates[0].start]):
            found.append(dates[0].date)
        elif not dates and (month := parse_month(text)) and not any(char.isdigit() for char in text[:4]):
            found.append(month)
    return tuple(dict.fromkeys(found))


def _body(head: list[Line], publisher: str) -> str | None:
    """The last body of the publisher that is named above the title; names may run over four lines."""
    texts = [line.text.split("Distr")[0].strip() if line.label in ("text", "distr") else "" for line in head[:40]]
    found = None
    for start in range(len(texts)):
        for length in (4, 3, 2, 1):
            name = texts[start : start + length]
            body = lexicon.find_body(" ".join(name), publisher) if all(name) else None
            if body and body.publisher in (publisher, "UN"):
                found = body.code
                break
    return found


def _job(lines: list[Line]) -> tuple[str | None, str | None]:
    """The job number, on a line of its own or at the end of one, and the language its letter tells."""
    for line in lines:
        found = job_number(line.text) if line.label in ("job", "text", "distr", "date") else None
        if found and (line.label == "job" or len(found[0]) * 2 > len(line.text)):
            return found
    return None, None
