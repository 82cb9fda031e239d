"""What stands on the sheet? From a work and its kind's frame to a masthead and blocks, in one language."""

import random
from collections.abc import Iterator
from datetime import date
from zlib import crc32

from crawlers.replica.names import date_in
from crawlers.replica.prose import Filler, Theme, Unit, frame, themes, title_of, wording
from crawlers.replica.sheet import Block, Sheet, blocks_of
from crawlers.replica.works import Edition, Work

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# What ends a point of a list, and the last one.
_ENDS = {"zh": "；。", "ar": "؛."}
_SHARE_WITH_NOTES = 0.4
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def compose(edition: Edition, seed: int) -> Sheet:
    """The sheet of an edition; alike in all languages but for the words."""
    return _Composer(edition.work, edition.language, seed).sheet(edition.published)


class _Composer:
    def __init__(self, work: Work, language: str, seed: int) -> None:
        self._work = work
        self._language = language
        self._filler = Filler(work, language, seed)
        self._frame = frame(work.kind)
        self._style = str(self._frame["style"])
        self._number = 0
        self._section = 0
        self._used: set[str] = set()

    def sheet(self, published: date) -> Sheet:
        work = self._work
        job = self._job_number()
        data: dict[str, object] = {
            "style": self._style,
            "lang": self._language,
            "symbol": work.symbol,
            "title": title_of(work, self._language),
            "asterisk": bool(self._frame.get("adopted")),
            "title-note": self._text(self._frame.get("adopted"), "adopted"),
            "date": date_in(published if self._style == "gcim" else work.date, self._language),
            "job": job,
            "barcode": "".join(filter(str.isdigit, job)),
            "running": bool(work.symbol),
            "two-columns": work.layout == "two columns",
            "notice": self._phrase("notice").format(body=self._phrase(f"body {work.publisher}")),
            "masthead": self._masthead(),
            "front": list(self._part("front")),
            "body": list(self._part("text")),
        }
        return Sheet(data, published)

    def _phrase(self, name: str) -> str:
        return wording()[name].get(self._language) or wording()[name]["en"]

    def _text(self, texts: object, place: str) -> str:
        """A text of the frame in our language; nothing where the frame says nothing."""
        if not isinstance(texts, dict):
            return ""
        return self._filler.fill(str(texts.get(self._language, texts.get("en", ""))), place)

    def _job_number(self) -> str:
        work = self._work
        serial = crc32(f"{work.name}{self._language}".encode())
        if self._style == "un":
            return f"GE.{work.date:%y}-{serial % 90000 + 10000} ({_letter(self._language)})"
        return f"({work.date:%y}-{serial % 9000 + 1000})" if self._style == "wto" else ""

    def _masthead(self) -> dict[str, str]:
        names = ("organization", "organ", "body", "session", "days", "item", "section")
        masthead = {name: self._text(self._frame.get(name), name) for name in names}
        original = self._phrase(f"original {self._work.original}")
        masthead |= {
            "distribution": self._phrase("distribution"),
            "date-label": self._phrase("date label"),
            "original": original,
            "language": self._phrase("language") if self._language != self._work.original else "",
            "second": self._work.words.get("second_symbol", ""),
        }
        return masthead

    def _part(self, name: str) -> Iterator[Block]:
        for place, block in enumerate(blocks_of(self._frame.get(name, []))):
            yield from self._block(block, f"{name} {place}")

    def _block(self, block: Block, place: str) -> Iterator[Block]:
        match block["t"]:
            case "themes":
                for theme in self._work.themes:
                    yield from self._theme(theme, block)
            case "lead":
                if lead := self._work.leads.get(self._language):
                    text = self._filler.fill(lead, place)
                    yield {"t": "plain", "text": text, "note": ""} if block.get("plain") else self._para(text)
            case "heading":
                yield self._heading(self._text(block, place))
            case "para":
                yield self._para(self._text(block, place), self._note(block, place))
            case "list":
                yield from self._list(block)
            case "table":
                yield self._table(str(block["of"]), place)
            case "box":
                heading = self._text(block["heading"], f"{place} heading")
                text = self._work.leads.get(self._language) or self._text(block, place)
                yield {"t": "box", "heading": heading, "text": self._filler.fill(text, place)}
            case "decision":
                self._number += 1
                yield {"t": "decision", "mark": f"{self._number}.", "text": self._text(block, place)}
            case other:
                yield {"t": other, "mark": "", "text": self._text(block, place), "note": self._note(block, place)}

    def _list(self, block: Block) -> Iterator[Block]:
        items = block.get(self._language, block["en"])
        assert isinstance(items, list)
        for number, item in enumerate(items, 1):
            yield {"t": "bullet", "mark": f"{number}.", "text": str(item), "note": ""}

    def _note(self, block: Block, place: str) -> str:
        notes = {key.removeprefix("note_"): value for key, value in block.items() if key.startswith("note_")}
        return self._text(notes, f"{place} note") if notes else ""

    def _heading(self, text: str, level: int = 1) -> Block:
        self._section += 1
        if self._style == "wto":
            self._number = 0
            mark = str(self._section)
            text = text.upper()
        else:
            mark = f"{_ROMAN[(self._section - 1) % len(_ROMAN)]}." if self._style == "un" else ""
        return {"t": "heading", "level": level, "mark": mark, "text": text}

    def _para(self, text: str, note: str = "") -> Block:
        if self._style == "gcim":
            return {"t": "plain", "text": text, "note": note}
        self._number += 1
        mark = f"{max(self._section, 1)}.{self._number}." if self._style == "wto" else f"{self._number}."
        return {"t": "para", "mark": mark, "text": text, "note": note}

    def _theme(self, name: str, block: Block) -> Iterator[Block]:
        theme = themes()[name]
        heading = theme.heading[self._language]
        if self._style == "wto":
            yield self._heading(heading)
        else:
            yield {"t": "heading", "level": 2, "mark": "", "text": heading + self._articles(theme, block)}
        if opening := self._text(block.get("opening"), f"{name} opening"):
            yield self._para(opening)
        sequence = block["sequence"]
        assert isinstance(sequence, list)
        for voice, count in sequence:
            units = self._chosen(theme, name, voice, count)
            if voice == "call":
                yield from self._calls(units, block, f"{name} calls")
            else:
                for unit in units:
                    yield self._unit(unit)

    def _articles(self, theme: Theme, block: Block) -> str:
        """The articles of the Convention, as they follow a heading: (arts. 25, 27 and 54)."""
        if not block.get("articles") or not theme.articles:
            return ""
        *before, last = (str(article) for article in theme.articles)
        comma = "、" if self._language == "zh" else ", "
        joined = f"{comma.join(before)}{self._phrase('and')}{last}" if before else last
        return f" ({self._phrase('articles' if before else 'article')}{joined}{self._phrase('article end')})"

    def _chosen(self, theme: Theme, name: str, voice: str, count: int) -> list[Unit]:
        """Some of the theme's paragraphs that exist in all the work's languages, none twice in a document."""
        work = self._work
        units = [u for u in theme.voices.get(voice, ()) if u.fits(work.languages, work.date.year)]
        units = [unit for unit in units if unit.key not in self._used]
        chosen = self._filler.chance(f"{name} {voice}").sample(units, min(count, len(units)))
        self._used.update(unit.key for unit in chosen)
        return sorted(chosen, key=units.index)

    def _unit(self, unit: Unit) -> Block:
        text = self._filler.fill(unit.texts[self._language], unit.key)
        note = unit.notes.get(self._language, "")
        if not note and self._filler.chance(f"{unit.key} footnote").random() < _SHARE_WITH_NOTES:
            note = self._phrase("source note")
        return self._para(text, self._filler.fill(note, f"{unit.key} note") if note else "")

    def _calls(self, units: list[Unit], block: Block, place: str) -> Iterator[Block]:
        """Recommendations: a sentence that says who asks whom, then lettered points."""
        if not units:
            return
        yield self._para(self._text(block.get("lead_in"), place))
        for place_in_list, unit in enumerate(units):
            text = self._filler.fill(unit.texts[self._language], unit.key)
            if self._style != "un":
                text = text[:1].lower() + text[1:]
            end = _ENDS.get(self._language, ";.")[place_in_list == len(units) - 1]
            yield {"t": "bullet", "mark": f"({_LETTERS[place_in_list]})", "text": text + end, "note": ""}

    def _table(self, name: str, place: str) -> Block:
        table = frame("tables")[name]
        assert isinstance(table, dict)
        chance = self._filler.chance(place)
        year = self._work.date.year
        labels = table["rows"].get(self._language, table["rows"]["en"])
        base = [chance.randint(table["least"], table["most"]) for _ in labels]
        rows = [[label, *_series(number, chance)] for label, number in zip(labels, base, strict=True)]
        return {
            "t": "table",
            "caption": self._text(table["caption"], f"{place} caption"),
            "head": [table["head"].get(self._language, table["head"]["en"]), *(str(year - back) for back in (3, 2, 1))],
            "rows": rows,
            "source": self._text(table["source"], f"{place} source"),
        }


def _series(start: int, chance: random.Random) -> list[str]:
    """Three years that grow or shrink believably, as they are printed: with a space for thousands."""
    numbers = [start]
    for _ in range(2):
        numbers.append(round(numbers[-1] * chance.uniform(0.78, 1.34)))
    return [f"{number:,}".replace(",", "\u00a0") for number in numbers]


def _letter(language: str) -> str:
    return {"ar": "A", "zh": "C", "en": "E", "fr": "F", "ru": "R", "es": "S"}[language]
