"""How are things put in a member's language? English texts by the gettext catalogs, dates and counts as is usual there.

The English text stands in the code and the templates, its translations in locale/LANGUAGE/LC_MESSAGES/forumwatch.po,
which are read as they are: no compiled file to forget. A text without a translation is said in English; a test and
`make messages` find those (texts.py).
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from zoneinfo import ZoneInfo

LANGUAGES = ("en", "fr", "es")
SOURCE = "en"  # the language of the texts themselves
RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATE_RTL, ISOLATE_FIRST, END_ISOLATE = "\u2067", "\u2068", "\u2069"  # Unicode bidi algorithm, UAX 9


class Wording:
    """Texts in one language; as `w` in the templates. A language that has no catalog is answered in English."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else SOURCE
        self._texts = _texts(self.language)

    def __call__(self, text: str, plural: str | None = None, /, **filled: object) -> str:
        """w("Stop all mail"), w("{name} ended", name=x), or w("{n} document", "{n} documents", n=3)."""
        if plural is None:
            said = self._texts.gettext(text)
        else:
            said = self._texts.ngettext(text, plural, int(str(filled["n"])))
        return said.format(**filled) if filled else said

    def day(self, day: date) -> str:
        """4 Oct 2026."""
        return _dated(day, "d MMM y", self.language)

    def long_day(self, day: date) -> str:
        """Sunday 4 October 2026."""
        return _dated(day, "EEEE d MMMM y", self.language)

    def moment(self, moment: datetime, zone: str = "UTC") -> str:
        """5 Oct 2026, 07:00 (Europe/Zurich)."""
        return f"{self.clock(moment, zone)} {'UTC' if zone == 'UTC' else f'({zone})'}"

    def clock(self, moment: datetime, zone: str = "UTC") -> str:
        """5 Oct 2026, 07:00, where the zone is said beside it."""
        there = moment.astimezone(UTC if zone == "UTC" else ZoneInfo(zone))
        return f"{self.day(there.date())}, {there:%H:%M}"

    def local_day(self, moment: datetime, zone: str) -> str:
        """The day that a moment belongs to, where the reader lives."""
        return self.day(moment.astimezone(ZoneInfo(zone)).date())

    def interval(self, first: date, last: date) -> str:
        """28 Sep - 4 Oct 2026; what both ends share is said once."""
        if first == last:
            return self.day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} - {self.day(last)}"
        if first.year == last.year:
            return f"{_dated(first, 'd MMM', self.language)} - {self.day(last)}"
        return f"{self.day(first)} - {self.day(last)}"


def is_rtl(text: str) -> bool:
    """True if the text holds letters that run from right to left."""
    return not text.isascii() and RTL.search(text) is not None


def isolated(text: str, language: str | None = None) -> str:
    """The text so that its direction stays its own: Arabic in an English mail must not turn what stands around it."""
    if not is_rtl(text):
        return text
    return f"{ISOLATE_RTL if language == 'ar' else ISOLATE_FIRST}{text}{END_ISOLATE}"


Forms = str | tuple[str, ...]


def translations(language: str) -> Iterator[tuple[Forms, Forms]]:
    """Every text (with its plural, where it has one) and what the catalog of the language puts for it."""
    from babel.messages.pofile import read_po

    with (files("search.alerts") / "locale" / language / "LC_MESSAGES" / "forumwatch.po").open("rb") as file:
        for message in read_po(file, locale=language, abort_invalid=True):
            if message.id:
                yield _fixed(message.id), _fixed(message.string or "")


def _fixed(text: Forms | list[str]) -> Forms:
    return text if isinstance(text, str) else tuple(text)


@cache
def _texts(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (files("search.alerts") / "locale" / language / "LC_MESSAGES" / "forumwatch.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _dated(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, pattern, locale=language))
