"""What did a document say before? `forumwatch text SYMBOL --versions`, `--version N`, `--diff N`."""

from dataclasses import asdict

import typer

from flows.arguments import NotFound, print_json
from flows.house import House
from pipeline import differences, known_versions
from pipeline import version as read_version


def show(house: House, sha256: str, name: str, number: int | None, diff: bool, as_json: bool) -> None:
    """All versions; or that one, its text or (`diff`) what it changed."""
    known = known_versions(house.catalog, sha256)
    if not known:
        raise NotFound(f"nothing here is called {name} and has a text")
    if number is not None and number > known[-1].version:
        raise NotFound(f"{name} has versions 1 to {known[-1].version}, and no version {number}")
    if number is None:
        for each in known:
            at = f"{each.at:%Y-%m-%d %H:%M}" if each.at else "?"
            said = f"{each.version}  {at}  {each.reader}  "
            said += f"{each.changed} paragraphs changed, {each.news} say something else"
            print_json(asdict(each)) if as_json else typer.echo(said)
    elif diff:
        _differences(house, sha256, number, as_json)
    else:
        for each_one in read_version(house.catalog, sha256, number) or ():
            said = f"{each_one.number + '. ' if each_one.number else ''}{each_one.text}\n"
            print_json(each_one._asdict()) if as_json else typer.echo(said)


def _differences(house: House, sha256: str, number: int, as_json: bool) -> None:
    for each in differences(house.catalog, sha256, number) or ():
        if as_json:
            print_json(asdict(each))
            continue
        where = f"para. {each.number}, p. {each.page}" if each.number else f"p. {each.page}"
        typer.echo(f"{each.kind} ({where})" + ("" if each.news else ", no news"))
        for sign, text in (("-", each.before), ("+", each.after)):
            if text:
                typer.echo(f"{sign} {text}")
