"""How is a letter laid out? From its records to what the templates print, in the reader's language.

The first FULL items are shown with passage and reasons, the next BRIEF in one line each, the rest as a number with the
search pages that list them: a mail stays quick to read and small, and every work is at least counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from search.alerts.links import Letterhead, Links
from search.alerts.mails.because import part_in_words, reasons, source
from search.alerts.mails.footing import footer, held, receipt
from search.alerts.mails.letter import EARLIER, NEW, REVISED, Item, Letter, Piece, excerpt, plain
from search.alerts.wording import Wording, isolated
from search.labels import label_of

FULL, BRIEF = 40, 100
LONGEST_TITLE = 300
ALREADY = 20  # lines about what other mails told
PUBLISHERS = ("UN", "ILO", "IOM", "GCIM", "WTO")  # the order of the mail
SECTIONS = (NEW, REVISED, EARLIER)


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as printed; `line` is its short form, `source` what is to be known of the passage."""

    number: int
    title: str
    facts: str
    line: str
    link: str
    late: str
    quote: tuple[Piece, ...]
    quote_text: str
    quote_language: str | None
    direction: str
    source: str
    reasons: tuple[str, ...]

    @property
    def indent(self) -> int:
        return len(str(self.number)) + 2


class Group(NamedTuple):
    publisher: str
    body: str
    entries: Sequence[Entry]


class Section(NamedTuple):
    title: str
    groups: Sequence[Group]


class TitleLine(NamedTuple):
    line: str
    link: str


def lay_out(
    letter: Letter, links: Links, letterhead: Letterhead, full: int = FULL, brief: int = BRIEF
) -> dict[str, object]:
    """What the templates print, of the letter with at most `full` items whole and `brief` in one line."""
    w = Wording(letter.language)
    items = sorted(letter.items, key=in_order)
    entries = [_entry(number, item, letter, w, links) for number, item in enumerate(items[: full + brief], 1)]
    interval, title = w.interval(letter.first, letter.last), _title(letter, w)
    return {
        "w": w,
        "subject": subject(letter),
        "title": title,
        "lead": _lead(letter, w),
        "interval": interval,
        "ruler": len(title) + (0 if letter.safe else 2 + len(interval)),
        "notice": plain(letterhead.notice.get(letter.language, "")),
        "troubled": "" if letter.safe else ", ".join(plain(each.title) for each in letter.troubled),
        "sections": tuple(_sections(items[:full], entries, w)),
        "brief": entries[full:],
        "more": max(0, len(items) - full - brief),
        "already": tuple(_already(letter, w, links)),
        "held": tuple(held(letter, w)),
        **receipt(letter, w),
        **footer(letter, w, links),
    }


def subject(letter: Letter) -> str:
    """Forumwatch: 7 new documents, 28 Sep - 4 Oct 2026. No names, no searches: it is read over shoulders."""
    w = Wording(letter.language)
    interval = w.interval(letter.first, letter.last)
    if letter.safe:
        if letter.troubled:
            return w("Your summary (incomplete), {interval}", interval=interval)
        return w("Your summary, {interval}", interval=interval)
    count = _title(letter, w)
    if letter.troubled:
        return w("Forumwatch (incomplete): {count}, {interval}", count=count, interval=interval)
    return w("Forumwatch: {count}, {interval}", count=count, interval=interval)


def in_order(item: Item) -> tuple[int, int, str, str, int, str]:
    return place_of(item.standing, item.publisher, item.body, item.date, item.key)


def place_of(
    standing: str, publisher: str, body: str | None, day: date | None, key: str
) -> tuple[int, int, str, str, int, str]:
    """New works first; then by publisher and body, the newest first."""
    place = PUBLISHERS.index(publisher) if publisher in PUBLISHERS else len(PUBLISHERS)
    newest_first = -day.toordinal() if day else 1
    return SECTIONS.index(standing), place, publisher, body or "~", newest_first, key


def bare(letter: Letter) -> Letter:
    """The letter without passages, for when it must be smaller still."""
    return replace(letter, items=tuple(replace(item, passage=None) for item in letter.items))


def _title(letter: Letter, w: Wording) -> str:
    count = len(letter.items)
    if letter.safe:
        return w("{n} item", "{n} items", n=count)
    if any(item.standing == EARLIER for item in letter.items):  # the receipt would gainsay that all of it is new
        return w("{n} document", "{n} documents", n=count)
    if count or letter.receipt is None:
        return w("{n} new document", "{n} new documents", n=count)
    seen = letter.receipt.documents
    return w("0 matches in {n} new document", "0 matches in {n} new documents", n=seen)


def _lead(letter: Letter, w: Wording) -> str:
    if letter.safe:
        return w(
            "The list begins below. It stands there, and not here, so that nobody reads it who only sees how this "
            "message begins, on a locked screen or over a shoulder."
        )
    news = sum(item.standing != EARLIER for item in letter.items)
    if news:
        return w(
            "Good day. One document came in that your searches look for.",
            "Good day. {n} documents came in that your searches look for.",
            n=news,
        )
    if letter.items:
        return w("Good day. Your searches looked back, as you asked, and found this.")
    if letter.already:
        return w("Good day. Nothing came in that you were not told of before.")
    if letter.held:
        return w("Good day. What came in for your searches is held back for now.")
    return w("Good day. Nothing came in that your searches look for; they were asked as always.")


def _sections(items: Sequence[Item], entries: Sequence[Entry], w: Wording) -> Iterator[Section]:
    pairs = list(zip(items, entries, strict=False))
    titles = {
        NEW: w("New documents"),
        REVISED: w("New versions of documents that were there before"),
        EARLIER: w("Earlier documents, as you asked"),
    }
    for standing, section in groupby(pairs, key=lambda pair: pair[0].standing):
        groups = [
            Group(publisher, body, [entry for _, entry in group])
            for (publisher, body), group in groupby(section, key=lambda pair: _heading(pair[0], w))
        ]
        yield Section(titles[standing], groups)


def _heading(item: Item, w: Wording) -> tuple[str, str]:
    body = label_of("body", item.body, w.language) if item.body else w("Other documents")
    return label_of("publisher", item.publisher, w.language), body


def _entry(number: int, item: Item, letter: Letter, w: Wording, links: Links) -> Entry:
    title = plain(item.title)[:LONGEST_TITLE] or item.symbol or item.key
    languages = ", ".join(label_of("language", code, w.language) for code in item.languages)
    symbol = plain(item.symbol or "")
    part = part_in_words(item.part, w) if item.passage is None else ""
    facts = [symbol, w.day(item.date) if item.date else "", languages, part]
    passage = None if letter.safe else item.passage  # what is quoted tells what was searched for
    quote = excerpt(passage) if passage else ()
    marked = "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in quote)
    language = passage.language if passage else None
    query = item.reasons[0].query if item.reasons and not letter.safe else ""
    return Entry(
        number=number,
        title=isolated(title),
        facts=" · ".join(fact for fact in facts if fact),
        line=isolated(f"{symbol}: {title}" if symbol and symbol != title else title),
        link=links.work(item.key, query),
        late=w("This comes late: it was missed at first, and the nightly check found it.") if item.late else "",
        quote=quote,
        quote_text=isolated(marked, language),
        quote_language=language,
        direction="rtl" if language == "ar" else "auto",
        source=source(item, w) if passage else "",
        reasons=() if letter.safe else reasons(item, w),
    )


def _already(letter: Letter, w: Wording, links: Links) -> Iterator[TitleLine]:
    for told in letter.already[:ALREADY]:
        title = isolated(plain(told.title)[:LONGEST_TITLE])
        yield TitleLine(
            w("{title}, sent on {day}", title=title, day=w.local_day(told.at, letter.zone)), links.work(told.key)
        )
    left = len(letter.already) - ALREADY
    if left > 0:
        yield TitleLine(w("and {n} more", n=left), links.archive(letter.subscriber_id))
