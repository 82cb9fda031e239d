"""What stands at the end of a mail? The receipt of what was looked at, what is held back, and the ways to leave."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from search.alerts.links import Links
from search.alerts.mails.letter import Letter, Watched, plain
from search.alerts.mails.periods import DAILY, WEEKLY
from search.alerts.wording import Wording, isolated
from search.standing import SourceStanding

SEARCHES = 60  # that can be stopped one by one


class SearchLine(NamedTuple):
    name: str
    link: str
    stop: str


class SourceLine(NamedTuple):
    line: str
    trouble: bool


def receipt(letter: Letter, w: Wording) -> dict[str, object]:
    """The interval covered, in the reader's time zone, and each source; empty where the mail covers no interval."""
    told = letter.receipt
    if told is None or told.since is None:
        return {"covers": "", "seen": "", "waits": "", "sources": ()}
    since, until = w.clock(told.since, letter.zone), w.moment(letter.made, letter.zone)
    return {
        "covers": w("All that Forumwatch took in from {since} to {until}.", since=since, until=until),
        "seen": w("{n} document was new in this time.", "{n} documents were new in this time.", n=told.documents),
        "waits": _waits(told.pictures, w),
        "sources": [_source(each, told.by_source.get(each.source, 0), letter.zone, w) for each in told.sources],
    }


def _waits(pictures: int, w: Wording) -> str:
    """Silence about a page must not look as if it said nothing."""
    if not pictures:
        return ""
    return w(
        "{n} page that is a picture is still to be read: what it says will follow.",
        "{n} pages that are pictures are still to be read: what they say will follow.",
        n=pictures,
    )


def held(letter: Letter, w: Wording) -> Iterator[str]:
    """One line for each flood that waits for a person."""
    for flood in letter.held:
        brought = w("{source} brought {n} documents at once", source=plain(flood.title), n=flood.works)
        matching = w("{n} of them matches your searches", "{n} of them match your searches", n=flood.matching)
        waits = w("They are held until the secretariat has looked at them.")
        yield f"{brought}; {matching}. {waits}"


def footer(letter: Letter, w: Wording, links: Links) -> dict[str, object]:
    """Why this mail came, and where to change or end it; a mail that names no search can only be ended as a whole."""
    searches = () if letter.safe else letter.searches[:SEARCHES]
    return {
        "because": _because(letter, w),
        "manage": links.manage(letter.subscriber_id),
        "archive": links.archive(letter.subscriber_id, letter.kind, letter.period),
        "stop_all": links.unsubscribe(letter.subscriber_id),
        "searches": [_search(search, letter, links) for search in searches],
        "home": links.home(),
        "safe": letter.safe,
    }


def one_click(letter: Letter, links: Links) -> str:
    """What the button of a mail program stops: the search, where a mail at once is about one; else all mail."""
    only = letter.searches[0].search_id if letter.kind not in (DAILY, WEEKLY) and len(letter.searches) == 1 else None
    return links.unsubscribe(letter.subscriber_id, only)


def _because(letter: Letter, w: Wording) -> str:
    if letter.kind == WEEKLY:
        return w("You get this mail every week because {address} asked for it.", address=letter.address)
    if letter.kind == DAILY:
        return w("You get this mail on days with news because {address} asked for it.", address=letter.address)
    return w("You get this mail as soon as there is news because {address} asked for it.", address=letter.address)


def _search(search: Watched, letter: Letter, links: Links) -> SearchLine:
    stop = links.unsubscribe(letter.subscriber_id, search.search_id)
    return SearchLine(isolated(plain(search.name)), links.search(search.query, search.narrowed), stop)


def _source(source: SourceStanding, new: int, zone: str, w: Wording) -> SourceLine:
    title = plain(source.title)
    brought = w("{n} new document", "{n} new documents", n=new)
    if source.cadence == "by hand" and source.last_good:
        by_hand = w("taken in by hand, last on {moment}", moment=_clock(source.last_good, zone, w))
        said = by_hand if source.source == "by-hand" else f"{title}: {by_hand}"
        return SourceLine(f"{said}; {brought}", False)
    nothing = w("not looked at yet") if source.unseen else w("no good look yet")
    looked = w("last good look {moment}", moment=_clock(source.last_good, zone, w)) if source.last_good else nothing
    trouble = tuple(_trouble(source, w))
    facts = (*trouble, looked) if source.never else (*trouble, looked, brought)
    return SourceLine(f"{title}: {'; '.join(facts)}", bool(trouble))


def _clock(moment: datetime | None, zone: str, w: Wording) -> str:
    return w.clock(moment, zone) if moment else ""


def _trouble(source: SourceStanding, w: Wording) -> Iterator[str]:
    if source.state == "failed":
        failed = w("last try failed")
        yield f"{failed}: {plain(source.reason)[:200]}" if source.reason else failed
    if source.late:
        yield w("late")
