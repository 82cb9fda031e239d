"""How does the secretariat look after members? `forumwatch subscribe`, `unsubscribe`, `members`, `member ...`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.arguments import AsJson, NotFound, furnished, print_json, readable

if TYPE_CHECKING:
    from flows.house import House
    from search.alerts import MailSettings, Wanted
    from search.alerts.members.counting import MemberLine

member = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="What is kept about one person: take it, erase it."
)
SAID = {
    "asked": "a mail that asks to confirm is in the outbox; nothing else happens before",
    "too soon": "nothing was done: this address was asked to confirm a short while ago, or three times today",
    "full": "nothing was done: too many sign-ups wait for confirmation today",
}


def register(app: typer.Typer) -> None:
    """Adds them to the command line."""
    app.command("subscribe")(subscribe_command)
    app.command("unsubscribe")(unsubscribe_command)
    app.command("members")(members_command)
    app.add_typer(member, name="member")


def subscribe_command(
    address: str,
    queries: Annotated[list[str], typer.Argument(metavar="QUERY...", help="each is watched on its own")],
    language: Annotated[str, typer.Option(help="of the mails: en, fr or es")] = "en",
    timezone: Annotated[
        str | None, typer.Option(help="where the member lives, such as Asia/Manila; none: ours")
    ] = None,
    cadence: Annotated[str, typer.Option(help="at once, daily or weekly")] = "weekly",
    heartbeat: Annotated[bool, typer.Option("--heartbeat", help="a weekly mail also when nothing matched")] = False,
    safe: Annotated[bool, typer.Option("--safe", help="mails that name nothing in subject and sender")] = False,
    confirmed: Annotated[bool, typer.Option("--confirmed", help="they agreed on paper: no mail asks them")] = False,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="the first mail also tells of what is here already")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Have an address told of new works that match, once its owner has confirmed."""
    from search.alerts import MailSettings, Wanted

    house = furnished()
    wanted = [Wanted(query, query, cadence=cadence) for query in map(readable, queries) if query is not None]
    settings = MailSettings(language, timezone or house.settings.timezone, heartbeat, safe)
    (_subscribe if confirmed else _ask)(house, readable(address) or "", wanted, settings, backfill, as_json)


def _subscribe(
    house: "House", address: str, wanted: "Sequence[Wanted]", settings: "MailSettings", backfill: bool, as_json: bool
) -> None:
    from search.alerts import subscribe

    language = settings.language
    done = subscribe(house.catalog, address, language, wanted, backfill=backfill, settings=settings)
    if as_json:
        print_json({"state": "confirmed", **asdict(done)})
        return
    typer.echo(f"{done.address}: watching {len(done.new)} new searches, {len(done.kept)} that were there already")
    for query, complaints in done.complaints.items():
        for complaint in complaints:
            typer.echo(f"  {query}: {complaint.message}")


def _ask(
    house: "House", address: str, wanted: "Sequence[Wanted]", settings: "MailSettings", backfill: bool, as_json: bool
) -> None:
    from search.alerts.members.signing_up import ASKED, SignUp, sign_up

    asked = SignUp(address, wanted, settings, backfill)
    done = sign_up(house.catalog, asked, house.links, house.letterhead, house.now())
    print_json({"state": done, "message": SAID[done]}) if as_json else typer.echo(f"{address}: {SAID[done]}")
    if done != ASKED:
        raise typer.Exit(1)


def unsubscribe_command(
    address: str,
    query: Annotated[str | None, typer.Argument(help="only this search; none: all mail", callback=readable)] = None,
    as_json: AsJson = False,
) -> None:
    """End a search, or all mail, for someone who asked for it by another way."""
    from search.alerts import unsubscribe

    done = unsubscribe(furnished().catalog, readable(address) or "", query)
    if as_json:
        print_json({"ended": done})
    else:
        typer.echo("ended" if done else "there was nothing to end")


def members_command(
    listed: Annotated[bool, typer.Option("--list", help="a line a member, too")] = False, as_json: AsJson = False
) -> None:
    """How many members there are, by state, language, time zone and cadence. No address is shown."""
    from search.alerts.members.counting import count_members, members

    catalog = furnished().catalog
    counts = asdict(count_members(catalog))
    if as_json and not listed:
        print_json(counts)
    for name, each in counts.items() if not as_json else ():
        typer.echo(f"{name}: " + (", ".join(f"{number} {what}" for what, number in each.items()) or "none"))
    for line in members(catalog) if listed else ():
        print_json(asdict(line)) if as_json else typer.echo(_line(line))


@member.command("export")
def export_command(
    address: str,
    out: Annotated[Path | None, typer.Option(help="into this file; none: to the terminal", dir_okay=False)] = None,
) -> None:
    """Everything that is kept about a person, as JSON."""
    from search.alerts.members.exporting import export_member

    house = furnished()
    pieces = export_member(house.catalog, _number(house, address))
    if out is None:
        for piece in pieces:
            typer.echo(piece, nl=False)
        return
    with out.open("w", encoding="utf-8") as file:
        file.writelines(pieces)


@member.command("erase")
def erase_command(
    address: str,
    sure: Annotated[bool, typer.Option("--sure", help="without it nothing is done")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete everything about a person. Of an address where mail bounced a keyed hash stays."""
    from search.alerts.members.erasing import erase

    house = furnished()
    number = _number(house, address)
    if sure:
        erase(house.catalog, number)
    said = "everything about them is deleted" if sure else "nothing is deleted without --sure"
    print_json({"erased": sure, "message": said}) if as_json else typer.echo(said)
    if not sure:
        raise typer.Exit(1)


def _line(line: "MemberLine") -> str:
    broken = f", {line.broken} broken" if line.broken else ""
    where = f"{line.language}, {line.timezone}, since {line.since:%Y-%m-%d}"
    return f"{line.subscriber_id:6} {line.address_hint}  {line.state}, {where}, {line.searches} searches{broken}"


def _number(house: "House", address: str) -> int:
    from search.alerts.members.erasing import number_of

    number = number_of(house.catalog, readable(address) or "")
    if number is None:
        raise NotFound("nobody is known by this address")
    return number
