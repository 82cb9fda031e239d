"""How does a person hand out keys, and have other programs told? `forumwatch key ...` and `forumwatch webhook ...`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from flows.house import House
from flows.settings import read_settings

AsJson = Annotated[bool, typer.Option("--json", help="one JSON document, or JSON Lines for lists")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="wh_…, as `forumwatch webhook list` has it")]

key = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make, list and revoke keys to the API.")
webhook = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Have other programs told of changes, signed.")


def register(app: typer.Typer) -> None:
    """Adds both to the command line."""
    app.add_typer(key, name="key")
    app.add_typer(webhook, name="webhook")


@key.command("add")
def add_key_command(
    name: Annotated[str, typer.Argument(help="what it is for, such as 'Nightly copy of the analysts'")],
    scope: Annotated[str, typer.Option(help="of read, export and changes, with commas")] = "read,export,changes",
    rate: Annotated[int, typer.Option(help="requests a minute")] = 120,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown now and never again: only its hash is kept."""
    from search.keys import add_key

    scopes = [each.strip() for each in scope.split(",") if each.strip()]
    made, secret = add_key(_house().catalog, name, scopes, datetime.now(UTC), rate)
    if as_json:
        _say({**asdict(made), "key": secret})
        return
    typer.echo(secret)
    typer.echo(f"Opens {', '.join(made.scopes)}, {made.rate} requests a minute. It is not shown again.", err=True)


@key.command("list")
def list_keys_command(as_json: AsJson = False) -> None:
    """All keys: what they open, when they were last used (to the day), which are revoked."""
    from search.keys import keys

    lines = [asdict(each) for each in keys(_house().catalog)]
    _list(lines, ["prefix", "name", "scopes", "rate", "created", "last_used", "revoked"], as_json)


@key.command("revoke")
def revoke_key_command(
    prefix: Annotated[str, typer.Argument(help="the part between the underscores")], as_json: AsJson = False
) -> None:
    """Shut a key out, from the next request on."""
    from search.keys import revoke_key

    gone = revoke_key(_house().catalog, prefix, datetime.now(UTC))
    _say(asdict(gone)) if as_json else typer.echo(f"{gone.prefix} ({gone.name}) opens nothing any more")


@webhook.command("add")
def add_webhook_command(
    url: Annotated[str, typer.Argument(metavar="URL", help="https://…, of a machine on the public Internet")],
    query: Annotated[str, typer.Option(help="only of works that this finds; none: of every change")] = "",
    after: Annotated[int | None, typer.Option(min=0, help="begin after this change; none: with the next one")] = None,
    search: Annotated[
        int | None, typer.Option(min=1, help="what this saved search finds, for as long as it is watched")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Have an address told of changes. The secret that signs is shown now; nothing keeps it."""
    from search.alerts.members.saved import meaning
    from search.webhooks import add_webhook, webhook_secret
    from search.webhooks.posting import Poster

    house = _house()
    trouble = Poster().knock(url)
    made = add_webhook(house.catalog, url, query, datetime.now(UTC), after, search)
    secret = webhook_secret(house.secret, made.name)
    if as_json:
        _say({**asdict(made), "secret": secret, "trouble": trouble})
        return
    typer.echo(f"{made.name}  {secret}")
    said = [trouble] if trouble else []
    said += [complaint.message for complaint in meaning(query).complaints] if query else []
    typer.echo("\n".join([*said, f"Told of changes after {made.seq}. The secret is not shown again."]), err=True)


@webhook.command("list")
def list_webhooks_command(
    removed: Annotated[bool, typer.Option("--removed", help="also those that were removed")] = False,
    as_json: AsJson = False,
) -> None:
    """All webhooks: how far each has come, and what went wrong last."""
    from search.webhooks import webhooks

    lines = [asdict(each) for each in webhooks(_house().catalog, removed)]
    _list(lines, ["name", "state", "seq", "behind", "failures", "url", "query", "search_id", "reason"], as_json)


@webhook.command("remove")
def remove_webhook_command(name: Name, as_json: AsJson = False) -> None:
    """Tell it nothing more."""
    from search.webhooks import remove_webhook

    gone = remove_webhook(_house().catalog, name)
    _say(asdict(gone)) if as_json else typer.echo(f"{gone.name} is told nothing more; it had come to {gone.seq}")


@webhook.command("test")
def test_webhook_command(name: Name, as_json: AsJson = False) -> None:
    """Send a signed message of no change, once, and show what was answered; fails unless that was 2xx."""
    from search.webhooks import send_test

    answer = send_test(_house().webhook_sender(), name)
    if as_json:
        _say({"status": answer.status, "answer": answer.text})
    else:
        typer.echo(f"{answer.status or ''} {answer.text}".strip())
    if answer.status is None or not 200 <= answer.status < 300:
        raise typer.Exit(1)


@webhook.command("resume")
def resume_webhook_command(
    name: Name,
    skip: Annotated[bool, typer.Option("--skip", help="pass over the one change that it cannot take")] = False,
    as_json: AsJson = False,
) -> None:
    """Try a webhook again that was given up, from where it stopped."""
    from search.webhooks import resume_webhook

    again = resume_webhook(_house().catalog, name, skip)
    _say(asdict(again)) if as_json else typer.echo(f"{again.name} goes on after {again.seq}, with the next run")


@webhook.command("deliveries")
def deliveries_command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="none: of all webhooks")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """What is on its way and what arrived, the newest first: attempts, answers, when the next try is."""
    from search.webhooks import deliveries

    lines = [asdict(each) for each in deliveries(_house().catalog, name, limit)]
    _list(lines, ["webhook", "seq", "state", "attempts", "last_tried", "try_again", "status", "answer"], as_json)


@webhook.command("send")
def send_webhooks_command(as_json: AsJson = False) -> None:
    """Tell every webhook now what it has not been told; the schedule does so by itself."""
    from flows import steps

    report = asdict(steps.webhooks(_house()))
    _say(report) if as_json else typer.echo(", ".join(f"{number} {what}" for what, number in report.items()))


def _house() -> House:
    return House(read_settings())


def _say(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def _list(lines: Sequence[dict[str, Any]], columns: Sequence[str], as_json: bool) -> None:
    """JSON Lines with everything, or a table of these columns."""
    if as_json:
        for line in lines:
            _say(line)
        return
    rows = [columns, *([_cell(line[name]) for name in columns] for line in lines)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(columns))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return "" if value is None else str(value)
