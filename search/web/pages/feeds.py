"""What has my search brought, in a feed reader? Atom by a signed link: an entry a work, with why and where it matched.

An entry's id is that of the pair of search and work, and its time that of the match: a work that changes again is not
news again. The answer carries an ETag, so that a reader that asks every hour is told "nothing new" without more work.
"""

import hashlib
from collections.abc import Iterator

from fastapi import FastAPI, Request, Response

from search.alerts.members.brought import Brought, Match, brought
from search.alerts.members.sought import in_words
from search.alerts.tokens import Purpose, verify
from search.alerts.wording import Wording
from search.as_json import marked
from search.citing import Citing
from search.export.citable import Citable, citable
from search.export.feed import Entry, Head, issued_by, quoted, titled, write_feed
from search.hits import dress
from search.query.parse import parse
from search.query.resolve import resolve
from search.web.asked import Asked
from search.web.signed import found
from search.web.site import Site

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def mount(app: FastAPI, site: Site) -> None:
    def feed(request: Request, token: str) -> Response:
        told = found(lambda: brought(site.catalog, verify(site.secret, token, Purpose.FEED)))
        tag = _tag(told)
        headers = {"etag": tag}
        if tag in request.headers.get("if-none-match", "").replace("W/", "").split(", "):
            return Response(status_code=304, headers=headers)
        own = site.whole.signed("feed", token)
        return Response("".join(_written(site, told, own)), media_type=MEDIA_TYPE, headers=headers)

    app.add_api_route(
        "/feed/{token}",
        feed,
        methods=["GET", "HEAD"],
        response_class=Response,
        response_model=None,
        include_in_schema=False,
    )


def _tag(told: Brought) -> str:
    """Another one whenever the feed would say something else."""
    said = (told.search_id, told.name, told.asking, told.state, told.reason, told.language, told.safe, told.matches)
    return f'"{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}"'


def _written(site: Site, told: Brought, own_url: str) -> Iterator[str]:
    w = Wording(told.language)
    page = site.whole.home() if told.safe else site.whole.search(asked_of(told).pairs())
    feed = f"tag:{site.whole.host},2026:search-{told.search_id}"
    tree = resolve(parse(told.asking.query).tree, Citing(site.catalog)).tree
    ids = [match.work_id for match in told.matches]
    hits = dress(site.catalog, site.searcher.engine, tree, ids, told.language)
    works = {each.hit.work_id: each for each in citable(site.catalog, hits)}
    title = "Forumwatch" if told.safe else f"Forumwatch: {told.name}"
    head = Head(feed, title, told.updated, page, own_url, _state(told, w))
    entries = (
        _entry(site, told, match, works[match.work_id], f"{feed}/work-{match.work_id}", _why(told, match, w))
        for match in told.matches
        if match.work_id in works
    )
    return write_feed(head, entries)


def _entry(site: Site, told: Brought, match: Match, each: Citable, name: str, why: str) -> Entry:
    return Entry(
        id=name,
        title=titled(each.hit, each.symbol),
        updated=match.matched,
        published=each.hit.date,
        author=issued_by(each.hit),
        url=site.whole.work(each.hit.work, query="" if told.safe else told.asking.query),
        html=("" if told.safe else quoted(each.hit.passages)) + why,  # a marked passage tells what was searched for
        terms=each.hit.languages,
    )


def _why(told: Brought, match: Match, w: Wording) -> str:
    said = []
    if not told.safe:
        words = in_words(told.asking, told.language)
        said.append(w("Because of your search “{name}”: {said}", name=told.name, said=words))
    if match.late:
        said.append(w("Found late: it should have been told of before."))
    return "".join(f"<p>{marked(line, ())}</p>" for line in said)


def asked_of(told: Brought) -> Asked:
    """The search as its page has it, newest first."""
    filters = tuple((name, value) for name, values in told.asking.filters.items() for value in values)
    return Asked(told.asking.query, filters, sort="-date", unit=told.asking.scope)


def _state(told: Brought, w: Wording) -> str:
    if told.state == "paused":
        return w("This search is paused: nothing new comes.")
    if told.state == "broken":
        return w("This search can find nothing any more: {reason}", reason=told.reason)
    return ""
