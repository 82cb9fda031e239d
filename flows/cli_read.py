"""How are files read by hand? First all that can be read at once, then, page by page, what needs OCR."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from flows.arguments import AsJson, furnished, print_json, readable
from flows.house import House


class Part(StrEnum):
    """What of the reading is to be done."""

    TEXT = "text"
    PICTURES = "pictures"


def register(app: typer.Typer) -> None:
    app.command("read")(read_command)


def _readable_all(values: list[str] | None) -> list[str] | None:
    return [str(readable(value)) for value in values] if values else None


def read_command(
    only: Annotated[Part | None, typer.Option(help="text: all but OCR; pictures: OCR alone")] = None,
    again: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHICH",
            callback=_readable_all,
            help="also these anew, from the archive: a symbol, the begin of a SHA-256, a source, a publisher, a media "
            "type, reader:NAME, older (than its reader is now), poor, failed (when last read again), all; may be given "
            "several times",
        ),
    ] = None,
    pictures: Annotated[
        bool,
        typer.Option(
            "--pictures", help="with --again: also OCR anew of pages that failed, or were seen in an older way"
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="with --again: only tell what would change")] = False,
    as_json: AsJson = False,
) -> None:
    """Read every file that waits: text, description, mentions, citations; then pages that need OCR."""
    from flows import shown, steps
    from pipeline import PicturesReport

    if pictures and (dry_run or not again):
        raise typer.BadParameter("--pictures goes with --again, and OCR cannot be told before it is done")
    house = furnished()
    if dry_run:
        _rehearse(house, again, as_json)
        return
    asked = steps.ask_again(house, again) if again else 0
    seen_again = steps.pictures_again(house, again) if again and pictures else 0
    found: dict[str, object] = {}
    lines = []
    with shown.bars(as_json):
        if only != Part.PICTURES:
            read = steps.read(house)
            found |= asdict(read) | ({"again": asked} if again else {})
            del found["bundles"]  # none is left
            lines += [f"{asked} to be read again, {read.changed} say something else than before"] if again else []
            opened = f", {read.opened} opened" if read.opened else ""
            lines.append(f"{read.read} read, {read.quarantined} quarantined, {read.waiting} waiting{opened}")
            lines += shown.kept_lines(read)
        if only != Part.TEXT:
            report = steps.pictures(house)
            found["pictures"] = asdict(report) | ({"again": seen_again} if pictures else {})
            lines += [f"{seen_again} pages to be seen again"] if pictures else []
            lines += [shown.pictures_line(report)] if report != PicturesReport() else []
    print_json(found) if as_json else typer.echo("\n".join(lines))


def _rehearse(house: House, again: list[str] | None, as_json: bool) -> None:
    from flows import shown, steps

    if not again:
        raise typer.BadParameter("--dry-run tells what --again would change")
    with shown.bars(as_json):
        found = steps.rehearse_again(house, again)
    if as_json:
        print_json(asdict(found))
        return
    typer.echo(f"{found.read} of {found.due} read again, nothing written; {found.failed} could not be read")
    typer.echo(
        f"{found.documents} would change, in {found.paragraphs} paragraphs, of which {found.news} say something else; "
        f"{found.described} would get another title, date or the like"
    )
