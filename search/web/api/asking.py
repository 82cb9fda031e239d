"""What may be asked of the API's searches? Their parameters, with limits: here a wrong one is an error, said in words.

Only the text of a query is never an error: what cannot be taken as written in it is complained of beside the answer.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model
from pydantic.json_schema import SkipJsonSchema

from search.fields import FIELDS
from search.results import Results
from search.web.asked import LONGEST_FILTER, LONGEST_QUERY, MOST_FILTERS, MOST_HITS
from search.web.site import Site

LONGEST_CURSOR = 10_000  # characters: those of a cluster are long


def _printed(text: str) -> str:
    """No catalog holds a NUL, and PostgreSQL takes none."""
    if "\x00" in text:
        raise ValueError("it must not have a NUL in it")
    return text


Words = Annotated[str, AfterValidator(_printed)]
Value = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_FILTER)]
Reader = Literal["en", "fr", "es", "ar", "ru", "zh"]


class Matching(BaseModel):
    """Which works or paragraphs; a parameter that is not known is refused, so that a mistyped one is not overlooked."""

    model_config = ConfigDict(extra="forbid")

    q: Words = Field(
        "",
        max_length=LONGEST_QUERY,
        description="The question, in the query language that /help describes; empty: everything.",
        examples=['"domestic workers" AND country:PHL'],
    )
    unit: Literal["works", "paragraphs"] = Field(
        "works",
        description="What is counted and given: works with their best passages, or paragraphs in which all meets.",
        examples=["works"],
    )
    widen: bool = Field(False, description="Words of a keyword family find the whole family.", examples=[False])
    reader: Reader | SkipJsonSchema[None] = Field(
        None,
        description="The reader's language: titles, passages and names in it come first.",
        examples=["en"],
    )


class Sorted(Matching):
    """The same, in an order."""

    sort: Literal["relevance", "-date", "date"] = Field(
        "relevance", description="relevance, -date (newest first) or date.", examples=["-date"]
    )


class Paged(Sorted):
    """A page of that."""

    meaning: bool = Field(
        False, description="Passages that say something like it come in, in any language.", examples=[False]
    )
    limit: int = Field(10, ge=1, le=MOST_HITS, description="How many a page.", examples=[10])
    after: str = Field(
        "", max_length=LONGEST_CURSOR, description="The cursor of the next page: `after` of the answer.", examples=[""]
    )


class Whole(Sorted):
    """All of that, or its first so many."""

    limit: int = Field(0, ge=0, le=100_000_000, description="Only the first so many; 0: all.", examples=[0])


FACETS = tuple(spec.name for spec in FIELDS if spec.facet)


def _with_facets(model: type[BaseModel]) -> Any:
    """The model with one parameter a facet of the table of fields."""
    fields: Mapping[str, Any] = {
        spec.name: (
            list[Value],
            Field(
                default_factory=list,
                max_length=MOST_FILTERS,
                description=f"{spec.label['en']}: only with this value, as `facets` names it; again and again for any.",
                examples=[[spec.example.partition(":")[2].strip('"').partition("..")[0]]],
            ),
        )
        for spec in FIELDS
        if spec.facet
    }
    return create_model(model.__name__, __base__=model, **fields)


if TYPE_CHECKING:
    Chosen = Matching
    Asked = Paged
    Taken = Whole
else:
    Chosen, Asked, Taken = (_with_facets(each) for each in (Matching, Paged, Whole))


def chosen(asked: Matching) -> dict[str, list[str]]:
    """facet -> the values that were chosen."""
    return {name: values for name in FACETS if (values := getattr(asked, name, None))}


def reader_of(asked: Matching) -> str | None:
    """The language whose texts and names are shown first: the reader's, else the one language that was asked for."""
    languages = chosen(asked).get("language", [])
    return asked.reader or (languages[0] if len(languages) == 1 else None)


def ask(site: Site, asked: "Asked", unit: str | None = None) -> Results:
    """A page of answers."""
    return site.searcher.search(
        asked.q,
        language=reader_of(asked),
        sort=asked.sort,
        limit=asked.limit,
        after=asked.after or None,
        filters=chosen(asked),
        unit=unit or asked.unit,
        widen=asked.widen,
        meaning=asked.meaning,
    )


def count(site: Site, asked: Matching) -> Results:
    """How many answer and how they fall, without the answers."""
    return site.searcher.search(
        asked.q, language=reader_of(asked), limit=0, filters=chosen(asked), unit=asked.unit, widen=asked.widen
    )


def addresses(site: Site, request: Request, path: str, after: str | int | None) -> tuple[str, str | None]:
    """(url, next_url) of an answer; `path` is its address below /api/v1, `after` the next page's cursor."""
    pairs = request.query_params.multi_items()
    more = site.whole.api(path, [*_without(pairs, "after"), ("after", str(after))]) if after is not None else None
    return site.whole.api(path, pairs), more


def _without(pairs: Iterable[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    return [pair for pair in pairs if pair[0] != name]
