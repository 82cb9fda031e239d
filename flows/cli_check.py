"""How does a person ask whether the index is what the catalog says? `forumwatch check`."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.house import House
from flows.settings import read_settings

if TYPE_CHECKING:
    from search.checking import CheckReport


def check_command(
    repair: Annotated[bool, typer.Option("--repair/--no-repair", help="write again what differs")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON document")] = False,
) -> None:
    """Hold the search index against the catalog, and mend it; fails if they still differ."""
    from flows import shown, steps

    with shown.bars(as_json):
        try:
            report, failure = steps.check(House(read_settings()), repair), ""
        except steps.DriftLeft as left:
            report, failure = left.report, str(left)
    if as_json:
        typer.echo(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        shown.checked(report)
    if failure:
        typer.echo(f"forumwatch: {failure}", err=True)
        raise typer.Exit(1)


def _as_json(report: "CheckReport") -> dict[str, Any]:
    """Seals as hexadecimal digits: as numbers they are too long for some readers of JSON."""
    found = asdict(report)
    for source in found["sources"]:
        source |= source.pop("drift") | {side: f"{source[side]:016x}" for side in ("seal", "held_seal")}
    return found
