"""How does someone begin to get mails, or find the way back to them? A form, a mail, a button; never who is known.

Everyone gets the same answer to the same form, after the same time at least. How often a network may use the forms is
counted in the memory of this process alone, by a hash of its own (gate.py); how often an address is written to, by
what is in the outbox (search/alerts/members/signing_up.py).
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from search.alerts.errors import Refused
from search.alerts.members.asking import cadence_in_words
from search.alerts.members.settings import LANGUAGES, MailSettings, zones
from search.alerts.members.signing_up import Confirmation, SignUp, ask_for_link, confirm, read_confirmation, sign_up
from search.alerts.members.sought import Asking, in_words
from search.alerts.members.wanted import CADENCES, LONGEST_NAME, LONGEST_QUERY, Wanted
from search.alerts.tokens import Grant, Purpose, sign
from search.alerts.wording import Wording
from search.fields import FACETS
from search.web.forms import Typed, typed
from search.web.gate import Buckets, network_of
from search.web.signed import found
from search.web.site import Site
from search.web.tongues import NAMES, of_reader, zone_of_reader

AN_HOUR = 30  # forms from one network
AT_LEAST = 0.4  # seconds that an answer takes, whatever there was to do
TRAP = "website"  # a field that people do not see and do not fill in
TOO_OFTEN = "This page was used too often from where you are; please try again in a few minutes."


class Limits:
    """How many forms a network may send: a bucket that fills in an hour."""

    def __init__(self, an_hour: int = AN_HOUR) -> None:
        self.an_hour = an_hour
        self.buckets = Buckets(clock=lambda: time.monotonic() / 60)  # whose minute is our hour
        self.salt = secrets.token_bytes(16)

    def check(self, request: Request) -> None:
        stand = self.buckets.take(network_of(request.scope, self.salt), self.an_hour, 1)
        if stand.wait:
            raise HTTPException(429, TOO_OFTEN, {"retry-after": str(60 * stand.wait)})


def mount(app: FastAPI, site: Site) -> None:
    limits = Limits()

    async def form(request: Request) -> HTMLResponse:
        return _form(site, request, Typed(request.query_params.multi_items()))

    async def sent(request: Request) -> HTMLResponse:
        begun, fields = time.monotonic(), await typed(request)
        limits.check(request)
        w = of_reader(request, fields("mails_in"))
        if fields(TRAP):  # whoever fills this in is no person; it shall think that all is well
            return await _later(begun, site.page("asked.html", {"w": w, "link": False}))
        asked = SignUp(fields("address"), [_wanted(fields)], _settings(fields), fields.ticked("backfill"))
        try:
            await run_in_threadpool(sign_up, site.catalog, asked, site.links, site.letterhead, site.now())
        except Refused as error:
            return _form(site, request, fields, error)
        return await _later(begun, site.page("asked.html", {"w": w, "link": False}))

    async def way_back(request: Request) -> HTMLResponse:
        return site.page("way_back.html", {"w": of_reader(request), "wrong": "", "address": ""})

    async def way_back_sent(request: Request) -> HTMLResponse:
        begun, fields = time.monotonic(), await typed(request)
        limits.check(request)
        w = of_reader(request)
        try:
            if not fields(TRAP):
                address = fields("address")
                await run_in_threadpool(ask_for_link, site.catalog, address, site.links, site.letterhead, site.now())
        except Refused as error:
            shown = {"w": w, "wrong": error.said(w), "address": fields("address")[:300]}
            return site.page("way_back.html", shown, 400)
        return await _later(begun, site.page("asked.html", {"w": w, "link": True}))

    def ask(token: str) -> HTMLResponse:
        about = found(lambda: read_confirmation(site.catalog, site.secret, token, site.now()))
        return _confirming(site, token, about)

    def confirmed(request: Request, token: str) -> HTMLResponse:
        try:
            about = found(lambda: confirm(site.catalog, site.secret, token, site.now()))
        except Refused as error:
            raise HTTPException(409, error.said(of_reader(request))) from error
        manage = sign(site.secret, Grant(about.subscriber_id), Purpose.MANAGE)
        return _confirming(site, token, replace(about, done=True), site.local.signed("manage", manage))

    _add(app, "/sign-up", form, sent)
    _add(app, "/manage", way_back, way_back_sent)
    _add(app, "/confirm/{token}", ask, confirmed)


def _add(app: FastAPI, path: str, get: Callable[..., object], post: Callable[..., object]) -> None:
    more = {"response_class": HTMLResponse, "response_model": None, "include_in_schema": False}
    app.add_api_route(path, get, methods=["GET", "HEAD"], **more)  # type: ignore[arg-type]
    app.add_api_route(path, post, methods=["POST"], **more)  # type: ignore[arg-type]


async def _later(begun: float, answer: HTMLResponse) -> HTMLResponse:
    """How long it took shall not tell whether somebody is known."""
    await asyncio.sleep(max(0.0, AT_LEAST - (time.monotonic() - begun)))
    return answer


def _form(site: Site, request: Request, fields: Typed, wrong: Refused | None = None) -> HTMLResponse:
    w = of_reader(request, fields("mails_in"))
    wanted = _wanted(fields)
    shown = {
        "w": w,
        "wrong": wrong.said(w) if wrong else "",
        "fields": fields,
        "wanted": wanted,
        "said": in_words(Asking(wanted.query, wanted.filters, wanted.scope), w.language) if wanted.query else "",
        "filters": [(name, value) for name, values in wanted.filters.items() for value in values],
        "cadences": [(each, cadence_in_words(each, w)) for each in CADENCES],
        "languages": [(each, NAMES[each]) for each in LANGUAGES],
        "zones": zones(),
        "zone": fields("zone") or zone_of_reader(request),
        "trap": TRAP,
        "others": [
            (code, NAMES[code], site.local.sign_up([*_question(fields), ("hl", code)]))
            for code in LANGUAGES
            if code != w.language
        ],
        "longest": {"query": LONGEST_QUERY, "name": LONGEST_NAME},
    }
    return site.page("sign_up.html", shown, 400 if wrong else 200)


def _confirming(site: Site, token: str, about: Confirmation, manage: str = "") -> HTMLResponse:
    w = Wording(about.language)
    searches = [
        (
            each.name,
            in_words(Asking(each.query, each.filters, each.scope), w.language),
            cadence_in_words(each.cadence, w),
        )
        for each in about.searches
    ]
    return site.page("confirm.html", {"w": w, "token": token, "about": about, "searches": searches, "manage": manage})


def _question(fields: Typed) -> list[tuple[str, str]]:
    """The search, as its page's address has it."""
    return [(name, value) for name, value in fields.pairs if name in ("q", "unit", *FACETS)]


def _wanted(fields: Typed) -> Wanted:
    filters: dict[str, list[str]] = {}
    for name, value in fields.pairs:
        if name in FACETS and value:
            filters.setdefault(name, []).append(value)
    scope = fields("unit") or "works"
    return Wanted(fields("name"), fields("q"), filters, scope, fields("cadence", "weekly"))


def _settings(fields: Typed) -> MailSettings:
    wishes = (fields.ticked("heartbeat"), fields.ticked("safe"))
    return MailSettings(fields("mails_in", "en"), fields("zone", "UTC"), *wishes)
