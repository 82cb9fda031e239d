"""What does Forumwatch remember? Every table of the one ledger, each with the one room that writes it.

Times are stored as timezone-aware UTC (see `Instant`); documents' own dates are calendar dates.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, aware on the way in and on the way out (SQLite forgets the zone by itself)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value.isoformat()}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _its_page(context: Any) -> int:
    """A paragraph of one page ends on the page it begins on."""
    return int(context.get_current_parameters()["page"])


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- crawlers -------------------------------------------------------------------------------

sources = Table(
    "sources",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("publisher", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("cadence", String(16), nullable=False),
    Column("terms", Text, nullable=False, default="", comment="the address of the publisher's terms of use"),
    Column("last_started", Instant),
    Column("last_good", Instant, comment="last run that kept its promise; None: never"),
    Column("last_round", String(32), comment="the round of that last run; a round that is done is not crawled again"),
    Column("last_state", String(16), comment="running, done or failed"),
    Column("last_reason", Text, nullable=False, default=""),
    Column("last_counts", JSON, nullable=False, default=dict, comment="found, fetched, unchanged, failed"),
    comment="written by crawlers: one row a source, how its last run went",
)

frontier = Table(
    "frontier",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("kind", String(8), nullable=False, comment="page (it is read for more) or file (it is kept)"),
    Column(
        "fingerprint", String(64), nullable=False, comment="sha256 of method, canonical URL and body, or of the key"
    ),
    Column("url", Text, nullable=False),
    Column("request", JSON, nullable=False, comment="the whole request as Scrapy can rebuild it"),
    Column("priority", Integer, nullable=False, default=0),
    Column("state", String(16), nullable=False, comment="waiting, leased, done, same, failed, withheld"),
    Column("round", String(32), nullable=False, comment="the crawl that asked for it: one a cadence period"),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("reason", Text, nullable=False, default=""),
    UniqueConstraint("source", "fingerprint", "round"),
    Index(None, "source", "round", "state", "priority", "id"),
    comment="written by crawlers: which requests wait, are leased, are done; survives kill -9",
)

urls = Table(
    "urls",
    metadata,
    Column("url", Text, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("sha256", String(64), comment="the bytes of the last good answer"),
    Column("state", String(16), nullable=False, comment="good, gone, refused, failed"),
    Column("reason", Text, nullable=False, default=""),
    Column("checked", Instant, nullable=False),
    comment="written by crawlers: what is known of a file's address, for conditional requests",
)

captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("publisher", String(16), nullable=False),
    Column("url", Text, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("media_type", String(128), nullable=False, default="", comment="as the server said; not trusted"),
    Column("words", JSON, nullable=False, comment="the publisher's own words: title, symbol, date, language, ..."),
    Column("captured", Instant, nullable=False),
    UniqueConstraint("source", "url", "sha256"),
    comment="written by crawlers: these bytes were seen at this address, with these words about them",
)

# --- pipeline -------------------------------------------------------------------------------

works = Table(
    "works",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(255), nullable=False, unique=True, comment="publisher and base symbol, or sha256"),
    Column("publisher", String(16), nullable=False),
    Column("symbol", String(200), comment="the base symbol, without Rev., Add. or Corr."),
    Column("title", Text, nullable=False, default=""),
    Column("body", String(64)),
    Column("session", String(64)),
    Column("agenda_item", String(64)),
    Column("date", Date, index=True),
    Column("kind", String(64)),
    comment="written by pipeline: one work from many documents (languages, Rev., Add., Corr.)",
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("work_id", ForeignKey("works.id"), index=True),
    Column(
        "state",
        String(16),
        nullable=False,
        index=True,
        comment="read, quarantined, waiting, opened (a bundle)",
    ),
    Column("reason", Text, nullable=False, default="", comment="why quarantined or waiting; what a bundle holds"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_again", Instant, comment="when a waiting document may be tried again; None: by hand"),
    Column("publisher", String(16), nullable=False),
    Column("media_type", String(64), nullable=False, default="", comment="decided by the bytes"),
    Column("reader", String(64), nullable=False, default="", comment="which reader, and its version"),
    Column("symbol", String(200), index=True, comment="first symbol, with its modifiers"),
    Column("symbols", JSON, nullable=False, default=list),
    Column("title", Text, nullable=False, default=""),
    Column("body", String(64)),
    Column("session", String(64)),
    Column("agenda_item", String(64)),
    Column("date", Date),
    Column("kind", String(64)),
    Column("language", String(8), comment="ISO 639-1, the main one"),
    Column("languages", JSON, nullable=False, default=list),
    Column("job_number", String(32)),
    Column("described_from", JSON, nullable=False, default=dict, comment="field -> source, masthead or text"),
    Column("facts", JSON, nullable=False, default=dict, comment="printed around the text: heads, feet, job_numbers"),
    Column("text_sha256", String(64)),
    Column("read_at", Instant),
    Column("read_with", String(32), comment="the reader that was asked for by hand; None: by the bytes"),
    Column("again", Boolean, nullable=False, default=False, comment="is to be read again, by the readers of today"),
    comment="written by pipeline: one row a file (by its bytes), read or not, with the reason",
)

failures = Table(
    "failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(32), nullable=False, comment="the class of the error, or: by hand (it was put back)"),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False, default="", comment="where in the program"),
    Column("read_with", String(32), comment="the reader that was asked for by hand; None: by the bytes"),
    comment="written by pipeline: every attempt to read a file that failed, kept when it has been read since",
)

pages = Table(
    "pages",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("page", Integer, primary_key=True, comment="counted from 1"),
    Column("method", String(32), nullable=False, comment="pypdfium2, pdfplumber, tesseract, html, none"),
    Column("quality", Float, nullable=False, comment="0 (useless) to 1 (clean)"),
    Column("language", String(8)),
    Column("text", Text, nullable=False),
    Column(
        "note",
        String(200),
        nullable=False,
        default="",
        comment="why it could not be read, or not well; empty where all is good",
    ),
    Column("awaits_ocr", Boolean, nullable=False, default=False, comment="its picture is still to be read"),
    comment="written by pipeline: the text of each page, as read",
)

ocr_pages = Table(
    "ocr_pages",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("recipe", String(32), nullable=False, comment="which way of reading pictures made it"),
    Column("state", String(16), nullable=False, index=True, comment="waiting, done or failed"),
    Column("why", String(16), nullable=False, comment="image, layer, glyphs, curves, picture, figure, by-hand"),
    Column("reason", Text, nullable=False, default=""),
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_again", Instant),
    Column("since", Instant, nullable=False),
    Column("lease", String(64), comment="the runner that reads it just now"),
    Column("lease_until", Instant),
    Column("taken", Boolean, nullable=False, default=False, comment="its document was read with what was seen on it"),
    Column("language", String(8)),
    Column("quality", Float, nullable=False, default=0.0),
    Column("seconds", Float, nullable=False, default=0.0, comment="what it took"),
    Column("lines", JSON, nullable=False, default=list, comment="what was seen, with its places in points"),
    comment="written by pipeline: the queue of pages whose pictures are read, and what was seen on them",
)

paragraphs = Table(
    "paragraphs",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, comment="counted from 1 through the document"),
    Column("page", Integer, nullable=False),
    Column("number", String(16), comment="as printed: 45, 12 bis; None where none is printed"),
    Column(
        "kind", String(8), nullable=False, default="text", comment="text, heading, row (of a table), note (footnote)"
    ),
    Column("language", String(8)),
    Column("text", Text, nullable=False),
    Column("last_page", Integer, nullable=False, default=_its_page, comment="the page it ends on"),
    Column("mark", String(8), comment="of a note, as printed: 3, *, a"),
    Column(
        "marks",
        JSON,
        nullable=False,
        default=list,
        comment="[start, end, ordinal of the note] of each mark in the text",
    ),
    Column("grid", Integer, comment="of a row: the table it stands in"),
    comment="written by pipeline: the paragraphs, the unit that is quoted",
)

grids = Table(
    "grids",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="counted from 1 through the document"),
    Column("page", Integer, nullable=False),
    Column("last_page", Integer, nullable=False),
    Column("title", Text, nullable=False, default=""),
    Column("rows", JSON, nullable=False, comment="a list of lists of text"),
    comment="written by pipeline: the tables of a document as data",
)

readings = Table(
    "readings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("version", Integer, nullable=False, comment="counted from 1"),
    Column("at", Instant, nullable=False),
    Column("reader", String(64), nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("differences", JSON, nullable=False, comment="from the version before, paragraph by paragraph"),
    Column("seq", Integer, comment="the change that told of it; None: no change did"),
    UniqueConstraint("document_id", "version"),
    comment="written by pipeline: the versions of a document's text, as it was read",
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column(
        "kind",
        String(16),
        nullable=False,
        comment="country, body, instrument, theme, person, organisation, place, date",
    ),
    Column("value", String(200), nullable=False, comment="lexicon code (PHL, CMW, ...) or the name as written"),
    Column("text", String(300), nullable=False, comment="as written"),
    Column("origin", String(16), nullable=False, default="news", comment="lexicon or model"),
    Column("ordinal", Integer, nullable=False, comment="which paragraph"),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False, comment="offset in the paragraph's text"),
    Column("end", Integer, nullable=False),
    Index(None, "kind", "value"),
    comment="written by pipeline: who and what is spoken of, and where",
)

citations = Table(
    "citations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False, comment="symbol or article"),
    Column("target", String(200), nullable=False, index=True, comment="A/RES/45/158, or ICRMW art. 25"),
    Column("text", String(300), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    comment="written by pipeline: which documents and treaty articles are cited, and where",
)

# --- the change sequence --------------------------------------------------------------------

changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True, comment="monotonic in commit order"),
    Column(
        "kind",
        String(16),
        nullable=False,
        comment="created, updated, noted (known words from elsewhere: no news) or withdrawn",
    ),
    Column("work_id", ForeignKey("works.id"), nullable=False, index=True),
    Column("document_id", ForeignKey("documents.id")),
    Column("at", Instant, nullable=False),
    Column(
        "passages",
        JSON(none_as_null=True),
        comment="ordinals of the paragraphs that are news, 0 for the description; None: all of them",
    ),
    sqlite_autoincrement=True,
    comment="written by pipeline through Catalog.record_change: what everyone downstream follows",
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("reader", String(64), primary_key=True),
    Column("seq", Integer, nullable=False),
    comment="written by whoever follows the changes (index, matching): how far it has come",
)

# --- search/alerts --------------------------------------------------------------------------

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", String(254), nullable=False, unique=True),
    Column("language", String(2), nullable=False),
    Column("timezone", String(64), nullable=False, default="UTC", comment="IANA; days and weeks begin by it"),
    Column("state", String(16), nullable=False, comment="pending (has not confirmed), active or unsubscribed"),
    Column(
        "safe",
        Boolean,
        nullable=False,
        default=False,
        comment="mails name nothing in subject and sender, and quote no search",
    ),
    Column(
        "heartbeat", Boolean, nullable=False, default=False, comment="wants a weekly mail when nothing matched, too"
    ),
    Column("since", Instant, nullable=False),
    Column("confirmed", Instant, comment="when its owner followed the link; None: added by hand, on another's word"),
    Column("asked", Instant, comment="when the last mail that asks to confirm was made"),
    Column(
        "soft_bounces",
        Integer,
        nullable=False,
        default=0,
        comment="in a row: mails that came back and may pass another time",
    ),
    Column("mail_after", Instant, comment="nothing is sent before, because of those"),
    sqlite_autoincrement=True,  # a link in an old mail must never come to mean another person or search
    comment="written by search/alerts: an address and what it wants; nothing else about a person",
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", String(64), primary_key=True, comment="HMAC-SHA256 of the address by the house's secret"),
    Column("reason", String(16), nullable=False, comment="hard bounce or complaint"),
    Column("detail", Text, nullable=False, comment="what the other side said, without the address"),
    Column("since", Instant, nullable=False),
    comment="written by search/alerts: where nothing is sent until the owner confirms anew; outlives the subscriber",
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("query", Text, nullable=False),
    Column("filters", JSON, nullable=False, default=dict, comment="facet -> values, as on the search page"),
    Column(
        "scope", String(16), nullable=False, default="works", comment="works, or paragraphs in which all of it meets"
    ),
    Column("identity", String(64), nullable=False, comment="sha256 of query, filters and scope"),
    Column("cadence", String(16), nullable=False, default="weekly", comment="at once, daily or weekly"),
    Column("tree", JSON(none_as_null=True), comment="the query as engines take it; None: to be read anew"),
    Column(
        "read_as", String(64), nullable=False, default="", comment="the parser, fields and lexicon that made the tree"
    ),
    Column(
        "complaints", JSON, nullable=False, default=list, comment="codes of what was complained of when it was saved"
    ),
    Column(
        "state",
        String(16),
        nullable=False,
        default="running",
        comment="running, paused or ended (by its owner), broken",
    ),
    Column("reason", Text, nullable=False, default="", comment="what is wrong with it"),
    Column("told", Boolean, nullable=False, default=False, comment="its owner was told what is wrong with it"),
    Column("start_seq", Integer, nullable=False, comment="only changes after this one can match"),
    Column(
        "backfill",
        Boolean,
        nullable=False,
        default=False,
        comment="what was there before start_seq is still to be asked",
    ),
    Column(
        "back_to",
        Integer,
        nullable=False,
        default=0,
        comment="how far: only changes after this one (sign-up, pause); 0: all",
    ),
    Column("created", Instant, nullable=False, default=lambda: datetime.now(UTC)),
    Column("ended", Instant, comment="when its owner ended it; some time later it is deleted"),
    UniqueConstraint("subscriber_id", "identity"),
    sqlite_autoincrement=True,  # a link in an old mail must never come to mean another person or search
    comment="written by search/alerts",
)

sign_ups = Table(
    "sign_ups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False, index=True),
    Column("asked", Instant, nullable=False, index=True),
    Column("wanted", JSON, nullable=False, comment="the searches, and the settings where they are to be taken"),
    Column("seq", Integer, nullable=False, comment="the newest change when it was asked for: searches begin there"),
    Column("confirmed", Instant, comment="None: nothing of it counts yet"),
    sqlite_autoincrement=True,
    comment="written by search/alerts: what someone asked for under an address, until its owner confirms; for 14 days",
)

holds = Table(
    "holds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String(64), nullable=False, index=True),
    Column("first_seq", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False, comment="grows while the flood goes on"),
    Column("works", Integer, nullable=False),
    Column("usual", Float, nullable=False, comment="works a week, before"),
    Column("since", Instant, nullable=False),
    Column("state", String(16), nullable=False, comment="held, released or dropped (by the secretariat)"),
    Column("decided", Instant),
    comment="written by search/alerts: a source that suddenly emits far more than usual waits for a person",
)

matches = Table(
    "matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("search_id", ForeignKey("saved_searches.id"), nullable=False),
    Column("work_id", ForeignKey("works.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False, comment="the change that made it match"),
    Column("matched", Instant, nullable=False),
    Column(
        "origin",
        String(16),
        nullable=False,
        default="news",
        comment="news, look back, or audit (it was missed at first)",
    ),
    Column("hold_id", ForeignKey("holds.id"), index=True, comment="the flood it came with"),
    Column("outbox_id", ForeignKey("outbox.id"), index=True, comment="the mail that told of it"),
    Column("told", JSON(none_as_null=True), comment="the passage that the mail quoted; None: it quoted none"),
    UniqueConstraint("search_id", "work_id"),
    comment="written by search/alerts: a saved search matched a work; once",
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("work_id", ForeignKey("works.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False, comment="the change that brought it"),
    Column("kind", String(16), nullable=False, comment="changed, corrected or withdrawn"),
    Column("citation", String(300), nullable=False, comment="of the passage that was quoted"),
    Column("before", Text, nullable=False, comment="the passage as it was told"),
    Column("after", Text, nullable=False, comment="as it stands now, or what corrects it; empty: it is gone"),
    Column("found", Instant, nullable=False),
    Column("outbox_id", ForeignKey("outbox.id"), index=True, comment="the mail that told of it"),
    Column("hold_id", Integer, index=True, comment="of holds: the re-reading of many documents that it came with"),
    UniqueConstraint("subscriber_id", "work_id", "seq"),
    comment="written by search/alerts: what someone was told has changed",
)

digest_runs = Table(
    "digest_runs",
    metadata,
    Column("cadence", String(16), primary_key=True),
    Column("zone", String(64), primary_key=True, comment="the time zone of the members it is for"),
    Column("period", String(40), primary_key=True, comment="what it covers: the week 2026-W48, the day 2026-11-24"),
    Column("made", Instant, nullable=False),
    Column("up_to_seq", Integer, nullable=False),
    Column("mails", Integer, nullable=False),
    comment="written by search/alerts: one row a period and zone, made with its outbox rows in one transaction",
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), comment="None: the secretariat"),
    Column("kind", String(16), nullable=False, comment="confirm, weekly, daily, at once, changed or notice"),
    Column("period", String(40), nullable=False),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("message", LargeBinary, nullable=False, comment="the whole mail, as it will be sent"),
    Column(
        "state",
        String(16),
        nullable=False,
        index=True,
        comment="waiting, leased, sent, failed, withheld, held, suppressed, bounced",
    ),
    Column("lease", String(32), comment="the sender that holds it"),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False, default=0),
    Column("try_again", Instant),
    Column("created", Instant, nullable=False),
    UniqueConstraint("subscriber_id", "kind", "period"),
    sqlite_autoincrement=True,  # a link in an old mail must never come to mean another person or search
    comment="written by search/alerts: a mail is a row before it is a mail",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column(
        "outcome",
        String(16),
        nullable=False,
        comment="sent, refused, failed, withheld, held, suppressed, bounced, complained",
    ),
    Column("answer", Text, nullable=False, comment="what the other side said"),
    comment="written by search/alerts: every attempt to hand a mail over and what came of it, kept for years",
)

bounces = Table(
    "bounces",
    metadata,
    Column("digest", String(64), primary_key=True, comment="sha256 of the mail that came back, which is not kept"),
    Column("at", Instant, nullable=False),
    Column("outbox_id", ForeignKey("outbox.id"), index=True, comment="the mail it is about, where that is known"),
    Column("kind", String(16), nullable=False, comment="hard, soft, policy, complaint, notice or unknown"),
    Column("detail", Text, nullable=False),
    comment="written by search/alerts: each mail that came back, read once",
)

senders = Table(
    "senders",
    metadata,
    Column("instance", String(64), primary_key=True, comment="as the file beside the catalog has it"),
    Column("generation", Integer, nullable=False, comment="grows with each round of mails, here first, then there"),
    Column("claimed", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    comment="written by search/alerts: who may send; a restored or copied catalog does not know its sender",
)

# --- search: who may ask, and who is told -----------------------------------------------------

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False, comment="what it is for; no person's data"),
    Column("prefix", String(16), nullable=False, unique=True, comment="the part of the key that may be shown"),
    Column("hash", String(64), nullable=False, comment="sha256 of the whole key, which is kept nowhere"),
    Column("scopes", JSON, nullable=False, comment="of read, export, changes"),
    Column("rate", Integer, nullable=False, comment="requests a minute"),
    Column("created", Instant, nullable=False),
    Column("last_used", Date, comment="the day, no finer; None: never"),
    Column("revoked", Instant),
    comment="written by search: keys to the API, of which only hashes are kept",
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(32), nullable=False, unique=True, comment="random; its secret is derived from it, not kept"),
    Column("url", Text, nullable=False),
    Column("query", Text, nullable=False, default="", comment="only changes of works that match; empty: all"),
    Column("search_id", ForeignKey("saved_searches.id"), index=True, comment="the saved search that it follows"),
    Column("state", String(16), nullable=False, comment="active, failed (given up: a person resumes it) or removed"),
    Column("reason", Text, nullable=False, default="", comment="why it is not active, or what went wrong last"),
    Column("seq", Integer, nullable=False, comment="every change up to here was acknowledged, or not asked for"),
    Column("failures", Integer, nullable=False, default=0, comment="attempts in a row that failed"),
    Column("created", Instant, nullable=False),
    comment="written by search/webhooks: an address that is told of changes, in order",
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("webhook_id", ForeignKey("webhooks.id"), primary_key=True),
    Column("seq", ForeignKey("changes.seq"), primary_key=True),
    Column("work_id", ForeignKey("works.id"), nullable=False),
    Column("state", String(16), nullable=False, comment="waiting, done, or skipped (by a person, or with its webhook)"),
    Column("body", Text, comment="what is sent, the same at each attempt; None once it is done"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_tried", Instant),
    Column("last_tried", Instant),
    Column("try_again", Instant),
    Column("status", Integer, comment="of the last answer; None: there was none"),
    Column("answer", Text, nullable=False, default="", comment="its beginning, or what went wrong"),
    Index(None, "webhook_id", "work_id"),
    comment="written by search/webhooks: a change is a row here before it is sent",
)

# --- flows ----------------------------------------------------------------------------------

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("step", String(32), nullable=False, comment="crawl, read, index, match, digest, deliver"),
    Column("subject", String(64), nullable=False, default="", comment="the source, for crawl"),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    Column("state", String(16), nullable=False, comment="running, done, failed"),
    Column("counts", JSON, nullable=False, default=dict),
    Column("reason", Text, nullable=False, default=""),
    Index(None, "step", "started"),
    comment="written by flows: what ran, when, and how it ended",
)
