"""How does a member change, pause, take along or delete what we keep for them? On one page, by a signed link."""

from collections.abc import Callable
from functools import partial

from fastapi import FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from search.alerts.errors import Refused
from search.alerts.members import managing
from search.alerts.members.asking import cadence_in_words
from search.alerts.members.erasing import delete_search, erase
from search.alerts.members.exporting import export_member
from search.alerts.members.keeping import add_search
from search.alerts.members.lint import lint
from search.alerts.members.managing import Member, read_member
from search.alerts.members.settings import LANGUAGES, MailSettings, zones
from search.alerts.members.sought import Asking, in_words
from search.alerts.members.wanted import CADENCES, LONGEST_NAME, LONGEST_QUERY, Wanted
from search.alerts.tokens import Grant, Purpose, sign, verify
from search.alerts.wording import Wording
from search.citing import Citing
from search.web.forms import Typed, typed
from search.web.signed import found
from search.web.site import Site
from search.web.tongues import NAMES

Deed = Callable[[Site, int, Typed], object]


def mount(app: FastAPI, site: Site) -> None:
    def whose(token: str) -> int:
        return found(lambda: verify(site.secret, token, Purpose.MANAGE)).subscriber_id

    def page(token: str, done: str = "") -> HTMLResponse:
        return _page(site, token, found(lambda: read_member(site.catalog, whose(token))), done)

    async def act(request: Request, token: str, deed: str) -> Response:
        if deed not in DEEDS:
            raise HTTPException(404, "There is no such button.")
        subscriber_id, fields = whose(token), await typed(request)
        if deed == "add" and await run_in_threadpool(_is_odd, site, fields):  # what is odd is said before it is saved
            pairs = [(name, fields(name)) for name in ("q", "name", "cadence")]
            return RedirectResponse(site.local.manage_watch(token, pairs), 303)
        try:
            await run_in_threadpool(found, partial(DEEDS[deed], site, subscriber_id, fields))
        except Refused as error:
            member = await run_in_threadpool(found, partial(read_member, site.catalog, subscriber_id))
            return _page(site, token, member, wrong=error.said(Wording(member.settings.language)))
        return RedirectResponse(f"{site.local.signed('manage', token)}?done={deed}", 303)

    def everything(token: str) -> Response:
        pieces = found(lambda: export_member(site.catalog, whose(token)))
        name = {"content-disposition": 'attachment; filename="forumwatch-my-data.json"'}
        return StreamingResponse(pieces, media_type="application/json", headers=name)

    def sure(token: str) -> HTMLResponse:
        member = found(lambda: read_member(site.catalog, whose(token)))
        return site.page("delete.html", {"w": Wording(member.settings.language), "member": member, "token": token})

    async def delete(request: Request, token: str) -> HTMLResponse:
        subscriber_id, fields = whose(token), await typed(request)
        member = await run_in_threadpool(found, partial(read_member, site.catalog, subscriber_id))
        w = Wording(member.settings.language)
        if not fields.ticked("sure"):
            return site.page("delete.html", {"w": w, "member": member, "token": token})
        await run_in_threadpool(found, partial(erase, site.catalog, subscriber_id))
        return site.page("delete.html", {"w": w, "member": None, "token": token})

    more = {"response_class": HTMLResponse, "response_model": None, "include_in_schema": False}
    for path, endpoint, method in (
        ("/manage/{token}", page, "GET"),
        ("/manage/{token}/everything.json", everything, "GET"),
        ("/manage/{token}/delete", sure, "GET"),
        ("/manage/{token}/delete", delete, "POST"),
        ("/manage/{token}/{deed}", act, "POST"),
    ):
        app.add_api_route(path, endpoint, methods=[method], **more)  # type: ignore[arg-type]


def _is_odd(site: Site, fields: Typed) -> bool:
    """True for a search that can be saved and that there is something to say about."""
    linted = lint(fields("q"), citations=Citing(site.catalog))
    return bool(linted.verdicts) and not linted.refusals


def _add(site: Site, who: int, fields: Typed) -> object:
    return add_search(site.catalog, who, Wanted(fields("name"), fields("q"), cadence=fields("cadence", "weekly")))


def _settings(site: Site, who: int, fields: Typed) -> None:
    wishes = (fields.ticked("heartbeat"), fields.ticked("safe"))
    managing.change_settings(site.catalog, who, MailSettings(fields("mails_in"), fields("zone"), *wishes))


def _change(site: Site, who: int, fields: Typed) -> None:
    managing.change_search(site.catalog, who, fields.number("search"), fields("name"), fields("cadence"))


DEEDS: dict[str, Deed] = {
    "add": _add,
    "settings": _settings,
    "change": _change,
    "pause": lambda site, who, fields: managing.pause(site.catalog, who, fields.number("search")),
    "pause-all": lambda site, who, _: managing.pause(site.catalog, who),
    "resume": lambda site, who, fields: managing.resume(site.catalog, who, fields.number("search")),
    "catch-up": lambda site, who, fields: managing.resume(site.catalog, who, fields.number("search"), catch_up=True),
    "resume-all": lambda site, who, _: managing.resume(site.catalog, who),
    "catch-up-all": lambda site, who, _: managing.resume(site.catalog, who, catch_up=True),
    "stop": lambda site, who, fields: managing.stop(site.catalog, who, fields.number("search")),
    "remove": lambda site, who, fields: delete_search(site.catalog, who, fields.number("search")),
}


def _said(deed: str, w: Wording) -> str:
    """What was done, for the reader of the page that follows."""
    said = {
        "add": w("The search is saved. You are told of what is new from now on."),
        "mend": w("The search is mended. You are told of what came since it broke, and of what is new."),
        "settings": w("Your settings are saved."),
        "change": w("The search is changed."),
        "pause": w("The search is paused."),
        "pause-all": w("All searches are paused."),
        "resume": w("The search runs from now on."),
        "catch-up": w("The search runs again, and you are told of what came meanwhile."),
        "resume-all": w("All paused searches run from now on."),
        "catch-up-all": w("All paused searches run again, and you are told of what came meanwhile."),
        "stop": w("The search has ended."),
        "remove": w("The search is deleted."),
    }
    return said.get(deed, "")


def _state(state: str, w: Wording) -> str:
    said = {"running": w("running"), "paused": w("paused"), "ended": w("ended"), "broken": w("broken")}
    return said[state]


def _page(site: Site, token: str, member: Member, done: str = "", wrong: str = "") -> HTMLResponse:
    w = Wording(member.settings.language)
    who = member.subscriber_id

    def signed(page: str, purpose: Purpose, search_id: int | None = None) -> str:
        return site.local.signed(page, sign(site.secret, Grant(who, search_id), purpose))

    shown = {
        "w": w,
        "token": token,
        "member": member,
        "done": _said(done, w),
        "wrong": wrong,
        "said": lambda each: in_words(Asking(each.query, each.filters, each.scope), w.language),
        "state_of": lambda each: _state(each.state, w),
        "cadences": [(each, cadence_in_words(each, w)) for each in CADENCES],
        "often": lambda each: cadence_in_words(each.cadence, w),
        "languages": [(each, NAMES[each]) for each in LANGUAGES],
        "zones": zones() if member.settings.timezone in zones() else (member.settings.timezone, *zones()),
        "states": {each.state for each in member.searches},
        "feed": lambda each: signed("feed", Purpose.FEED, each.search_id),
        "trace": lambda each: signed("trace", Purpose.TRACE, each.search_id),
        "mails": signed("mails", Purpose.ARCHIVE),
        "stop_all": signed("unsubscribe", Purpose.UNSUBSCRIBE),
        "longest": {"query": LONGEST_QUERY, "name": LONGEST_NAME},
    }
    return site.page("manage.html", shown, 400 if wrong else 200)
