"""How are works and paragraphs of library.toml called in tables that people read? By short names."""

import tempfile
from functools import cache
from pathlib import Path

from catalog import Catalog
from search import load_works
from search.engines.engine import IndexedWork
from tests.search.library import WORKS, fill

ALL = "hrc gc convention recruitment statement council gcim mode4 note ilc leaflet draft"
NAMES = tuple(ALL.split())
ADDENDUM = "add"  # the second English document of hrc

Address = tuple[int, int, int]  # work, document, ordinal


@cache
def library_works() -> dict[str, IndexedWork]:
    """The works of library.toml by name, as they are gathered from a catalog."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(f"sqlite:///{Path(folder)}/catalog.sqlite")
        catalog.migrate()
        ids = fill(catalog)
        works = {work.id: work for work in load_works(catalog, list(ids.values()))}
    return {name: works[ids[work.key]] for name, work in zip(NAMES, WORKS, strict=True)}


def work_ids(text: str) -> tuple[int, ...]:
    """The ids of the works named, in the order written."""
    names = NAMES if text == "all" else text.split()
    return tuple(library_works()[name].id for name in names)


def addresses(text: str) -> list[Address]:
    """The paragraphs named: "all", or parts such as "gc", "hrc en 3 4", with commas between; in the order written."""
    if text == "all":
        text = ", ".join(NAMES)
    return [address for part in text.split(",") if part.strip() for address in _of_part(part)]


def _of_part(part: str) -> list[Address]:
    name, *document = part.split()
    work = library_works()[name]
    if not document:
        return [(work.id, each.document_id, each.ordinal) for each in work.paragraphs]
    label, *ordinals = document
    (number,) = (number for number, each in _documents(work).items() if each == label)
    return [(work.id, number, int(ordinal)) for ordinal in ordinals]


def _documents(work: IndexedWork) -> dict[int, str]:
    labels: dict[int, str] = {}
    for each in work.paragraphs:
        if each.document_id not in labels:
            labels[each.document_id] = ADDENDUM if each.language in labels.values() else str(each.language)
    return labels
