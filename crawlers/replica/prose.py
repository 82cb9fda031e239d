"""What do the documents say? Texts from the tables, filled in alike in every language."""

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from crawlers.replica.names import country_forms, country_name, date_in, number_in
from crawlers.replica.works import DATA, LANGUAGES, Work, own_works

Texts = Mapping[str, str]
_CORRIDORS = (
    ("PHL", "KWT"), ("IDN", "MYS"), ("LKA", "JOR"), ("BGD", "QAT"), ("NPL", "MYS"), ("ETH", "LBN"), ("KEN", "SAU"),
    ("GTM", "CAN"), ("HND", "ESP"), ("PER", "CHL"), ("ECU", "ESP"), ("COL", "CHL"), ("MAR", "ESP"), ("TUN", "ITA"),
    ("SEN", "FRA"), ("NGA", "LBY"), ("UGA", "SAU"), ("KGZ", "RUS"), ("TJK", "KAZ"), ("IND", "CAN"), ("FJI", "NZL"),
)  # fmt: skip
# What is said of a work whose row does not say it.
_USUAL = {"body_name": "Council for Trade in Services"}
_MEETINGS = {"meeting": 0, "meeting_next": 1, "closing_meeting": 9}
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
# A document worth citing ends in its number: not an agenda, not draft minutes, not a corrigendum.
_SERIAL = re.compile(r"/\d+$")
# What a publisher without symbols of its own may cite: the Convention, a resolution, a report.
_ALWAYS_THERE = ("A/RES/45/158", "E/CN.4/RES/2004/53", "E/CN.4/2004/76")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of the stock: the same paragraph in the languages it was written in, and perhaps a footnote to it."""

    key: str
    texts: Texts
    notes: Texts
    since: int

    def fits(self, languages: tuple[str, ...], year: int) -> bool:
        """Can it stand in a work in these languages and of that year?"""
        return year >= self.since and all(language in self.texts for language in languages)


@dataclass(frozen=True, slots=True)
class Theme:
    heading: Texts
    articles: tuple[int, ...]
    voices: Mapping[str, tuple[Unit, ...]]


@cache
def themes() -> dict[str, Theme]:
    """The stock: per theme a heading, the articles of the Convention it falls under, and paragraphs by voice."""
    found = {}
    for path in sorted((DATA / "prose").glob("*.toml")):
        for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            voices = {
                voice: _units(f"{name} {voice}", rows)
                for voice, rows in table.items()
                if isinstance(rows, list) and voice != "articles"
            }
            found[name] = Theme(table["heading"], tuple(table.get("articles", ())), voices)
    return found


def _units(key: str, rows: list[dict[str, object]]) -> tuple[Unit, ...]:
    return tuple(
        Unit(
            f"{key} {place}",
            {lang: str(row[lang]) for lang in LANGUAGES if lang in row},
            {lang: str(row[f"note_{lang}"]) for lang in LANGUAGES if f"note_{lang}" in row},
            int(str(row.get("since", 0))),
        )
        for place, row in enumerate(rows)
    )


@cache
def frame(kind: str) -> dict[str, object]:
    """How documents of a kind are put together: masthead, opening, sequence of voices, closing."""
    name = kind.lower().replace(" ", "_")
    own = tomllib.loads((DATA / "frames" / f"{name}.toml").read_text(encoding="utf-8"))
    return frame(str(own["like"])) | own if "like" in own else own


@cache
def wording() -> dict[str, dict[str, str]]:
    """Set phrases of the mastheads and pages, by name, then by language."""
    return tomllib.loads((DATA / "wording.toml").read_text(encoding="utf-8"))


class Filler:
    """Fills the texts of one work. What is chosen depends on the seed and the place, never on the language."""

    def __init__(self, work: Work, language: str, seed: int) -> None:
        self._work = work
        self._language = language
        self._seed = seed

    def chance(self, place: str) -> random.Random:
        return random.Random(f"{self._seed} {self._work.name} {place}")

    def fill(self, text: str, place: str) -> str:
        """The text with one of each [a|b] and every {slot} filled."""
        chance = self.chance(place)
        chosen = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), text)
        return _SLOT.sub(lambda found: self._slot(found[1], place), chosen)

    def _slot(self, name: str, place: str) -> str:
        words = _USUAL | self._work.words
        if name[0].isupper():
            return self._slot(name.lower(), place).capitalize()
        if name in words:
            phrase = wording().get(f"{name} {words[name]}", {})
            return phrase.get(self._language, words[name])
        chance = self.chance(f"{place} {name}")
        if name.split("_")[0] in ("c", "o"):
            return self._country(name, place)
        return self._figure(name, chance)

    def _country(self, name: str, place: str) -> str:
        origin, destination = self._work.country, self._work.other
        if not origin:
            origin, destination = self.chance(f"{place} corridor").choice(_CORRIDORS)
        code = origin if name[0] == "c" else destination or self.chance(f"{place} other").choice(_CORRIDORS)[1]
        if name.endswith("_name"):
            return country_name(code, self._language)
        subject, of, within = country_forms(code, self._language)
        return of if name.endswith("_of") else within if name.endswith("_in") else subject

    def _figure(self, name: str, chance: random.Random) -> str:
        year = self._work.date.year
        match name:
            case "n":
                return number_in(chance.randint(112, 986), self._language)
            case "m":
                return number_in(chance.randint(12, 487) * 100 + chance.choice((0, 0, 37, 52, 81)), self._language)
            case "k":
                return str(chance.randint(3, 19))
            case "pct":
                return str(chance.randint(11, 79))
            case "year" | "y" | "y2" | "y3":
                return str(year - {"year": 0, "y": 1, "y2": 3, "y3": 6}[name])
            case "meeting" | "meeting_next" | "closing_meeting":
                return str(540 + (year - 2025) * 22 + self._work.date.month % 9 + _MEETINGS[name])
            case "date":
                return date_in(self._work.date, self._language)
            case "symbol":
                return self._work.symbol
            case "org":
                return chance.choice(_list("organizations"))
            case "person":
                return chance.choice(_list("persons"))
            case "rel":
                return self._related(chance)
        raise KeyError(f"no slot is called {name}")

    def _related(self, chance: random.Random) -> str:
        """The symbol of an earlier work of the same publisher, so that documents cite one another."""
        work = self._work
        others = [
            w for w in own_works() if w.publisher == work.publisher and _SERIAL.search(w.symbol) and w is not work
        ]
        earlier = [w.symbol for w in others if w.date < work.date] or [w.symbol for w in others]
        near = [symbol for symbol in earlier if work.country and f"/{work.country}/" in symbol]
        return chance.choice(near or earlier or _ALWAYS_THERE)


@cache
def _list(name: str) -> list[str]:
    return tomllib.loads((DATA / "invented_names.toml").read_text(encoding="utf-8"))[name]  # type: ignore[no-any-return]


def title_of(work: Work, language: str) -> str:
    """The work's own title, or its kind's; in English where it was not translated."""
    if work.file is not None:
        return work.titles["en"]
    own = work.titles or frame(work.kind)["titles"]
    assert isinstance(own, dict)
    language = language if language in own else "en"
    return Filler(work, language, 0).fill(str(own[language]), "title")
