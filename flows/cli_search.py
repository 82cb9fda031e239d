"""How does a person search by hand? `forumwatch search`: works or paragraphs that answer, or more like a work."""

from typing import TYPE_CHECKING, Annotated

import typer

from flows.arguments import AsJson, NotFound, furnished, language_code, print_json, readable
from flows.house import House

if TYPE_CHECKING:
    from search.web.asked import Asked


def search_command(
    query: Annotated[
        str | None, typer.Argument(metavar="QUERY", help="none only with --like", callback=readable)
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="ar, zh, en, fr, ru or es: titles and words in it first", callback=language_code)
    ] = None,
    sort: Annotated[str, typer.Option(help="relevance, date (oldest first) or -date")] = "relevance",
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    after: Annotated[str | None, typer.Option(help="the cursor that the page before ended with")] = None,
    paragraphs: Annotated[bool, typer.Option("--paragraphs", help="paragraphs in which all of it meets")] = False,
    widen: Annotated[
        bool, typer.Option("--widen", help="words of a keyword family find the family, in six languages")
    ] = False,
    meaning: Annotated[
        bool, typer.Option("--meaning", help="also passages that say something like it, in any language")
    ] = False,
    like: Annotated[
        str | None,
        typer.Option(metavar="SYMBOL|SHA256|WORK", help="instead of a query: more like this work", callback=readable),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Search the works: words, "phrases", AND OR NOT, parentheses, field:value."""
    from search.web.asked import Asked

    if sort not in ("relevance", "date", "-date"):
        raise typer.BadParameter("sort is relevance, date or -date")
    if (query is None) == (like is None):
        raise typer.BadParameter("give either a query or --like SYMBOL")
    if like is not None:
        if after or paragraphs or widen or meaning or sort != "relevance":
            raise typer.BadParameter("--like goes with --language, --limit and --json only")
        _like(furnished(), like, language, limit, as_json)
        return
    unit = "paragraphs" if paragraphs else "works"
    asked = Asked(query or "", sort=sort, limit=limit, after=after, unit=unit, widen=widen, meaning=meaning)
    _search(furnished(), asked, language, as_json)


def _search(house: House, asked: "Asked", language: str | None, as_json: bool) -> None:
    from flows import shown
    from search.as_json import results_json
    from search.web.urls import Urls, search_urls

    results = house.searcher.search(
        asked.query,
        language,
        asked.sort,
        asked.limit,
        asked.after,
        unit=asked.unit,
        widen=asked.widen,
        meaning=asked.meaning,
    )
    if as_json:
        urls = Urls(house.settings.base_url)
        print_json(results_json(results, urls, *search_urls(urls, asked, results.after)))
    else:
        shown.results(results)


def _like(house: House, name: str, language: str | None, limit: int, as_json: bool) -> None:
    from flows import shown
    from search.as_json import similar_json
    from search.shelf import find_work
    from search.web.urls import Urls

    key = find_work(house.catalog, name)
    if key is None:
        raise NotFound(f"nothing here is called {name}")
    hits = house.searcher.similar(key, language, limit)
    if as_json:
        print_json(similar_json(key, hits, Urls(house.settings.base_url)))
    else:
        shown.similar(key, hits)
