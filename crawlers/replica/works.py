"""Which works does the replica publish, in which languages, and since which week?"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from crawlers.replica.settings import WEEK_ENDS, ReplicaSettings

DATA = Path(__file__).parent / "data"
LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
PUBLISHERS = ("UN", "ILO", "IOM", "GCIM", "WTO")


@dataclass(frozen=True, slots=True)
class Work:
    """One work as its publisher announces it. `name` is unique in the replica; `kind` chooses the frame."""

    publisher: str
    name: str
    symbol: str
    kind: str
    date: date
    week: int
    languages: tuple[str, ...]
    late: dict[str, int] = field(default_factory=dict)
    original: str = "en"
    country: str = ""
    other: str = ""
    themes: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    layout: str = "one column"
    fault: str = ""
    small: bool = False
    scan: bool = False
    word_copy: bool = False
    file: Path | None = None

    def week_of(self, language: str) -> int:
        return max(self.week, self.late.get(language, 0))


@dataclass(frozen=True, slots=True)
class Edition:
    """One file: a work in one language and one form (pdf, docx or html)."""

    work: Work
    language: str
    form: str = "pdf"

    @property
    def name(self) -> str:
        return f"{self.work.name}-{self.language or 'xx'}.{self.form}"

    @property
    def published(self) -> date:
        """The day it appeared: for a translation that came late, the middle of its week."""
        late = self.work.late.get(self.language)
        if late is None:
            return self.work.date
        return date.fromordinal(WEEK_ENDS[late].toordinal() - 3)


@cache
def own_works() -> tuple[Work, ...]:
    """Everything written for the replica, in the order of the tables."""
    return tuple(_work(row, path.stem.upper()) for path in _tables() for row in _rows(path))


def _tables() -> list[Path]:
    return [DATA / "works" / f"{publisher.lower()}.toml" for publisher in PUBLISHERS]


def _rows(path: Path) -> list[dict[str, object]]:
    rows = tomllib.loads(path.read_text(encoding="utf-8")).get("work", [])
    return [row for row in rows if isinstance(row, dict)]


def _work(row: dict[str, object], publisher: str) -> Work:
    values = dict(row)
    for key in ("languages", "themes"):
        if isinstance(listed := values.get(key), list):
            values[key] = tuple(listed)
    symbol = str(values.get("symbol", ""))
    values.setdefault("name", symbol.translate({47: "_", 40: "_", 41: None, 46: None}))
    values.setdefault("week", 0)
    values.setdefault("symbol", "")
    return Work(publisher=publisher, **values)  # type: ignore[arg-type]  # the tests hold the tables to the record


def docs_works(folder: Path) -> tuple[Work, ...]:
    """The PDFs of a folder and of the folders in it, as works of the treaty bodies without symbols."""
    files = sorted(p for pattern in ("*", "*/*") for p in folder.glob(pattern) if p.suffix.lower() == ".pdf")
    works: dict[str, Work] = {}
    for file in files:
        name = file.stem if file.stem not in works else f"{file.parent.name} {file.stem}"
        works[name] = Work(
            publisher="UN",
            name=name,
            symbol="",
            kind="by hand",
            date=WEEK_ENDS[1],
            week=1,
            languages=("",),
            titles={"en": file.name},
            file=file,
        )
    return tuple(works.values())


class Library:
    """The works that are out in the week of the settings."""

    def __init__(self, works: Iterable[Work], week: int) -> None:
        self.week = week
        self.works = tuple(work for work in works if work.week <= week)
        self._editions = {edition.name: edition for work in self.works for edition in self.editions(work)}

    @classmethod
    def of(cls, settings: ReplicaSettings) -> "Library":
        if settings.docs is not None:
            return cls(docs_works(settings.docs), settings.week)
        small = settings.size == "small"
        return cls((work for work in own_works() if work.small or not small), settings.week)

    def by(self, publisher: str) -> list[Work]:
        """The publisher's works, newest first."""
        works = [work for work in self.works if work.publisher == publisher]
        return sorted(works, key=lambda work: (-work.date.toordinal(), work.name))

    def editions(self, work: Work) -> list[Edition]:
        """The files of a work that are out, in the publisher's order of languages."""
        form = "html" if work.kind.endswith("page") else "pdf"
        out = [Edition(work, lang, form) for lang in work.languages if work.week_of(lang) <= self.week]
        return out + ([Edition(work, work.original, "docx")] if work.word_copy else [])

    def edition(self, name: str) -> Edition | None:
        return self._editions.get(name)

    def all_editions(self) -> list[Edition]:
        return list(self._editions.values())
