"""How is a letter laid out? From its records to what the templates print, in the reader's language.

The first FULL items are shown with passage and reasons, the next BRIEF in one line each, the rest as a number with the
search pages that list them: a mail stays quick to read and small, and every work is at least counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from search.alerts.links import Letterhead, Links
from search.alerts.mails.letter import Item, Letter, Piece, Watched, excerpt, plain
from search.alerts.wording import Wording, isolated
from search.known import POOR
from search.labels import label_of
from search.results import Passage
from search.standing import SourceStanding

FULL, BRIEF = 40, 100
REASONS, SEARCHES, LONGEST_TITLE = 4, 60, 300
PUBLISHERS = ("UN", "ILO", "IOM", "GCIM", "WTO")  # the order of the mail


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as printed; `line` is its short form."""

    number: int
    title: str
    facts: str
    line: str
    link: str
    quote: tuple[Piece, ...]
    quote_text: str
    quote_language: str | None
    direction: str
    citation: str
    poor: bool
    reasons: tuple[str, ...]

    @property
    def indent(self) -> int:
        return len(str(self.number)) + 2


@dataclass(frozen=True, slots=True)
class Group:
    publisher: str
    body: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class SearchLine:
    name: str
    link: str
    stop: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    line: str
    trouble: bool


def lay_out(
    letter: Letter, links: Links, letterhead: Letterhead, full: int = FULL, brief: int = BRIEF
) -> dict[str, object]:
    """What the templates print, of the letter with at most `full` items whole and `brief` in one line."""
    w = Wording(letter.language)
    items = sorted(letter.items, key=in_order)
    entries = [(item, _entry(number, item, w, links)) for number, item in enumerate(items[: full + brief], 1)]
    groups = [
        Group(publisher, body, tuple(entry for _, entry in group))
        for (publisher, body), group in groupby(entries[:full], key=lambda pair: _heading(pair[0], w))
    ]
    interval = w.interval(letter.first, letter.last)
    title = w("{n} new document", "{n} new documents", n=len(items))
    return {
        "w": w,
        "subject": subject(letter),
        "total": len(items),
        "interval": interval,
        "ruler": len(title) + 2 + len(interval),
        "notice": plain(letterhead.notice.get(letter.language, "")),
        "troubled": ", ".join(plain(source.title) for source in letter.troubled),
        "groups": groups,
        "brief": [entry for _, entry in entries[full:]],
        "more": max(0, len(items) - full - brief),
        "searches": [_search(search, letter, links) for search in letter.searches[:SEARCHES]],
        "covers": w(
            "All that Forumwatch took in for {interval}, as it stood on {moment}.",
            interval=interval,
            moment=w.moment(letter.made),
        ),
        "sources": [_source(source, w) for source in letter.sources],
        "paused": [],
        "address": letter.address,
        "stop_all": links.unsubscribe(letter.subscriber_id),
        "home": links.home(),
    }


def subject(letter: Letter) -> str:
    """Forumwatch: 7 new documents, 28 Sep - 4 Oct 2026. No names, no searches: it is read over shoulders."""
    w = Wording(letter.language)
    count = w("{n} new document", "{n} new documents", n=len(letter.items))
    interval = w.interval(letter.first, letter.last)
    if letter.troubled:
        return w("Forumwatch (incomplete): {count}, {interval}", count=count, interval=interval)
    return w("Forumwatch: {count}, {interval}", count=count, interval=interval)


def in_order(item: Item) -> tuple[int, str, str, int, str]:
    """By publisher, then body, the newest first."""
    place = PUBLISHERS.index(item.publisher) if item.publisher in PUBLISHERS else len(PUBLISHERS)
    newest_first = -item.date.toordinal() if item.date else 1
    return place, item.publisher, item.body or "~", newest_first, item.key


def _heading(item: Item, w: Wording) -> tuple[str, str]:
    body = label_of("body", item.body, w.language) if item.body else w("Other documents")
    return label_of("publisher", item.publisher, w.language), body


def _entry(number: int, item: Item, w: Wording, links: Links) -> Entry:
    title = plain(item.title)[:LONGEST_TITLE] or item.symbol or item.key
    languages = ", ".join(label_of("language", code, w.language) for code in item.languages)
    symbol = plain(item.symbol or "")
    facts = [symbol, w.day(item.date) if item.date else "", languages]
    passage = item.passage
    quote = excerpt(passage) if passage else ()
    marked = "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in quote)
    language = passage.language if passage else None
    return Entry(
        number=number,
        title=isolated(title),
        facts=" · ".join(fact for fact in facts if fact),
        line=isolated(f"{symbol}: {title}" if symbol and symbol != title else title),
        link=links.work(item.key, item.reasons[0].query if item.reasons else ""),
        quote=quote,
        quote_text=isolated(marked, language),
        quote_language=language,
        direction="rtl" if language == "ar" else "auto",
        citation=_citation(passage, w) if passage else "",
        poor=passage is not None and passage.quality < POOR,
        reasons=_reasons(item.reasons, w),
    )


def _citation(passage: Passage, w: Wording) -> str:
    """As it is cited, and the page where that does not say it."""
    cited = plain(passage.citation)
    return f"{cited}, {w('p. {page}', page=passage.page)}" if passage.paragraph else cited


def _reasons(searches: Sequence[Watched], w: Wording) -> tuple[str, ...]:
    said = [_reason(search, w) for search in searches[:REASONS]]
    left = len(searches) - REASONS
    return (*said, *([f"+ {left}"] if left > 0 else []))


def _reason(search: Watched, w: Wording) -> str:
    name, said = plain(search.name), plain(search.said)
    because = w("Your search “{name}”", name=isolated(name))
    return f"{because}: {isolated(said[:1].lower() + said[1:])}"


def _search(search: Watched, letter: Letter, links: Links) -> SearchLine:
    stop = links.unsubscribe(letter.subscriber_id, search.search_id)
    return SearchLine(isolated(plain(search.name)), links.search(search.query), stop)


def _source(source: SourceStanding, w: Wording) -> SourceLine:
    if source.cadence == "by hand" and source.last_good:
        by_hand = w("taken in by hand, last on {moment}", moment=w.moment(source.last_good))
        return SourceLine(by_hand if source.source == "by-hand" else f"{plain(source.title)}: {by_hand}", False)
    nothing = w("not looked at yet") if source.unseen else w("no good look yet")
    seen = w("last good look {moment}", moment=w.moment(source.last_good)) if source.last_good else nothing
    trouble = _trouble(source, w)
    return SourceLine(f"{plain(source.title)}: {'; '.join((*trouble, seen))}", bool(trouble))


def _trouble(source: SourceStanding, w: Wording) -> Iterable[str]:
    found = []
    if source.state == "failed":
        found.append(f"{w('last try failed')}: {plain(source.reason)[:200]}" if source.reason else w("last try failed"))
    if source.late:
        found.append(w("late"))
    return found


def bare(letter: Letter) -> Letter:
    """The letter without passages, for when it must be smaller still."""
    return replace(letter, items=tuple(replace(item, passage=None) for item in letter.items))
