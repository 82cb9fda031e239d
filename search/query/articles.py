"""Which article of which treaty is meant? "ICRMW/25", "art. 25 ICRMW", "ICRMW, article 25"."""

import re
from typing import NamedTuple

import lexicon

_WORD = r"(?:art(?:icles?|iculos?|s)?|стать\w*|ст|المادة|مادة)"
_PART = r"(?: (?:\d{1,2}|[a-z]))*"  # paragraphs of an article are not told apart
_FORMS = (
    re.compile(rf"(?P<before>.*?)\b{_WORD} ?(?P<number>\d{{1,3}}){_PART}(?P<behind>(?: .*)?)"),
    re.compile(r"(?P<before>.*?)第 ?(?P<number>\d{1,3}) ?条(?P<behind>.*)"),
    re.compile(r"(?P<before>.*) (?P<number>\d{1,3})(?P<behind>)"),
    re.compile(rf"(?P<before>.*?) (?P<number>\d{{1,3}}){_PART}(?P<behind>)"),
)
_JOINED = re.compile(r"(?:(?:of|the|de|du|des|del|la|le|les|el|l) )+")


class Article(NamedTuple):
    """`number` 0: any article of the treaty."""

    instrument: lexicon.Instrument
    number: int


def read_article(text: str) -> Article | None:
    """The article that is named; None if its treaty is not known."""
    text = lexicon.fold(text[:200])
    if whole := lexicon.find_instrument(text):
        return Article(whole, 0)
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            name = found["before"].strip() or _JOINED.sub("", found["behind"].strip(), count=1)
            instrument = lexicon.find_instrument(name)
            if instrument:
                return Article(instrument, int(found["number"]))
    return None
