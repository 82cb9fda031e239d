"""How is a result written as a feed? Atom (RFC 4287), an entry a work or a paragraph, with the passages that answer."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from xml.etree import ElementTree as Tree

from search.as_json import marked
from search.export.citable import About, Citable, one_line, printable
from search.labels import label_of

NAMESPACE = "http://www.w3.org/2005/Atom"


def write_atom(found: Iterable[Citable], about: About) -> Iterator[str]:
    """Well-formed only when it is whole: a feed that was cut short does not parse."""
    head = Tree.Element("head")
    _add(head, "id", about.url)
    _add(head, "title", f"Forumwatch: {one_line(about.said)}")
    _add(head, "updated", about.changed.isoformat())
    _add(_add(head, "author"), "name", "Forumwatch")
    _add(head, "link", rel="self", type="application/atom+xml", href=about.own_url)
    _add(head, "link", rel="alternate", type="text/html", href=about.url)
    _add(head, "generator", "Forumwatch")
    inner = "".join(_text(child) for child in head)
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="{NAMESPACE}">\n{inner}'
    for each in found:
        yield _text(_entry(each, about))
    yield "</feed>\n"


def _entry(each: Citable, about: About) -> Tree.Element:
    hit = each.hit
    entry = Tree.Element("entry")
    url = about.urls.work(hit.work)
    if about.unit == "paragraphs" and hit.passages:
        first = hit.passages[0]
        url = about.urls.document(first.sha256, at=first.ordinal, number=first.paragraph)
    title = one_line(hit.title) or each.symbol or hit.work
    _add(entry, "id", url)
    _add(entry, "title", f"{each.symbol}: {title}" if each.symbol and each.symbol != title else title)
    _add(entry, "updated", (each.changed or about.changed).isoformat())
    if hit.date:
        _add(entry, "published", datetime.combine(hit.date, time(), UTC).isoformat())
    author = label_of("body", hit.body) if hit.body else label_of("publisher", hit.publisher)
    _add(_add(entry, "author"), "name", author)
    _add(entry, "link", rel="alternate", type="text/html", href=url)
    for term in (each.kind, *hit.languages):
        if term:
            _add(entry, "category", term=printable(term))
    _add(entry, "content", _content(each), type="html")
    return entry


def _content(each: Citable) -> str:
    """HTML, in which what came from documents is escaped; no marks in it but <mark> and <p>."""
    quotes = [f"<p>{marked(p.text, p.marks)}</p><p>{marked(p.citation, ())}</p>" for p in each.hit.passages]
    return "".join(quotes) or f"<p>{marked(each.hit.title, ())}</p>"


def _add(parent: Tree.Element, tag: str, text: str = "", **attributes: str) -> Tree.Element:
    child = Tree.SubElement(parent, tag, attributes)
    child.text = printable(text) or None
    return child


def _text(element: Tree.Element) -> str:
    """The element as a child of the feed, whose namespace is its own."""
    return Tree.tostring(element, encoding="unicode") + "\n"
