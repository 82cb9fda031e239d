"""How is a result written as a feed? Atom (RFC 4287), an entry a work or a paragraph, with the passages that answer."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from xml.etree import ElementTree as Tree

from search.as_json import marked
from search.export.citable import About, Citable, one_line, printable
from search.known import POOR_TEXT
from search.labels import label_of
from search.results import Hit, Passage

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed is: `id` stays the same for ever, `page_url` is the same for people, `own_url` where the feed is."""

    id: str
    title: str
    updated: datetime
    page_url: str
    own_url: str
    subtitle: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a feed; `html` is its content, in which all that came from documents is escaped."""

    id: str
    title: str
    updated: datetime
    published: date | None
    author: str
    url: str
    html: str
    terms: tuple[str, ...] = ()


def write_feed(head: Head, entries: Iterable[Entry]) -> Iterator[str]:
    """Well-formed only when it is whole: a feed that was cut short does not parse."""
    top = Tree.Element("head")
    _add(top, "id", head.id)
    _add(top, "title", one_line(head.title))
    if head.subtitle:
        _add(top, "subtitle", one_line(head.subtitle))
    _add(top, "updated", head.updated.isoformat())
    _add(_add(top, "author"), "name", "Forumwatch")
    _add(top, "link", rel="self", type="application/atom+xml", href=head.own_url)
    _add(top, "link", rel="alternate", type="text/html", href=head.page_url)
    _add(top, "generator", "Forumwatch")
    inner = "".join(_text(child) for child in top)
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="{NAMESPACE}">\n{inner}'
    for entry in entries:
        yield _text(_entry(entry))
    yield "</feed>\n"


def write_atom(found: Iterable[Citable], about: About) -> Iterator[str]:
    """The whole result of a search as a feed."""
    head = Head(about.url, f"Forumwatch: {one_line(about.said)}", about.changed, about.url, about.own_url)
    return write_feed(head, (_of_result(each, about) for each in found))


def titled(hit: Hit, symbol: str | None) -> str:
    """The symbol and the title, as far as there are both."""
    title = one_line(hit.title) or symbol or hit.work
    return f"{symbol}: {title}" if symbol and symbol != title else title


def issued_by(hit: Hit) -> str:
    return label_of("body", hit.body) if hit.body else label_of("publisher", hit.publisher)


def quoted(passages: Iterable[Passage]) -> str:
    """Passages as HTML, in which what came from documents is escaped; no marks in it but <mark> and <p>."""
    return "".join(
        f"<p>{marked(p.text, p.marks)}</p><p>{marked(p.citation, ())}{f' ({POOR_TEXT})' if p.poor else ''}</p>"
        for p in passages
    )


def _of_result(each: Citable, about: About) -> Entry:
    hit = each.hit
    url = about.urls.work(hit.work)
    if about.unit == "paragraphs" and hit.passages:
        first = hit.passages[0]
        url = about.urls.document(first.sha256, at=first.ordinal, number=first.paragraph)
    return Entry(
        id=url,
        title=titled(hit, each.symbol),
        updated=each.changed or about.changed,
        published=hit.date,
        author=issued_by(hit),
        url=url,
        html=quoted(hit.passages) or f"<p>{marked(hit.title, ())}</p>",
        terms=tuple(term for term in (each.kind, *hit.languages) if term),
    )


def _entry(each: Entry) -> Tree.Element:
    entry = Tree.Element("entry")
    _add(entry, "id", each.id)
    _add(entry, "title", one_line(each.title))
    _add(entry, "updated", each.updated.isoformat())
    if each.published:
        _add(entry, "published", datetime.combine(each.published, time(), UTC).isoformat())
    _add(_add(entry, "author"), "name", each.author)
    _add(entry, "link", rel="alternate", type="text/html", href=each.url)
    for term in each.terms:
        _add(entry, "category", term=printable(term))
    _add(entry, "content", each.html, type="html")
    return entry


def _add(parent: Tree.Element, tag: str, text: str = "", **attributes: str) -> Tree.Element:
    child = Tree.SubElement(parent, tag, attributes)
    child.text = printable(text) or None
    return child


def _text(element: Tree.Element) -> str:
    """The element as a child of the feed, whose namespace is its own."""
    return Tree.tostring(element, encoding="unicode") + "\n"
