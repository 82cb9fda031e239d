"""Which keys has each JSON answer? The shapes that `as_json` fills, that people script against and OpenAPI shows.

Dates are ISO 8601 days, moments are ISO 8601 with their zone; what is not known is null. Addresses are whole.
"""

from typing_extensions import TypedDict


class ComplaintJson(TypedDict):
    """Something in the query that could not be taken as written; `start` and `end` are offsets in the query.

    `code` names the kind of it, whatever the language of the message; empty for others."""

    message: str
    start: int
    end: int
    code: str


class PassageJson(TypedDict):
    """A paragraph that answers. `text` is HTML-escaped with the words marked; `plain` is the text as it is.

    It runs from `page` to `last_page`; `poor`: its page was read so badly that searches may miss what it says.

    `similarity`, from 0 to 1, where it was found by its meaning; null: by its words."""

    page: int
    paragraph: str | None
    text: str
    plain: str
    citation: str
    language: str | None
    last_page: int
    quality: float
    poor: bool
    similarity: float | None
    sha256: str
    url: str


class HitJson(TypedDict):
    """One work that answers; `languages` are those of its documents."""

    work: str
    symbols: list[str]
    title: str
    date: str | None
    publisher: str
    body: str | None
    languages: list[str]
    passages: list[PassageJson]
    url: str


class FacetValueJson(TypedDict):
    value: str
    label: str
    count: int
    selected: bool


class FacetJson(TypedDict):
    """How the answers fall by one field; pass `field=value` (again and again) to narrow to any of the values."""

    field: str
    label: str
    values: list[FacetValueJson]


class VariantJson(TypedDict):
    """A word or phrase put beside what was asked. `total`: works found with it in the place of what was asked;
    `added`: those of them that the query as typed does not find; null where a big family was not counted to its end;
    `query`: what is to be typed to see those works."""

    text: str
    language: str
    total: int | None
    added: int | None
    query: str


class WideningJson(TypedDict):
    """What was asked, the theme whose keyword family it belongs to, and what that family put beside it."""

    asked: str
    theme: str
    label: str
    variants: list[VariantJson]


class ReplacedJson(TypedDict):
    """A word of the query, and the one that is put for it."""

    word: str
    by: str


class SuggestionJson(TypedDict):
    """Did you mean: a query that finds more, and which of its words were put for which."""

    query: str
    words: list[ReplacedJson]


class SearchJson(TypedDict):
    """A page of answers. `said` is the query in words; `after` is the cursor of the next page, null at the end.

    With the unit `paragraphs` each hit is one paragraph with its work; `total` and the facets count paragraphs.
    `by_meaning` of the total were found by their meaning alone; the facets and the exports leave those out."""

    query: str
    said: str
    unit: str
    total: int
    by_meaning: int
    suggestion: SuggestionJson | None
    widened: list[WideningJson]
    complaints: list[ComplaintJson]
    facets: list[FacetJson]
    hits: list[HitJson]
    after: str | None
    url: str
    next_url: str | None


class YearCountJson(TypedDict):
    year: int
    count: int
    selected: bool


class TimelineJson(TypedDict):
    """How the answers fall over the years, from the first to the last that has any, without gaps; `undated` is null
    where years were chosen."""

    years: list[YearCountJson]
    undated: int | None


class SimilarJson(TypedDict):
    """More like this: the works that share most of what is telling of `work`, the most alike first."""

    work: str
    url: str
    hits: list[HitJson]


class KnownDocumentJson(TypedDict):
    """One file of a work. `quality` is that of its worst page, from 0 (useless) to 1 (clean); with `poor`, searches may
    miss what it says there."""

    sha256: str
    url: str
    original_url: str
    state: str
    reason: str
    language: str | None
    languages: list[str]
    symbols: list[str]
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: str | None
    kind: str | None
    job_number: str | None
    media_type: str
    reader: str
    read_at: str | None
    described_from: dict[str, str]
    pages: int
    quality: float | None
    poor: bool
    methods: list[str]


class DocumentRecordJson(KnownDocumentJson):
    """What is known of one file. `captures`: where and when it was seen; `text_url`, `pages_url`: where its text is."""

    publisher: str
    work: str | None
    work_url: str | None
    text_url: str
    pages_url: str
    captures: list["CaptureJson"]


class PlaceJson(TypedDict):
    """A paragraph of a document; `ordinal` counts the paragraphs of the document from 1."""

    sha256: str
    page: int
    ordinal: int
    url: str


class SpokenJson(TypedDict):
    value: str
    text: str
    count: int
    first: PlaceJson


class MentionsJson(TypedDict):
    """What is spoken of, of one kind, most often first; `total` counts the values that are left out too."""

    kind: str
    total: int
    values: list[SpokenJson]


class CitedJson(TypedDict):
    """A symbol or treaty article that is cited; `work` is null when the cited work is not here."""

    kind: str
    target: str
    count: int
    first: PlaceJson
    work: str | None
    url: str | None


class CitedByJson(TypedDict):
    work: str
    title: str
    symbol: str | None
    date: str | None
    url: str


class CaptureJson(TypedDict):
    """These bytes were seen at this address, then."""

    sha256: str
    source: str
    url: str
    captured: str
    size: int
    media_type: str


class WorkJson(TypedDict):
    """All that is known about a work; `passages` are those that answer `q`, where one is given."""

    work: str
    url: str
    publisher: str
    symbol: str | None
    symbols: list[str]
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: str | None
    kind: str | None
    languages: list[str]
    passages: list[PassageJson]
    documents: list[KnownDocumentJson]
    mentions: list[MentionsJson]
    citations: list[CitedJson]
    cited_by: list[CitedByJson]
    captures: list[CaptureJson]


class WorkEntryJson(TypedDict):
    """A work in a list; `languages` are those of its documents."""

    work: str
    url: str
    publisher: str
    symbol: str | None
    title: str
    body: str | None
    session: str | None
    agenda_item: str | None
    date: str | None
    kind: str | None
    languages: list[str]


class WorksJson(TypedDict):
    """A page of the works, those that came last first; `after` is the cursor of the next page, null at the end."""

    works: list[WorkEntryJson]
    after: int | None
    url: str
    next_url: str | None


class MarkJson(TypedDict):
    """Where a footnote is called in a text: offsets, and the ordinal of the note."""

    start: int
    end: int
    note: int


class ParagraphJson(TypedDict):
    """`number` as printed, null where none is. `kind`: text, heading, row (of a table) or note (a footnote).

    It runs from `page` to `last_page`. A note has its `mark` as printed; `marks` has those in a text; a row belongs to
    the table number `grid`."""

    number: str | None
    text: str
    ordinal: int
    language: str | None
    kind: str
    page: int
    last_page: int
    mark: str | None
    marks: list[MarkJson]
    grid: int | None


class PageJson(TypedDict):
    """A page as read, by `method`; `quality` from 0 (useless) to 1 (clean); `poor`: searches may miss what it says.

    `note` says why it could not be read, or not well; a page that `awaits_ocr` is still to be read from its picture.
    A paragraph is listed with the page it begins on, a footnote with the page it is printed on."""

    page: int
    method: str
    quality: float
    poor: bool
    language: str | None
    note: str
    awaits_ocr: bool
    text: str
    paragraphs: list[ParagraphJson]


class GridJson(TypedDict):
    """A table as data, its number counted through the document; `rows` are equally long."""

    number: int
    page: int
    last_page: int
    title: str
    rows: list[list[str]]


class PagesJson(TypedDict):
    """All pages of one document, and its tables."""

    sha256: str
    url: str
    pages: list[PageJson]
    grids: list[GridJson]


class DocumentJson(TypedDict):
    """The text of one document, all of it. `facts`: what was printed around it (heads, feet, job_numbers), and which
    pages are blank or could not be read."""

    sha256: str
    url: str
    original_url: str
    work: str | None
    publisher: str
    state: str
    reason: str
    title: str
    symbol: str | None
    date: str | None
    language: str | None
    media_type: str
    reader: str
    facts: dict[str, list[str]]
    pages: list[PageJson]
    grids: list[GridJson]


class VersionJson(TypedDict):
    """One version of a text; `changed` paragraphs differ from the one before, of which `news` say something else."""

    version: int
    at: str | None
    reader: str
    changed: int
    news: int


class DifferenceJson(TypedDict):
    """`kind`: changed, added or removed."""

    kind: str
    ordinal: int
    page: int
    number: str | None
    before: str
    after: str
    news: bool


class VersionsJson(TypedDict):
    """All versions of a document's text, and what `version` changed."""

    sha256: str
    versions: list[VersionJson]
    version: int
    differences: list[DifferenceJson]


class HoldingJson(TypedDict):
    """What is held of a publisher; `documents` are those whose text is here."""

    publisher: str
    works: int
    documents: int
    waiting: int
    quarantined: int
    not_tried: int


class SourceJson(TypedDict):
    """A source and its last run; `never`: it has not run well yet; `late`: not for two of its periods."""

    source: str
    publisher: str
    title: str
    cadence: str
    terms: str
    last_started: str | None
    last_good: str | None
    state: str | None
    reason: str
    counts: dict[str, int]
    files: int
    late: bool
    never: bool


class SourcesJson(TypedDict):
    """What is in here, and how each source stands."""

    url: str
    publishers: list[HoldingJson]
    sources: list[SourceJson]


class UnreadJson(TypedDict):
    """A file that could not be read (quarantined) or not yet (waiting), with the reason and where it came from."""

    sha256: str
    state: str
    reason: str
    needs_ocr: bool
    attempts: int
    try_again: str | None
    publisher: str
    media_type: str
    size: int
    title: str
    source: str
    from_url: str
    captured: str | None
    original_url: str


class UnreadListJson(TypedDict):
    """A page of the list; the counts are of the whole list. `not_tried` have been fetched but not read yet."""

    quarantined: int
    waiting: int
    needs_ocr: int
    not_tried: int
    documents: list[UnreadJson]
    url: str
    next_url: str | None


class FieldJson(TypedDict):
    """A field of the query language."""

    field: str
    aliases: list[str]
    says: str
    examples: list[str]


class HelpJson(TypedDict):
    """The query language, as its table of fields has it."""

    url: str
    fields: list[FieldJson]
    examples: list[str]


class CheckedJson(TypedDict):
    """When the index was last held against the catalog: how many works, how many differed (`drift`), how many of those
    were mended; `failure` if it could not be done."""

    at: str
    works: int
    drift: int
    mended: int
    failure: str


class AuditedJson(TypedDict):
    """When saved searches were last run as queries and held against what was matched: how many, how many pairs of a
    search and a work should be matched, how many of those were missed (and are told late), and their share (`rate`);
    `failure` if it could not be done."""

    at: str
    searches: int
    pairs: int
    missed: int
    rate: float
    failure: str


class VerdictJson(TypedDict):
    """Something about a search that is to be saved. With `refuses` it can never match, and is not saved; else it is a
    warning. `start` and `end` are offsets in the query."""

    code: str
    refuses: bool
    message: str
    start: int
    end: int


class HintJson(TypedDict):
    """Another search that would bring fewer, or something where this brings nothing: `hits` since then, and a week."""

    says: str
    query: str
    hits: int
    weekly: float
    url: str


class WatchJson(TypedDict):
    """What a search would have brought `since` then, had it been watched: `hits` works in all, `weekly` as many a week
    (null where the catalog is too young to tell), `weeks` in each week, the oldest first. `whole` is false where more
    had changed than was looked at; `here`: works that are there already. `families`: what the other keywords would add
    (`hurried`: there was no time to try all of these);
    `sample`: a mail as it would come, subject and text."""

    query: str
    said: str
    unit: str
    refused: bool
    verdicts: list[VerdictJson]
    since: str
    whole: bool
    hurried: bool
    hits: int
    weekly: float | None
    weeks: list[int]
    here: int
    hints: list[HintJson]
    families: list[WideningJson]
    sample: str
    url: str


class AlarmJson(TypedDict):
    """What is broken and a person must see to. `kind`: source (late), digest (not sent) or missed (matches)."""

    kind: str
    says: str
    remedy: str


class PicturesJson(TypedDict):
    """The queue of pages for OCR: pages that wait, in how many files, since when the oldest does (null: none waits);
    `problem`: what they wait for, if not for their turn; `failed`: pages that were given up."""

    waiting: int
    files: int
    oldest: str | None
    problem: str
    failed: int


class HealthJson(TypedDict):
    """`status`: ok, trouble or unavailable (no search can be answered; HTTP 503); `behind`: changes that the index
    which answers has not taken in; `index`: what to do about it, if anything; then names of sources: `late` also has
    those of `never`; `checked`: the last check of the index, `audited`: the last audit of
    alerts, each null if there was none; `webhooks_given_up`: those that could not be told for days;
    `alarms`: what a person must see to, at most one a kind."""

    status: str
    works: int
    documents: int
    last_change: int
    behind: int
    index: str
    late: list[str]
    failed: list[str]
    never: list[str]
    checked: CheckedJson | None
    audited: AuditedJson | None
    webhooks_given_up: int
    alarms: list[AlarmJson]
    ocr: PicturesJson


class ChangeJson(TypedDict):
    """One change: `seq` its number, `kind` created, updated, withdrawn, or noted (another file with the same words,
    another source: no news); `document` the SHA-256 of the document that made it, null where none did; `poor`:
    searches may miss what a page of it says; `url` the work's page."""

    seq: int
    kind: str
    work: str
    document: str | None
    at: str
    poor: bool
    url: str


class ChangesJson(TypedDict):
    """Changes after a number, oldest first. Ask again with `next` as `after` and with `mark`, now if there are `more`,
    or later: at `next_url`. `last` is the newest number there is."""

    changes: list[ChangeJson]
    next: int
    mark: str
    last: int
    more: bool
    url: str
    next_url: str


class ErrorJson(TypedDict):
    """What went wrong, in words."""

    status: int
    title: str
    message: str
