"""How does the secretariat look after searches? `forumwatch desk`, `forumwatch searches`, `forumwatch rehearse`."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows.arguments import AsJson, furnished, print_json, readable


def register(app: typer.Typer) -> None:
    """Adds the three to the command line."""
    app.command("desk")(desk_command)
    app.command("searches")(searches_command)
    app.command("rehearse")(rehearse_command)


def desk_command(as_json: AsJson = False) -> None:
    """The link to the secretariat's page, good for twelve hours; with --json what stands on it."""
    house = furnished()
    if not as_json:
        typer.echo(house.links.desk(house.now()))
        return
    from search.alerts.desk import desk

    print_json({"url": house.links.desk(house.now())} | asdict(desk(house.catalog, house.now())))


def searches_command(
    broken: Annotated[bool, typer.Option("--broken", help="only those that can find nothing any more")] = False,
    as_json: AsJson = False,
) -> None:
    """Saved searches by number: what each asks and how it stands; whose they are is not said."""
    from search.alerts.members.mending import broken_searches, standing_searches

    house = furnished()
    found = broken_searches(house.catalog) if broken else standing_searches(house.catalog)
    if not found and not as_json:
        typer.echo("no search is broken" if broken else "no search is saved")
    for each in found:
        said = "(not shown)" if each.safe else each.asking.query
        line = {"search": each.search_id, "state": each.state, "query": None if each.safe else each.asking.query}
        line |= {"filters": None if each.safe else each.asking.filters, "scope": each.asking.scope}
        line |= {"cadence": each.cadence, "reason": each.reason, "told": each.told}
        why = f": {each.reason} ({'told' if each.told else 'not told yet'})" if each.reason else ""
        print_json(line) if as_json else typer.echo(f"{each.search_id}  {each.state}  {each.cadence}  {said}{why}")


def rehearse_command(
    query: Annotated[str, typer.Argument(callback=readable)],
    paragraphs: Annotated[bool, typer.Option("--paragraphs", help="all of it in one paragraph")] = False,
    language: Annotated[str, typer.Option(help="of what is said: en, fr or es")] = "en",
    as_json: AsJson = False,
) -> None:
    """What a search would have brought in three months, before it is saved. Fails if it can never match."""
    from search.alerts.members.rehearsal import rehearse
    from search.alerts.members.sought import Asking

    house = furnished()
    asking = Asking(query, {}, "paragraphs" if paragraphs else "works")
    told = rehearse(house.catalog, house.engine, asking, house.now(), language)
    if as_json:
        from search.as_json import rehearsal_json
        from search.web.urls import Urls

        urls = Urls(house.settings.base_url)
        print_json(rehearsal_json(told, "", lambda other: urls.watch([("q", other.query)], json=True), urls.watch()))
    else:
        typer.echo(told.said)
        for verdict in told.verdicts:
            typer.echo(f"  {verdict.message}")
        weekly = f", about {told.weekly:.1f} a week" if told.weekly is not None else ""
        if not told.refused:
            typer.echo(f"{told.hits} works since {told.since:%Y-%m-%d}{weekly}; {told.here} are here already")
        for hint in told.hints:
            typer.echo(f"  {hint.says}: {hint.hits} works  {hint.asking.query}")
    if told.refused:
        raise typer.Exit(1)
