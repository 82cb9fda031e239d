"""What do commands have in common? The house, arguments that are checked in one place, and how JSON is printed."""

import json
from typing import Annotated, Any

import typer

from catalog import ForumwatchError
from flows.house import House
from flows.settings import read_settings

AsJson = Annotated[bool, typer.Option("--json", help="one JSON document, or JSON Lines for lists")]


class NotFound(ForumwatchError):
    """Raised when nothing here goes by the name that was typed."""


def furnished() -> House:
    """The house that the settings describe."""
    return House(read_settings())


def language_code(value: str | None) -> str | None:
    """One of the languages of the lexicon, or none."""
    from lexicon import languages

    codes = sorted(language.code for language in languages())
    if value is not None and value not in codes:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(codes)}")
    return value


def readable(value: str | None) -> str | None:
    """What was typed, with a ? for each byte of it that is not UTF-8: neither a catalog nor JSON takes those."""
    return None if value is None else value.encode("utf-8", "replace").decode()


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
