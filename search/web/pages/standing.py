"""What is in here, how do the sources stand, what could not be read, is all well? The front page and its neighbours."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request

from search.as_json import health_json, sources_json, unread_json
from search.fields import FIELDS
from search.json_shapes import HealthJson, HelpJson, SourcesJson, UnreadListJson
from search.standing import (
    SourceStanding,
    Unread,
    UnreadList,
    health,
    holdings,
    needs_ocr,
    source_standings,
    unread_documents,
)
from search.web import help_text
from search.web.pages.examples import HEALTH, HELP, SOURCES, UNREAD
from search.web.site import Answer, Site
from search.web.twins import Described, serve

AFTER = ("after", "The cursor of the next page, as `next_url` has it.", "120")


def mount(app: FastAPI, site: Site) -> None:
    def stands() -> tuple[Any, Mapping[str, Any]]:
        held, sources = holdings(site.catalog), source_standings(site.catalog)
        shown = {"holdings": held, "sources": sources, "troubled": [each for each in sources if _troubled(each)]}
        return sources_json(held, sources, site.whole.page("sources")), shown

    def home() -> Answer:
        data, shown = stands()
        examples = help_text.EXAMPLES[:4]
        return Answer(
            "home.html", data, {**shown, "examples": examples, "twin_url": site.local.page("index", json=True)}
        )

    def sources() -> Answer:
        data, shown = stands()
        return Answer("sources.html", data, {**shown, "twin_url": site.local.page("sources", json=True)})

    def quarantine(request: Request) -> Answer:
        after = cursor(request.query_params.get("after", ""))
        unread = unread_documents(site.catalog, after)
        more = None if unread.after is None else site.whole.quarantine(unread.after, json=True)
        data = unread_json(unread, site.whole, site.whole.quarantine(after or None), more)
        twin = site.local.quarantine(after or None, json=True)
        return Answer("quarantine.html", data, {**unread_shown(unread, after), "twin_url": twin})

    def healthy() -> Answer:
        found = health(site.catalog, site.searcher.standing())
        shown = {"health": found, "twin_url": site.local.page("health", True)}
        return Answer("health.html", health_json(found), shown, 200 if found.index.usable else 503)

    def helping() -> Answer:
        data = help_text.help_json(site.whole.page("help"))
        shown = {
            "fields": FIELDS,
            "meaning": help_text.meaning,
            "rules": help_text.RULES,
            "examples": help_text.EXAMPLES,
        }
        return Answer("help.html", data, {**shown, "twin_url": site.local.page("help", json=True)})

    told = Described("What is in here and how each source stands", SourcesJson, SOURCES)
    serve(app, site, "/", home, told, twin="/index.json")
    serve(app, site, "/sources", sources, told)
    serve(app, site, "/help", helping, Described("The query language", HelpJson, HELP))
    serve(app, site, "/health", healthy, Described("Is all well?", HealthJson, HEALTH))
    unread = Described("What could not be read, or not yet, and why", UnreadListJson, UNREAD, [AFTER])
    serve(app, site, "/quarantine", quarantine, unread)


def unread_shown(unread: UnreadList, after: int, token: str = "", wrong: str = "") -> dict[str, Any]:
    """What the page of the list shows; with the `token` of the desk it has buttons."""
    return {"unread": unread, "groups": _groups(unread), "after": after, "token": token, "wrong": wrong}


def _groups(unread: UnreadList) -> list[tuple[str, str, list[Unread]]]:
    """(heading, anchor, documents): scans apart from what is broken and from what is only waiting."""
    scans = [each for each in unread.documents if needs_ocr(each.state, each.reason)]
    kept = [each for each in unread.documents if each.state == "quarantined"]
    waiting = [each for each in unread.documents if each not in scans and each not in kept]
    groups = [
        ("In quarantine", "quarantined", kept),
        ("Needs OCR", "needs-ocr", scans),
        ("Waiting to be tried again", "waiting", waiting),
    ]
    return [group for group in groups if group[2]]


def _troubled(source: SourceStanding) -> bool:
    return source.late or source.never or source.state == "failed"


def cursor(words: str) -> int:
    """The id that a list goes on from; 0, its beginning, for anything else."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 16 else 0
