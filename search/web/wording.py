"""How is it said on a page? Dates, sizes, languages and the names of codes, in English."""

import unicodedata
from datetime import date, datetime

from search.labels import label_of

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
MENTIONS = {
    "country": "Countries",
    "body": "Bodies",
    "instrument": "Instruments",
    "theme": "Themes",
    "person": "Persons",
    "organisation": "Organisations",
    "place": "Places",
    "date": "Dates",
}
METHODS = {
    "pypdfium2": "text of the PDF",
    "pdfplumber": "text of the PDF, by its geometry",
    "tesseract": "optical character recognition",
    "html": "text of the web page",
    "none": "no text found",
}


def day(value: date | None) -> str:
    """12 June 2025."""
    return "" if value is None else f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """24 November 2026, 08:06 UTC."""
    return "never" if value is None else f"{value.day} {value:%B %Y, %H:%M} UTC"


def number(value: int) -> str:
    """12,345 with a thin space in place of the comma."""
    return f"{value:,}".replace(",", "\u202f")


def size(count: int) -> str:
    """Bytes, in the unit that leaves few digits."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def counted(count: int, one: str, many: str) -> str:
    return f"{number(count)} {one if count == 1 else many}"


def direction(language: str | None) -> str:
    """For the dir attribute; text in an unknown language decides by its first letter."""
    if language is None:
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def language_name(code: str | None) -> str:
    """English, Arabic; a code that the lexicon lacks stands for itself."""
    return "unknown language" if code is None else label_of("language", code)


def publisher_name(code: str) -> str:
    return label_of("publisher", code)


def body_name(code: str | None) -> str:
    return "" if code is None else label_of("body", code)


def issuer(publisher: str, body: str | None) -> str:
    """Human Rights Council, United Nations."""
    return ", ".join(dict.fromkeys(name for name in (body_name(body), publisher_name(publisher)) if name))


def name_of(kind: str, value: str) -> str:
    """The English name of a mention's or a filter's code; what is not a code is a name already."""
    if kind == "date":
        return _day_of(value)
    return label_of(kind, value)


def instrument_of(target: str) -> str:
    """The name of the treaty in "CAT art. 16" or "C189"; nothing for a symbol."""
    code = target.partition(" art. ")[0]
    name = label_of("instrument", code)
    return "" if name == code else name


def media_name(media_type: str) -> str:
    return {
        "application/pdf": "PDF",
        "text/html": "web page",
        "application/msword": "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    }.get(media_type, media_type or "file")


def method_name(method: str) -> str:
    return METHODS.get(method, method)


def titled(title: str, symbol: str | None) -> str:
    """A heading for a work or document, whatever is known of it; control characters never reach a page."""
    words = "".join(" " if unicodedata.category(char) == "Cc" else char for char in title).strip()
    return words or symbol or "Without a title"


def shortened(text: str, room: int = 160) -> str:
    """Cut between words, where a list would drown in one long title."""
    if len(text) <= room:
        return text
    return f"{text[:room].rpartition(' ')[0] or text[:room]} …"


def _day_of(value: str) -> str:
    """2014-05-09 as 9 May 2014; anything else (a month, a year) as it is."""
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value
