"""How are files read by hand? First all that can be read at once, then, page by page, what needs OCR."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from flows.arguments import AsJson, furnished, print_json


class Part(StrEnum):
    """What of the reading is to be done."""

    TEXT = "text"
    PICTURES = "pictures"


def register(app: typer.Typer) -> None:
    app.command("read")(read_command)


def read_command(
    only: Annotated[Part | None, typer.Option(help="text: all but OCR; pictures: OCR alone")] = None,
    as_json: AsJson = False,
) -> None:
    """Read every file that waits: text, description, mentions, citations; then pages that need OCR."""
    from flows import shown, steps
    from pipeline import PicturesReport

    house = furnished()
    found: dict[str, object] = {}
    lines = []
    with shown.bars(as_json):
        if only != Part.PICTURES:
            read = steps.read(house)
            found |= asdict(read)
            lines.append(f"{read.read} read, {read.quarantined} quarantined, {read.waiting} waiting")
        if only != Part.TEXT:
            report = steps.pictures(house)
            found["pictures"] = asdict(report)
            lines += [shown.pictures_line(report)] if report != PicturesReport() else []
    print_json(found) if as_json else typer.echo("\n".join(lines))
