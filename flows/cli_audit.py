"""How does a person ask whether alerts keep their promises? `forumwatch audit`, `floods` and `trace`."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.arguments import AsJson, furnished, print_json, readable

if TYPE_CHECKING:
    from search.alerts.matching.floods import Hold


def register(app: typer.Typer) -> None:
    app.command("audit")(audit_command)
    app.command("floods")(floods_command)
    app.command("trace")(trace_command)


def audit_command(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="look at all that came since this day (UTC)")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run every saved search as an ordinary query, and tell late of what was missed."""
    from flows import shown, steps_alerts

    with shown.bars(as_json):
        report = steps_alerts.audit(furnished(), since.replace(tzinfo=UTC) if since else None)
    if as_json:
        print_json(asdict(report) | {"rate": report.rate})
        return
    typer.echo(f"{report.searches} searches, {report.works} works with news: {report.pairs} matches should be there")
    typer.echo(f"{report.missed} were missed ({report.rate:.2%}), {report.late} more were found; they are told late")
    left_out = ((report.waiting, "works are not matched or indexed yet"), (report.unasked, "searches cannot be asked"))
    for number, what in left_out:
        if number:
            typer.echo(f"{number} {what}: left out")


def floods_command(
    release: Annotated[
        list[int] | None, typer.Option(metavar="NUMBER", help="let what was held go out with the next mails")
    ] = None,
    drop: Annotated[list[int] | None, typer.Option(metavar="NUMBER", help="tell nobody of what was held")] = None,
    as_json: AsJson = False,
) -> None:
    """Sources that emitted far more than usual, and what waits because of it for a decision."""
    from search.alerts.matching import floods

    house = furnished()
    for number in release or ():
        floods.release(house.catalog, number, True, house.now())
    for number in drop or ():
        floods.release(house.catalog, number, False, house.now())
    holds = floods.list_holds(house.catalog)
    if not holds and not as_json:
        typer.echo("no source has emitted far more than usual")
    for hold in holds:
        print_json(asdict(hold)) if as_json else typer.echo(_said(hold))


def trace_command(
    search: Annotated[str, typer.Argument(metavar="SEARCH", callback=readable, help="its number, or its name")],
    document: Annotated[str, typer.Argument(metavar="SYMBOL|SHA256|WORK", callback=readable)],
    address: Annotated[str | None, typer.Option(help="of the owner, where the search is given by its name")] = None,
    as_json: AsJson = False,
) -> None:
    """Where is this alert? Seen, read, matched or why not, queued, sent, or what else became of it."""
    from search.alerts.matching.trace import find_search, trace

    house = furnished()
    zone = house.settings.timezone
    found = trace(house.catalog, find_search(house.catalog, search, address), document, house.now(), zone=zone)
    if as_json:
        stations = [station._asdict() for station in found.stations]
        print_json(asdict(found) | {"state": found.state, "stations": stations})
        return
    typer.echo(f"{found.search}: {found.document}" + (f" ({found.title})" if found.title else ""))
    for station in found.stations:
        typer.echo(f"  {station.stage}: {station.said}")


def _said(hold: "Hold") -> str:
    decided = f" {hold.decided:%Y-%m-%d}" if hold.decided else f" since {hold.since:%Y-%m-%d}"
    if hold.corrections:
        waiting = f"{hold.corrections} corrections to {hold.members} members are not told"
        return f"{hold.id}  {hold.source}  {hold.works} works  {hold.state}{decided}  {waiting}"
    return (
        f"{hold.id}  {hold.source}  {hold.works} works, {hold.usual:g} in a usual week  {hold.state}{decided}  "
        f"{hold.matches} matches of {hold.members} members are not told"
    )
