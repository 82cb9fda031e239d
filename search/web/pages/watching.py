"""May I be told of this search from now on? The page that rehearses it, with the form that saves it.

What was chosen on the search page comes along in the address: the query, the facets, works or paragraphs. Widening and
likeness do not, since alerts go by words; the words of a family can be written out instead. Who has no page of their
own yet signs up (signing_up.py); a member comes with the link to theirs, and with `search` mends a broken search.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from search.alerts.errors import Refused
from search.alerts.mails.sample import sample_text
from search.alerts.members.asking import cadence_in_words
from search.alerts.members.hints import with_its_family
from search.alerts.members.keeping import add_search
from search.alerts.members.managing import Member, read_member
from search.alerts.members.mending import SearchStanding, broken_search, mend
from search.alerts.members.rehearsal import Rehearsal, rehearse
from search.alerts.members.settings import zones
from search.alerts.members.sought import Asking
from search.alerts.members.wanted import CADENCES, LONGEST_NAME, LONGEST_QUERY, Wanted
from search.alerts.tokens import Purpose, verify
from search.alerts.wording import LANGUAGES, Wording
from search.as_json import rehearsal_json
from search.fields import FACETS
from search.json_shapes import WatchJson
from search.web.asked import Asked, asked
from search.web.forms import Typed, typed
from search.web.pages.examples import WATCH
from search.web.pages.signing_up import TRAP, Limits
from search.web.signed import found
from search.web.site import Answer, Site
from search.web.tongues import CHOICE, NAMES, of_reader, zone_of_reader
from search.web.twins import Described, serve

AN_HOUR = 300  # rehearsals from one network: each is a score of searches
PARAMETERS = [
    ("q", "The query; see /help.", '"domestic workers" AND country:PHL'),
    ("unit", "works (as without it), or paragraphs: each holds all that was asked for.", "paragraphs"),
    (CHOICE, "The language of what is said: en, fr or es.", "fr"),
    *((name, f"[many] Narrows to works with any of these values in the facet {name}.", "") for name in FACETS),
]


MISTAKES = {429: "More rehearsals than one network may have in an hour."}


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which search, in which language: with a `token` a member, who may mend a `broken` search."""

    question: Asked
    w: Wording
    token: str = ""
    member: Member | None = None
    broken: SearchStanding | None = None

    @property
    def asking(self) -> Asking:
        filters = {name: tuple(values) for name, values in self.question.by_field().items()}
        return Asking(self.question.query, filters, self.question.unit)

    def url(self, site: Site, asking: Asking | None = None, language: str = "") -> str:
        """This page, about this search or another, in this language or another."""
        pairs = pairs_of(asking or self.asking)
        pairs += [("search", str(self.broken.search_id))] if self.broken else []
        pairs += [(CHOICE, language or self.w.language)] if language or self.w.language != "en" else []
        return site.local.manage_watch(self.token, pairs) if self.token else site.local.watch(pairs)


def pairs_of(asking: Asking) -> list[tuple[str, str]]:
    """A search as the address of its page has it."""
    filters = tuple((name, value) for name, values in asking.filters.items() for value in values)
    return Asked(asking.query, filters, unit=asking.scope).pairs()


def mount(app: FastAPI, site: Site) -> None:
    limits = Limits(AN_HOUR)

    def watch(request: Request) -> Answer:
        limits.check(request)
        question, _ = asked(request.query_params.multi_items())
        visit = Visit(question, of_reader(request))
        told, sample = _rehearsed(site, visit)
        url = site.whole.watch(pairs_of(told.asking), json=True)
        data = rehearsal_json(told, sample, lambda other: site.whole.watch(pairs_of(other), json=True), url)
        return Answer("watch.html", data, _shown(site, request, visit, told, sample))

    def own(request: Request, token: str) -> HTMLResponse:
        fields = Typed(request.query_params.multi_items())
        return _own(site, request, _visit(site, request, token, fields), fields)

    async def save(request: Request, token: str) -> Response:
        fields = await typed(request)
        visit = await run_in_threadpool(_visit, site, request, token, fields)
        try:
            await run_in_threadpool(found, partial(_save, site, visit, fields))
        except Refused as error:
            wrong = error.said(visit.w)
            return await run_in_threadpool(_own, site, request, visit, fields, wrong)
        return RedirectResponse(f"{site.local.signed('manage', token)}?done={'mend' if visit.broken else 'add'}", 303)

    told = Described("What a search would bring if it were watched", WatchJson, WATCH, PARAMETERS, MISTAKES)
    serve(app, site, "/watch", watch, told)
    more = {"response_class": HTMLResponse, "response_model": None, "include_in_schema": False}
    app.add_api_route("/manage/{token}/watch", own, methods=["GET", "HEAD"], **more)  # type: ignore[arg-type]
    app.add_api_route("/manage/{token}/watch", save, methods=["POST"], **more)  # type: ignore[arg-type]


def _visit(site: Site, request: Request, token: str, fields: Typed) -> Visit:
    member = found(lambda: read_member(site.catalog, verify(site.secret, token, Purpose.MANAGE).subscriber_id))
    w = Wording(fields(CHOICE)) if fields(CHOICE) in LANGUAGES else Wording(member.settings.language)
    question, _ = asked(fields.pairs)
    number = fields.number("search")
    broken = broken_search(site.catalog, member.subscriber_id, number) if number else None
    if broken is not None and not any(name == "q" for name, _ in fields.pairs):
        question, _ = asked(pairs_of(broken.asking))  # as it was, until its owner has typed another
    return Visit(question, w, token, member, broken)


def _own(site: Site, request: Request, visit: Visit, fields: Typed | None = None, wrong: str = "") -> HTMLResponse:
    told, sample = _rehearsed(site, visit)
    shown = _shown(site, request, visit, told, sample) | {"fields": fields or Typed([]), "wrong": wrong}
    return site.page("watch.html", shown, 400 if wrong else 200)


def _rehearsed(site: Site, visit: Visit) -> tuple[Rehearsal, str]:
    told = rehearse(site.catalog, site.searcher.engine, visit.asking, site.now(), visit.w.language)
    return told, sample_text(site.catalog, site.links, site.letterhead, told, site.now(), visit.w.language)


def _shown(site: Site, request: Request, visit: Visit, told: Rehearsal, sample: str) -> dict[str, Any]:
    wide = with_its_family(visit.asking.query, visit.w.language) if told.families else None
    w = visit.w
    return {
        "w": w,
        "visit": visit,
        "told": told,
        "sample": sample,
        "wrong": "",
        "fields": Typed([]),
        "url_of": lambda asking: visit.url(site, asking),
        "wide": visit.url(site, replace(visit.asking, query=wide)) if wide else "",
        "gains": [variant for family in told.families for variant in family.variants if variant.added],
        "not_kept": visit.question.widen or visit.question.meaning,
        "kept": pairs_of(told.asking),
        "kept_but_query": pairs_of(told.asking)[1:],
        "search_url": site.local.search(replace(visit.question, after=None).pairs()),
        "twin_url": site.local.watch(pairs_of(told.asking), json=True),
        "others": [(code, NAMES[code], visit.url(site, language=code)) for code in LANGUAGES if code != w.language],
        "cadences": [(each, cadence_in_words(each, w)) for each in CADENCES],
        "languages": [(each, NAMES[each]) for each in LANGUAGES],
        "zones": zones(),
        "zone": zone_of_reader(request),
        "trap": TRAP,
        "longest": {"query": LONGEST_QUERY, "name": LONGEST_NAME},
    }


def _save(site: Site, visit: Visit, fields: Typed) -> None:
    assert visit.member is not None
    who, asking = visit.member.subscriber_id, visit.asking
    wanted = Wanted(fields("name"), asking.query, asking.filters, asking.scope, fields("cadence", "weekly"))
    if visit.broken is not None:
        mend(site.catalog, who, visit.broken.search_id, wanted)
    else:
        add_search(site.catalog, who, wanted, fields.ticked("backfill"))
