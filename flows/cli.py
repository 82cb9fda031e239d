"""How does a person do the work by hand? `forumwatch COMMAND`, kept stable: people script it.

Every command takes --json (one JSON document, or JSON Lines for lists) and ends with 0 (done), 1 (failed, and
says why) or 2 (misused).
"""

import socket
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from catalog import ForumwatchError
from flows import cli_audit, cli_desk, cli_gates, cli_mail, cli_members, cli_read
from flows.arguments import AsJson, NotFound, readable
from flows.arguments import furnished as _house
from flows.arguments import print_json as _print_json
from flows.cli_check import check_command
from flows.cli_quarantine import quarantine_command
from flows.cli_search import search_command
from flows.cli_text import not_found, text_command
from flows.house import House
from flows.settings import Settings, read_settings

app = typer.Typer(
    help="Watches what forums publish about migrants, and tells those it concerns.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
cli_gates.register(app)
cli_audit.register(app)
cli_desk.register(app)
cli_mail.register(app)
cli_members.register(app)


class Unservable(ForumwatchError):
    """Raised when the port of the pages is taken, or the host is not this machine's."""


def main() -> None:
    """The command `forumwatch`: errors of ours are one sentence on stderr and exit code 1, or 2 if misused."""
    try:
        app()
    except ForumwatchError as error:
        if "--json" in sys.argv:
            _print_json({"error": str(error)})
        print(f"forumwatch: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, _misuse()) else 1)


def _misuse() -> tuple[type[ForumwatchError], ...]:
    """What is the asker's mistake, though only the rooms can tell: an address, a cursor."""
    from search import MistakenRequest
    from search.alerts import Refused

    return MistakenRequest, Refused


def _publisher(value: str) -> str:
    from lexicon import publishers

    codes = {publisher.code.upper(): publisher.code for publisher in publishers()}
    if value.upper() not in codes:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(sorted(codes.values()))}")
    return codes[value.upper()]


def _week(value: str | None) -> str | None:
    try:
        if value is not None:
            datetime.strptime(f"{value}-1", "%G-W%V-%u")
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is no ISO week, such as 2026-W40") from error
    return value


@app.command("crawl")
def crawl_command(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="none: all that are due")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch what sources have published since the last look."""
    from flows import shown, steps

    house = _house()
    unknown = sorted(set(names or ()) - set(house.sources))
    if unknown:
        raise typer.BadParameter(f"no source {', '.join(unknown)}; there are {', '.join(sorted(house.sources))}")
    _ = house.manners  # said once, not once a source, if we may not crawl at all
    failures = []
    for name in names or [info.name for info in steps.due_sources(house)]:
        try:
            with shown.bars(as_json):
                counts = steps.crawl_source(house, name)
            line = {"source": name, "state": "done", "reason": "", **counts}
        except ForumwatchError as error:
            failures.append(str(error))
            line = {"source": name, "state": "failed", "reason": str(error)}
        _print_json(line) if as_json else print(shown.crawl_line(line))
    if failures:
        raise typer.Exit(1)


@app.command("add")
def add_command(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", exists=True)],
    publisher: Annotated[
        str, typer.Option(help="UN, ILO, IOM, GCIM or WTO: whose documents these are", callback=_publisher)
    ] = "UN",
    as_json: AsJson = False,
) -> None:
    """Take files in by hand and carry them through to the index."""
    from flows import adding, shown

    house = _house()
    with shown.bars(as_json):
        lines = adding.add(house, paths, publisher)
    for line in lines:
        _print_json(asdict(line)) if as_json else print(shown.added_line(line))


cli_read.register(app)


@app.command("index")
def index_command(as_json: AsJson = False) -> None:
    """Bring the search index to the newest change."""
    from flows import shown, steps

    with shown.bars(as_json):
        house = _house()
        number, meant = steps.index(house), steps.meaning(house)
    if as_json:
        _print_json({"works": number, "meaning": meant})
    else:
        print(f"{number} works written to the index" + (f", {meant} given their meaning" if meant is not None else ""))


app.command("search")(search_command)


@app.command("show")
def show_command(
    name: Annotated[str, typer.Argument(metavar="SYMBOL|SHA256|WORK", callback=readable)], as_json: AsJson = False
) -> None:
    """What is known of a work or document."""
    from flows import shown
    from search.as_json import work_json
    from search.shelf import find_work, known_work
    from search.web.urls import Urls

    house = _house()
    key = find_work(house.catalog, name)
    known = known_work(house.catalog, key) if key else None
    if known is None:
        raise NotFound(not_found(house, name))
    _print_json(work_json(known, Urls(house.settings.base_url))) if as_json else shown.work(known)


app.command("text")(text_command)


@app.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="0.0.0.0 behind a proxy that speaks TLS")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8700,
) -> None:
    """Serve the search page and the API until Ctrl-C."""
    import uvicorn

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unservable(f"cannot serve on {host} port {port}: {error.strerror}") from error
    house = _house()
    if "base_url" not in house.settings.model_fields_set:  # whole addresses lead to where they are served
        house = House(house.settings.model_copy(update={"base_url": f"http://127.0.0.1:{port}"}))
    uvicorn.run(house.app(), host=host, port=port, log_level="warning", access_log=False)


@app.command("digest")
def digest_command(
    period: Annotated[
        str | None,
        typer.Option(help="the digests of an ISO week, 2026-W40; none: all mails that are due", callback=_week),
    ] = None,
    release_held: Annotated[
        bool, typer.Option(help="also send mails that were held for their age, after a restore or a long outage")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Match what is new, make the mails that are due, once, and send what is in the outbox."""
    from flows import steps, steps_alerts

    house = _house()
    steps.match(house)
    report = steps_alerts.mail(house, period, release_held)
    if as_json:
        _print_json(asdict(report) if report else {"state": "waiting", "reason": "FORUMWATCH_SMTP_HOST is not set"})
    elif report is None:
        print("no mail relay is set (FORUMWATCH_SMTP_HOST): mails wait in the outbox")
    else:
        print(", ".join(f"{number} {what}" for what, number in asdict(report).items()))


@app.command("schedule")
def schedule_command() -> None:
    """Run a Prefect server and fire the flows as their schedules say, until Ctrl-C."""
    from flows.orchestrator import server

    settings = read_settings()
    with server(House(settings).home, settings.prefect_port) as api_url:
        from flows.daily import serve_schedules

        print(
            f"Prefect: {api_url.removesuffix('/api')}  daily at '{settings.crawl_cron}', "
            f"mail at '{settings.mail_cron}', check at '{settings.check_cron}' ({settings.timezone})",
            flush=True,
        )
        serve_schedules(settings)


@app.command("sources")
def sources_command(as_json: AsJson = False) -> None:
    """Each source: how its last crawl went, what became of its files, and whether it is late."""
    from flows import shown, steps

    lines = steps.summary(_house())
    if not as_json:
        shown.sources(lines)
    for line in lines if as_json else ():
        _print_json(asdict(line))


app.command("quarantine")(quarantine_command)


@app.command("doctor")
def doctor_command(as_json: AsJson = False) -> None:
    """The settings in force, and what is missing on this machine; fails if something needed is."""
    from flows import doctor, shown

    settings = read_settings()
    checks = doctor.examine(House(settings))
    if as_json:
        _print_json({"settings": doctor.settings_in_force(settings), "checks": [asdict(check) for check in checks]})
    else:
        shown.doctor(_described(settings), checks)
    if any(check.needed and not check.ok for check in checks):
        raise typer.Exit(1)


app.command("check")(check_command)


def _described(settings: Settings) -> list[tuple[str, str, str]]:
    from flows.doctor import settings_in_force

    fields = type(settings).model_fields
    return [
        (f"FORUMWATCH_{name.upper()}", str(value), fields[name].description or "")
        for name, value in settings_in_force(settings).items()
    ]


if __name__ == "__main__":
    main()
