"""What is this document? The source's words first, then the masthead, then the text; what is unknown stays unknown."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath

import lexicon
from lexicon import Symbol
from pipeline.description import frame as lines
from pipeline.description import kinds, masthead
from pipeline.description.dates import parse_date
from pipeline.description.masthead import Masthead
from pipeline.description.title import LONGEST
from pipeline.document import Description, Reading

SOURCE, MASTHEAD, TEXT = "source", "masthead", "text"
DIFFER = "source and masthead differ"
_SHARE = 0.1  # of the characters, from which a language counts as one of the document's
_ENOUGH = 400  # characters, from which the text may contradict a declared language
_A_PAGE = 800  # characters in a language, from which it is one of the document's,
_MOST = 0.6  # if they are so much of their page
_BRACKETED = re.compile(r"\s*[(\[](?P<symbol>[A-Z][^()\[\]\s]*/(?:[^()\[\]]|\([^()]*\))*)[)\]]\s*$")
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|wpd|qxd|html?)$", re.IGNORECASE)
_GENERIC = re.compile(rf"microsoft word|untitled|^doc(?:ument)?\s?\d*$|{_FILE_NAME.pattern}|^\W*$", re.IGNORECASE)


def describe(reading: Reading, words: Mapping[str, str], publisher: str) -> Description:
    """Describes a reading. `words` are the source's own (see document.WORDS), `publisher` its code."""
    page = reading.facts.get("first_page") or (reading.pages[0].text.split("\n") if reading.pages else [])
    frame = masthead.read_masthead(page, publisher)
    known: dict[str, str] = {}
    symbols, parsed = _symbols(reading, words, frame, publisher, known)
    language, languages = _languages(reading, words, frame, parsed, known)
    name = _title(reading, words, frame, known)
    return Description(
        symbols=symbols,
        title=name,
        body=_body(words, frame, parsed, publisher, known),
        session=_session(words, frame, parsed, known),
        agenda_item=_note(
            known, "agenda_item", lines.agenda_number(words.get("agenda_item", "")), frame.agenda_item, None
        ),
        date=_date(reading, words, frame, known),
        kind=_kind(words, frame, symbols, name, known),
        language=language,
        languages=languages,
        job_number=_note(known, "job_number", None, _job(reading) or frame.job_number, None),
        described_from=known,
    )


def _note(known: dict[str, str], name: str, source: str | None, frame: str | None, text: str | None) -> str | None:
    """The first of the three that is known, noting which it was."""
    for value, origin in ((source, SOURCE), (frame, MASTHEAD), (text, TEXT)):
        if value:
            known[name] = origin
            return value
    return None


def _symbols(
    reading: Reading, words: Mapping[str, str], frame: Masthead, publisher: str, known: dict[str, str]
) -> tuple[tuple[str, ...], tuple[Symbol, ...]]:
    """Symbols as text and parsed. What the source says comes first; what the masthead says otherwise is kept too."""
    told = [str(symbol) for symbol in lexicon.split_symbols(words.get("symbol", ""), publisher)]
    heads = masthead.symbols_of_heads(reading.facts.get("heads", ()), publisher)
    printed = _agreed(frame.symbols, heads)
    named = _from_file_name(words, publisher)
    if not told and named and (not printed or _as_misread(named) in map(_as_misread, printed)):
        told = [named]
    printed = _without_misread(told, printed)
    if told:
        known["symbols"] = SOURCE if not printed or set(told) & set(printed) else DIFFER
    elif printed:
        known["symbols"] = MASTHEAD
    texts = tuple(dict.fromkeys((*told, *printed)))
    return texts, tuple(symbol for text in texts if (symbol := lexicon.parse_symbol(text, publisher)))


def _agreed(block: tuple[str, ...], heads: tuple[str, ...]) -> list[str]:
    """The masthead's symbols and the running heads'; a block that no head knows was misread, or is a cover's."""
    heads = tuple(
        head for head in heads if not any(whole.startswith(head) and whole != head for whole in (*block, *heads))
    )
    if heads and not set(block) & set(heads):
        return list(heads)
    return list(dict.fromkeys((*block, *heads)))


def _without_misread(told: list[str], printed: list[str]) -> list[str]:
    """The printed symbols but for those that are a told one, misread: A/39/36I for A/39/361."""
    known = {_as_misread(text) for text in told}
    return [text for text in printed if text in told or _as_misread(text) not in known]


_MISREAD = str.maketrans({"I": "1", "l": "1", "L": "1", "O": "0", "o": "0", "S": "5", "B": "8", "Z": "2", "r": "1"})


def _as_misread(text: str) -> str:
    return text.translate(_MISREAD)


def _from_file_name(words: Mapping[str, str], publisher: str) -> str | None:
    """A file taken in by hand may carry its symbol in its name: A_HRC_59_60.pdf."""
    symbol = lexicon.parse_symbol(PurePath(words.get("file", "")).stem, publisher)
    return str(symbol) if symbol else None


def _title(reading: Reading, words: Mapping[str, str], frame: Masthead, known: dict[str, str]) -> str:
    """Of a page without a frame the file's own title or first heading says more than its first lines."""
    told = _without_symbol(" ".join(words.get("title", "").split()))
    file_name = _FILE_NAME.search(told) or told == PurePath(words.get("file", "")).stem  # which is no title
    declared = " ".join((reading.title or "").split())
    if _GENERIC.search(declared) or len(declared) < 8:
        declared = ""
    headings = [p.text for p in reading.paragraphs[:4] if p.kind == "heading" and len(p.text) >= 8]
    headings = [heading for heading in headings if not lexicon.find_body(heading)] or headings
    in_text = declared or next(iter(headings), "")
    in_frame = frame.title if frame.framed else ""
    found = _note(known, "title", None if file_name else told, in_frame, in_text or frame.title)
    return (found or told)[:LONGEST]


def _without_symbol(title: str) -> str:
    """Listings put the symbol behind the title, in brackets; it has a place of its own."""
    found = _BRACKETED.search(title)
    return title[: found.start()] if found and lexicon.parse_symbol(found["symbol"]) else title


def _body(
    words: Mapping[str, str], frame: Masthead, symbols: tuple[Symbol, ...], publisher: str, known: dict[str, str]
) -> str | None:
    told = lexicon.find_body(words.get("body", ""), publisher) if words.get("body") else None
    of_symbol = next((body.code for symbol in symbols if (body := lexicon.body_of(symbol))), None)
    if told:
        return _note(known, "body", told.code, None, None)
    if of_symbol and known.get("symbols") != MASTHEAD:
        return _note(known, "body", of_symbol, None, None)
    return _note(known, "body", None, of_symbol or frame.body, None)


def _session(
    words: Mapping[str, str], frame: Masthead, symbols: tuple[Symbol, ...], known: dict[str, str]
) -> str | None:
    """A session in the symbol (A/HRC/59/...) chooses among those that are printed, and stands where none is."""
    told = lines.session_number(words["session"]) if words.get("session") else None
    in_symbol = next((str(symbol.session) for symbol in symbols if symbol.session), None)
    printed = in_symbol if in_symbol in frame.sessions else next(iter(frame.sessions), in_symbol)
    return _note(known, "session", told, printed, None)


def _date(reading: Reading, words: Mapping[str, str], frame: Masthead, known: dict[str, str]) -> date | None:
    told = parse_date(words.get("date"))
    if told:
        known["date"] = SOURCE
        return told
    if frame.dates:
        known["date"] = MASTHEAD
        return frame.dates[0]
    declared = next(filter(None, map(parse_date, reading.facts.get("dates", ()))), None)
    if declared:
        known["date"] = TEXT
    return declared


def _kind(
    words: Mapping[str, str], frame: Masthead, symbols: tuple[str, ...], name: str, known: dict[str, str]
) -> str | None:
    """The symbol's nature, then what the source calls it, then the words of the title."""
    of_symbol = kinds.kind_of_symbols(symbols)
    if of_symbol:
        return _note(known, "kind", None if known.get("symbols") == MASTHEAD else of_symbol, of_symbol, None)
    told = kinds.kind_of_title(words.get("kind", ""))
    of_title = kinds.kind_of_title(name) or kinds.kind_of_title(frame.title)
    return _note(known, "kind", told or (of_title if known.get("title") == SOURCE else None), of_title, None)


def _languages(
    reading: Reading, words: Mapping[str, str], frame: Masthead, symbols: tuple[Symbol, ...], known: dict[str, str]
) -> tuple[str | None, tuple[str, ...]]:
    """The main language and all: what is declared, unless a good length of text is in none but other languages."""
    sizes: Counter[str] = Counter()
    for paragraph in reading.paragraphs:
        if paragraph.language:
            sizes[paragraph.language] += len(paragraph.text)
    for page in reading.pages if not sizes else ():
        if page.language:
            sizes[page.language] += len(page.text)
    total = sum(sizes.values())
    own = _of_a_page(reading)
    present = [language for language, size in sizes.most_common() if size >= total * _SHARE or language in own]
    told = lexicon.language_code(words.get("language", "")) if words.get("language") else None
    printed = next((symbol.language for symbol in symbols if symbol.language), None) or frame.language
    if total >= _ENOUGH and present:
        told, printed = (one if one in present else None for one in (told, printed))
    language = _note(known, "language", told, printed, present[0] if present else None)
    return language, tuple(dict.fromkeys([*([language] if language else []), *present]))


def _of_a_page(reading: Reading) -> frozenset[str]:
    """The languages that a page is written in, with a good length of text: one French page among twenty counts."""
    sizes: dict[int, Counter[str | None]] = {}
    for paragraph in reading.paragraphs:
        sizes.setdefault(paragraph.page, Counter())[paragraph.language] += len(paragraph.text)
    mostly = [(found.most_common(1)[0], sum(found.values())) for found in sizes.values()]
    return frozenset(language for (language, size), whole in mostly if language and size >= max(_A_PAGE, _MOST * whole))


def _job(reading: Reading) -> str | None:
    found = (lines.job_number(text) for text in reading.facts.get("job_numbers", ()))
    return next((job[0] for job in found if job), None)
