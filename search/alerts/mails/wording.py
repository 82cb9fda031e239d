"""How does a mail put things in the reader's language? Words from words.toml, dates and counts as is usual there."""

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

RTL_SCRIPTS = (("\u0590", "\u08ff"), ("\ufb1d", "\ufdff"), ("\ufe70", "\ufefc"))
ISOLATE_RTL, ISOLATE_FIRST, END_ISOLATE = "\u2067", "\u2068", "\u2069"  # Unicode bidi algorithm, UAX 9


class Wording:
    """The words of one language; as `w` in the templates."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = _table()[language]

    def __call__(self, key: str, **filled: object) -> str:
        """The phrase under `key`; with `n`, its singular or plural."""
        if "n" in filled and f"{key}_many" in self._words:
            # French counts 0 and 1 alike; English and Spanish have the singular for 1 only.
            one = filled["n"] in ((0, 1) if self.language == "fr" else (1,))
            key = f"{key}_one" if one else f"{key}_many"
        return str(self._words[key]).format(**filled)

    def day(self, day: date) -> str:
        """4 Oct 2026."""
        return f"{day.day} {self._month(day)} {day.year}"

    def moment(self, moment: datetime) -> str:
        """5 Oct 2026, 05:00 UTC."""
        moment = moment.astimezone(UTC)
        return f"{self.day(moment.date())}, {moment:%H:%M} UTC"

    def interval(self, first: date, last: date) -> str:
        """28 Sep - 4 Oct 2026; what both ends share is said once."""
        if first == last:
            return self.day(last)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day} - {self.day(last)}"
        if first.year == last.year:
            return f"{first.day} {self._month(first)} - {self.day(last)}"
        return f"{self.day(first)} - {self.day(last)}"

    def _month(self, day: date) -> str:
        return str(self._words["months"][day.month - 1])


def is_rtl(text: str) -> bool:
    """True if the text holds letters that run from right to left."""
    return any(low <= letter <= high for letter in text for low, high in RTL_SCRIPTS)


def isolated(text: str, language: str | None = None) -> str:
    """The text so that its direction stays its own: Arabic in an English mail must not turn what stands around it."""
    if not is_rtl(text):
        return text
    return f"{ISOLATE_RTL if language == 'ar' else ISOLATE_FIRST}{text}{END_ISOLATE}"


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("search.alerts.mails").joinpath("words.toml").read_text(encoding="utf-8"))
