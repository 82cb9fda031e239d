"""Which codes may be asked for, and what do they mean? The lexicon's tables, kinds and fields, whole."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path

import lexicon
from catalog import Catalog
from search.api_shapes import TermJson, VocabulariesJson, VocabularyJson
from search.fields import FIELDS
from search.labels import label_of
from search.shelf import kinds
from search.web.api import examples
from search.web.api.routes import Told, offer
from search.web.help_text import meaning
from search.web.site import Site

Name = Literal["countries", "bodies", "instruments", "themes", "languages", "publishers", "kinds", "fields"]
Named = Annotated[Name, Path(description="Which vocabulary.", examples=["countries"])]
_NOTHING: TermJson = {
    "code": "",
    "names": {},
    "aliases": [],
    "publisher": None,
    "series": [],
    "instrument": None,
    "adopted": None,
    "in_force": None,
    "articles": None,
    "keywords": {},
    "says": None,
    "examples": [],
}


def mount(router: APIRouter, site: Site) -> None:
    def vocabularies() -> VocabulariesJson:
        return {
            "version": lexicon.VERSION,
            "vocabularies": [
                {
                    "name": name,
                    "says": says,
                    "terms": len(terms(site.catalog)),
                    "url": site.whole.api(f"vocabularies/{name}"),
                }
                for name, (says, terms) in VOCABULARIES.items()
            ],
            "url": site.whole.api("vocabularies"),
        }

    def vocabulary(name: Named) -> VocabularyJson:
        says, terms = VOCABULARIES[name]
        return {"name": name, "says": says, "terms": terms(site.catalog), "url": site.whole.api(f"vocabularies/{name}")}

    offer(router, "/vocabularies", vocabularies, Told("Which vocabularies there are", examples.VOCABULARIES))
    offer(router, "/vocabularies/{name}", vocabulary, Told("One vocabulary, whole", examples.VOCABULARY))


def _term(code: str, names: dict[str, str], **more: Any) -> TermJson:
    """`more`: the other keys of a term, where they are not empty."""
    return {**_NOTHING, "code": code, "names": dict(names), **more}  # type: ignore[typeddict-item]


def _aliases(found: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"language": language, "name": name} for language, name in found]


def _countries(_: Catalog) -> list[TermJson]:
    return [_term(each.code, each.names, aliases=_aliases(each.aliases)) for each in lexicon.countries()]


def _bodies(_: Catalog) -> list[TermJson]:
    return [
        _term(
            each.code,
            each.names,
            aliases=_aliases(each.aliases),
            publisher=each.publisher,
            series=list(each.series),
            instrument=each.instrument,
        )
        for each in lexicon.bodies()
    ]


def _instruments(_: Catalog) -> list[TermJson]:
    return [
        _term(
            each.code,
            each.names,
            aliases=_aliases(each.aliases),
            publisher=each.publisher,
            adopted=each.adopted.isoformat(),
            in_force=each.in_force.isoformat() if each.in_force else None,
            articles=each.articles,
        )
        for each in lexicon.instruments()
    ]


def _themes(_: Catalog) -> list[TermJson]:
    return [
        _term(each.code, each.names, keywords={language: list(words) for language, words in each.keywords.items()})
        for each in lexicon.themes()
    ]


def _languages(_: Catalog) -> list[TermJson]:
    return [_term(each.code, each.names) for each in lexicon.languages()]


def _publishers(_: Catalog) -> list[TermJson]:
    return [_term(each.code, each.names, aliases=_aliases(each.aliases)) for each in lexicon.publishers()]


def _kinds(catalog: Catalog) -> list[TermJson]:
    return [_term(kind, {"en": label_of("kind", kind)}, examples=[f"kind:{kind}"]) for kind in kinds(catalog)]


def _fields(_: Catalog) -> list[TermJson]:
    return [
        _term(
            each.name,
            each.label,
            aliases=[{"language": "", "name": name} for name in each.aliases],
            says=meaning(each),
            examples=[each.example],
        )
        for each in FIELDS
    ]


VOCABULARIES: dict[str, tuple[str, Callable[[Catalog], list[TermJson]]]] = {
    "countries": ("States and areas, by ISO 3166 alpha-3; of a State that is no more, the withdrawn code.", _countries),
    "bodies": ("Organs and committees, with the series of their symbols.", _bodies),
    "instruments": ("Treaties, declarations and labour standards.", _instruments),
    "themes": ("What migrants' associations care for, with the words that betray it.", _themes),
    "languages": ("The six languages that are searched in all forms of a word.", _languages),
    "publishers": ("The organizations that are watched.", _publishers),
    "kinds": ("Kinds of documents, as they are here.", _kinds),
    "fields": ("Fields of the query language; their names have aliases.", _fields),
}
