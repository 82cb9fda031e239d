"""What does a document say, or one paragraph of it? `forumwatch text "A/HRC/47/30, para. 45"`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.arguments import AsJson, NotFound, furnished, language_code, print_json, readable
from flows.house import House

if TYPE_CHECKING:
    from catalog import Catalog


def text_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="SYMBOL|SHA256[, para. N]",
            help="with a place as it is cited: para. 45 (c), p. 12, footnote 3, annex II",
            callback=readable,
        ),
    ],
    language: Annotated[
        str | None, typer.Option(help="which language version of a symbol", callback=language_code)
    ] = None,
    table: Annotated[int | None, typer.Option(min=1, help="only this table, as CSV", metavar="N")] = None,
    list_versions: Annotated[bool, typer.Option("--versions", help="when it was read again, and what changed")] = False,
    version: Annotated[int | None, typer.Option(min=1, metavar="N", help="the text as that version has it")] = None,
    diff: Annotated[int | None, typer.Option(min=1, metavar="N", help="what that version changed")] = None,
    as_json: AsJson = False,
) -> None:
    """The text as it was read, page by page, with printed paragraph numbers; or what a citation leads to."""
    from flows.shown_text import text
    from search.address import parse_address, read_spot, spot
    from search.as_json import document_json
    from search.text import find_document, read_document
    from search.web.urls import Urls

    house = furnished()
    catalog = house.catalog
    if list_versions or version or diff:
        from flows.cli_versions import show

        show(house, find_document(catalog, name, language) or "", name, version or diff, bool(diff), as_json)
        return
    address = parse_address(name)
    sha256 = find_document(catalog, name, language)
    document = read_document(catalog, sha256) if sha256 else None
    also: tuple[int, ...] = ()
    if document is None and not address.is_whole:
        spotted = spot(catalog, address, language)
        if spotted is None:
            raise NotFound(_no_such_place(house, name, address.name, language))
        document, also = read_spot(catalog, spotted), spotted.also
    if document is None:
        raise NotFound(not_found(house, name, language))
    if document.state != "read" and not any(page.text for page in document.pages):
        raise NotFound(f"{name} is here but has no text: {document.state}, {document.reason}")
    if table is not None:
        _table(catalog, document.sha256, name, table)
        return
    if as_json:
        print_json(document_json(document, Urls(house.settings.base_url)))
        return
    text(document, also)


def _table(catalog: "Catalog", sha256: str, name: str, number: int) -> None:
    from search.grids import as_csv, read_grid
    from search.text import read_document

    grid = read_grid(catalog, sha256, number)
    if grid is None:
        whole = read_document(catalog, sha256)
        there = len(whole.grids) if whole else 0
        raise NotFound(f"{name} has no table {number}: it has {there or 'none'}")
    sys.stdout.write(as_csv(grid.rows, mark=False))


def _no_such_place(house: House, words: str, name: str, language: str | None) -> str:
    """What there is instead."""
    from search.address import numbers_of
    from search.text import find_document

    sha256 = find_document(house.catalog, name, language)
    if sha256 is None:
        return not_found(house, name, language)
    numbers = numbers_of(house.catalog, sha256)
    there = f"its paragraphs are numbered {numbers[0]} to {numbers[1]}" if numbers else "its paragraphs have no numbers"
    return f"{name} is here, but nothing at “{words}”: {there}"


def not_found(house: House, name: str, language: str | None = None) -> str:
    """Says also where a file stands that is here but is not (yet) a work, and in which languages a work is here."""
    from flows.adding import standing
    from search.shelf import find_work, known_work

    key = find_work(house.catalog, name) if language else None
    known = known_work(house.catalog, key) if key else None
    if known:
        return f"{name} is here only in {', '.join(known.languages) or 'a language that is not known'}"
    line = standing(house, name)
    return f"{name} is here but {line}" if line else f"nothing here is called {name}"
