"""What are the words of the domain? Symbols, countries, bodies, instruments, themes, languages and publishers."""

from lexicon.bodies import Body, bodies, body_of, find_body
from lexicon.countries import Country, countries, country, find_country
from lexicon.fold import fold
from lexicon.gazetteer import gazetteer
from lexicon.instruments import Instrument, find_instrument, instruments
from lexicon.languages import Language, language_code, languages
from lexicon.publishers import Publisher, publisher, publishers
from lexicon.symbols import Symbol, SymbolSpan, find_symbols, format_symbol, parse_symbol, split_symbols
from lexicon.themes import Theme, themes
from lexicon.version import version

VERSION: str = version()

__all__ = [
    "VERSION",
    "Body",
    "Country",
    "Instrument",
    "Language",
    "Publisher",
    "Symbol",
    "SymbolSpan",
    "Theme",
    "bodies",
    "body_of",
    "countries",
    "country",
    "find_body",
    "find_country",
    "find_instrument",
    "find_symbols",
    "fold",
    "format_symbol",
    "gazetteer",
    "instruments",
    "language_code",
    "languages",
    "parse_symbol",
    "publisher",
    "publishers",
    "split_symbols",
    "themes",
]
