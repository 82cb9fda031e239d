"""What answers the question? The search page: form, the question in words, complaints, hits, facets, next page."""

from dataclasses import dataclass, replace

from fastapi import FastAPI, Request

from search.as_json import results_json
from search.fields import FACETS, FIELDS
from search.json_shapes import SearchJson
from search.results import Complaint, Facet, Results
from search.timeline import timeline
from search.web import help_text, wording
from search.web.asked import LIMIT, MOST_HITS, SORTS, UNITS, Asked, asked
from search.web.excerpt import excerpt
from search.web.pages.examples import SEARCH
from search.web.site import Answer, Site
from search.web.twins import Described, serve
from search.web.urls import search_urls
from search.web.ways_on import ways_on
from search.web.years import drawing

FIRST_VALUES = 6  # of a facet; the others open on request
MOST_VALUES = 30  # a page must stay small; the twin has them all
PARAMETERS = [
    ("q", "The query; see /help.", '"domestic workers" AND country:PHL'),
    ("sort", "relevance (as without it), -date (newest first) or date.", "-date"),
    ("limit", f"Works or paragraphs on a page, 1 to {MOST_HITS}; {LIMIT} without it.", "20"),
    ("after", "The cursor of the next page, as the answer before gives it.", ""),
    ("unit", "works (as without it), or paragraphs: each holds all that was asked for.", "paragraphs"),
    ("widen", "1: words of a keyword family find the whole family, in six languages.", "1"),
    ("meaning", "1: passages that say something like it come too, in any language.", "1"),
    *((name, f"[many] Narrows to works with any of these values in the facet {name}.", "") for name in FACETS),
]
EXPORTS = (("csv", "CSV"), ("jsonl", "JSON Lines"), ("bib", "BibTeX"), ("ris", "RIS"), ("atom", "Atom"))
MISTAKES = {400: "The cursor is not one of ours.", 503: "The index cannot be opened at the moment."}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet, or a filter that is on; `url` adds it or takes it away."""

    label: str
    count: int | None
    selected: bool
    url: str


@dataclass(frozen=True, slots=True)
class Choices:
    """A facet as links: the first few, and the rest, of which some may be left out."""

    field: str
    label: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]
    left_out: int


def mount(app: FastAPI, site: Site) -> None:
    def here(question: Asked) -> str:
        return site.local.search(question.pairs())

    def search(request: Request) -> Answer:
        question, complaints = asked(request.query_params.multi_items())
        results = _answer(site, question, complaints)
        more = question.next(results.after) if results.after else None
        data = results_json(results, site.whole, *search_urls(site.whole, question, results.after))
        shown = {
            "asked": question,
            "variant_url": lambda query: here(question.asking(query).widened(False)),
            "kept": question.asking("").pairs()[1:],  # the form asks anew, from the first page
            "results": results,
            "excerpt": excerpt,
            "choices": [_choices(facet, question, site) for facet in results.facets if facet.values],
            "chips": _chips(results, question, site),
            "unfiltered_url": site.local.search(question.unfiltered().pairs()),
            "sorts": [
                Choice(label, None, name == question.sort, here(question.sorted_by(name)))
                for name, label in SORTS.items()
            ],
            "units": [
                Choice(label, None, name == question.unit, here(question.of(name))) for name, label in UNITS.items()
            ],
            "widen": Choice("Keyword families", None, question.widen, here(question.widened(not question.widen))),
            "meaning": Choice(
                "Alike in meaning", None, question.meaning, here(question.by_meaning(not question.meaning))
            ),
            "suggested_url": here(question.asking(results.suggestion.query)) if results.suggestion else None,
            "years": drawing(timeline(results)),
            "year_url": lambda year: here(question.toggled("year", str(year))),
            "watch_url": site.local.watch(
                [pair for pair in question.pairs() if pair[0] not in ("sort", "limit", "after")]
            ),
            "exports": [(label, site.local.export(form, question.pairs())) for form, label in EXPORTS],
            "ways": ways_on(site, question) if not results.total and question.query.strip() else (),
            "next_url": site.local.search(more.pairs()) if more else None,
            "first_url": site.local.search(replace(question, after=None).pairs()) if question.after else None,
            "examples": help_text.EXAMPLES,
            "twin_url": site.local.search(question.pairs(), json=True),
        }
        return Answer("search.html", data, shown)

    serve(app, site, "/search", search, Described("Search", SearchJson, SEARCH, PARAMETERS, MISTAKES))


def _answer(site: Site, question: Asked, complaints: tuple[Complaint, ...]) -> Results:
    results = site.searcher.search(
        question.query,
        language=question.language(),
        sort=question.sort,
        limit=question.limit,
        after=question.after,
        filters=question.by_field(),
        unit=question.unit,
        widen=question.widen,
        meaning=question.meaning,
        said_in="en",  # as the page is, whatever the language of the texts
    )
    return replace(results, complaints=(*results.complaints, *complaints))


def _choices(facet: Facet, question: Asked, site: Site) -> Choices:
    made = tuple(
        Choice(
            value.label,
            value.count,
            value.selected,
            site.local.search(question.toggled(facet.field, value.value).pairs()),
        )
        for value in facet.values
    )
    chosen = tuple(choice for choice in made if choice.selected)
    others = tuple(choice for choice in made if not choice.selected)
    room = max(FIRST_VALUES - len(chosen), 2)
    shown = others[:MOST_VALUES]
    return Choices(facet.field, facet.label, (*chosen, *shown[:room]), shown[room:], len(others) - len(shown))


def _chips(results: Results, question: Asked, site: Site) -> list[Choice]:
    """The filters that are on, whether or not the results have such a value; each link takes one away."""
    known = {(facet.field, value.value): value.label for facet in results.facets for value in facet.values}
    names = {spec.name: spec.label["en"] for spec in FIELDS}
    chips = []
    for name, value in question.filters:
        label = known.get((name, value)) or wording.name_of(name, value)
        url = site.local.search(question.toggled(name, value).pairs())
        chips.append(Choice(f"{names.get(name, name)}: {label}", None, True, url))
    return chips
