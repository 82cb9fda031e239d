"""How does a person look after the mail? `forumwatch outbox`, `forumwatch bounces`, `forumwatch sender`."""

from dataclasses import asdict
from typing import Annotated

import typer

from flows.arguments import AsJson, furnished, print_json


def register(app: typer.Typer) -> None:
    """Adds the three to the command line."""
    app.command("outbox")(outbox_command)
    app.command("bounces")(bounces_command)
    app.command("sender")(sender_command)


def outbox_command(as_json: AsJson = False) -> None:
    """How the outbox stands: mails by state and kind, what waits longest, what is held and why."""
    from search.alerts import outbox_report

    report = outbox_report(furnished().catalog)
    if as_json:
        print_json(asdict(report))
        return
    for state, kinds in report.counts.items():
        typer.echo(f"{state}: " + ", ".join(f"{number} {kind}" for kind, number in kinds.items()))
    if not report.counts:
        typer.echo("the outbox is empty")
    for mail in report.waiting:
        tried = f", tried {mail.attempts} times: {mail.why}" if mail.attempts else ""
        typer.echo(f"  waits since {mail.created:%Y-%m-%d %H:%M}: {mail.kind} to {mail.reader}{tried}")
    for why, number in report.held.items():
        typer.echo(f"  {number} held: {why}")
    if report.held:
        typer.echo(
            "  to send them after all: forumwatch digest --release-held (and forumwatch sender, if it stops mail)"
        )


def bounces_command(as_json: AsJson = False) -> None:
    """Read the mails that came back, now, and do what follows from each."""
    from flows import steps_alerts

    report = steps_alerts.bounces(furnished())
    if as_json:
        print_json(asdict(report) if report else {"state": "waiting", "reason": "FORUMWATCH_BOUNCES is not set"})
    elif report is None:
        typer.echo("no mailbox of bounces is set (FORUMWATCH_BOUNCES)")
    else:
        typer.echo(", ".join(f"{number} {what}" for what, number in asdict(report).items()))


def sender_command(
    claim: Annotated[bool, typer.Option("--claim", help="this installation sends from now on, and no other")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="with --claim: everything up to now counts as told")] = False,
    as_json: AsJson = False,
) -> None:
    """Whether mail may be sent from here. After a restored backup or a move a person decides with --claim.

    Held mails stay held until `forumwatch digest --release-held`; with --skip they are never sent, nor anything
    that was matched until now.
    """
    from search.alerts import claim_sender, sender_report

    house = furnished()
    path = house.home / "sender"
    if skip and not claim:
        raise typer.BadParameter("--skip goes with --claim")
    skipped = claim_sender(house.catalog, path, house.now(), skip) if claim else None
    report = sender_report(house.catalog, path, house.now())
    if as_json:
        print_json(asdict(report) | ({} if skipped is None else {"skipped": skipped}))
    else:
        if skipped is not None:
            typer.echo(f"this installation sends from now on; {skipped} mails count as told")
        if report.trouble:
            typer.echo(f"nothing is sent from here: {report.trouble}")
            typer.echo("  Is this a copy for trying things out? Then leave it so.")
            typer.echo("  Is the one that sent before gone for good? Then: forumwatch sender --claim, and --skip as")
            typer.echo("  well if mails went out after the backup was made, or they will be written once more.")
        elif not report.instance:
            typer.echo("no mail was ever sent from this catalog; the first round claims it")
        else:
            typer.echo(f"mail may be sent from here; last at {report.seen:%Y-%m-%d %H:%M} UTC")
    if report.trouble:
        raise typer.Exit(1)
