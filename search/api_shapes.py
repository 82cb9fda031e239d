"""Which keys has each answer that only the API gives? Beside those of search/json_shapes.py, and like them."""

from typing_extensions import TypedDict

from search.json_shapes import ComplaintJson, FacetJson, SuggestionJson, TimelineJson


class MentionedJson(TypedDict):
    """A place where someone or something is spoken of: characters `start` to `end` of a paragraph's text."""

    id: int
    kind: str
    value: str
    label: str
    text: str
    origin: str
    work: str | None
    sha256: str
    page: int
    ordinal: int
    start: int
    end: int
    url: str


class MentionedListJson(TypedDict):
    """A page of them; `after` is the cursor of the next page, null at the end."""

    mentions: list[MentionedJson]
    after: int | None
    url: str
    next_url: str | None


class QuotedJson(TypedDict):
    """A place where a symbol or a treaty's article is cited; `cited` is the cited work's key, null if not here."""

    id: int
    kind: str
    target: str
    text: str
    cited: str | None
    cited_url: str | None
    work: str | None
    sha256: str
    page: int
    ordinal: int
    start: int
    end: int
    url: str


class QuotedListJson(TypedDict):
    """A page of them; `after` is the cursor of the next page, null at the end."""

    citations: list[QuotedJson]
    after: int | None
    url: str
    next_url: str | None


class FacetsJson(TypedDict):
    """How the answers to a question fall by each facet."""

    query: str
    said: str
    unit: str
    total: int
    complaints: list[ComplaintJson]
    facets: list[FacetJson]
    url: str


class YearsJson(TimelineJson):
    """How the answers to a question fall over the years."""

    query: str
    said: str
    unit: str
    total: int
    complaints: list[ComplaintJson]
    url: str


class AliasJson(TypedDict):
    language: str
    name: str


class TermJson(TypedDict):
    """A code and its names by language. What does not apply to the vocabulary is null or empty.

    `series`: the symbol series of a body; `instrument`: the treaty that it watches over; `keywords`: by language the
    words that betray a theme; `says`: what a field takes; `examples`: queries."""

    code: str
    names: dict[str, str]
    aliases: list[AliasJson]
    publisher: str | None
    series: list[str]
    instrument: str | None
    adopted: str | None
    in_force: str | None
    articles: int | None
    keywords: dict[str, list[str]]
    says: str | None
    examples: list[str]


class VocabularyJson(TypedDict):
    """One vocabulary, whole."""

    name: str
    says: str
    terms: list[TermJson]
    url: str


class VocabularyEntryJson(TypedDict):
    name: str
    says: str
    terms: int
    url: str


class VocabulariesJson(TypedDict):
    """Which vocabularies there are; `version` changes with the lexicon's tables."""

    version: str
    vocabularies: list[VocabularyEntryJson]
    url: str


class CompletionJson(TypedDict):
    """A name that goes on as was begun, what it names, and the query that asks for it."""

    text: str
    field: str
    value: str
    label: str
    query: str


class SuggestionsJson(TypedDict):
    """`did_you_mean` is null where the question finds enough as it is."""

    query: str
    names: list[CompletionJson]
    did_you_mean: SuggestionJson | None
    url: str
