"""How does a person look after files that could not be read? `forumwatch quarantine`."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from flows.arguments import AsJson, furnished, print_json

if TYPE_CHECKING:
    from flows.house import House

_Hash = Annotated[list[str] | None, typer.Option("--retry", metavar="SHA256", help="read this file again")]


def quarantine_command(
    retry: _Hash = None,
    with_: Annotated[
        str | None,
        typer.Option("--with", metavar="READER", help="with this reader; others than can read it are refused"),
    ] = None,
    history: Annotated[str | None, typer.Option(metavar="SHA256", help="what was tried with this file, so far")] = None,
    needs_ocr: Annotated[bool, typer.Option(help="only the scans that wait for OCR")] = False,
    as_json: AsJson = False,
) -> None:
    """Files that could not be read, or not yet, each with its reason."""
    from flows import shown, steps

    if with_ is not None and not retry:
        raise typer.BadParameter("--with says how, --retry SHA256 says which file")
    house = furnished()
    if history is not None:
        _history(house, history, as_json)
        return
    for sha256 in retry or ():
        steps.retry(house, sha256, with_)
    if retry:
        steps.read(house)
        steps.index(house)
        steps.match(house)
    rows = steps.unread(house, needs_ocr)
    if not as_json:
        shown.unread(rows)
    for row in rows if as_json else ():
        print_json(asdict(row))


def _history(house: "House", sha256: str, as_json: bool) -> None:
    from pipeline import attempts

    tried = attempts(house.catalog, [sha256])[sha256]
    if not tried and not as_json:
        typer.echo(f"no failure is known of {sha256} (a whole SHA-256 is asked for)")
    for each in tried:
        if as_json:
            print_json(asdict(each))
        else:
            read_with = f"  with {each.read_with}" if each.read_with else ""
            typer.echo(f"{each.at:%Y-%m-%d %H:%M}  {each.kind}  {each.reason}{read_with}")
