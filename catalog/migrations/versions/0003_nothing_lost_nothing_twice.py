"""Nothing lost, nothing twice, and always why: saved searches with filters, scope and cadence, and a fuller ledger."""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import catalog.tables

revision = "0003"

down_revision = "0002"
branch_labels = None
depends_on = None


REMADE = ("deliveries", "matches", "outbox", "saved_searches", "digest_runs", "subscribers")


def upgrade() -> None:
    # SQLite can neither change a key nor a constraint: the tables are made anew around their rows.
    for table in REMADE:
        op.execute(f"CREATE TABLE before_{table} AS SELECT * FROM {table}")
        op.drop_table(table)
    _make_tables()
    _carry_over()
    for table in REMADE:
        op.drop_table(f"before_{table}")
    op.execute(
        "ALTER TABLE webhooks ADD COLUMN search_id INTEGER CONSTRAINT fk_webhooks_search_id REFERENCES saved_searches (id)"
    )
    op.create_index(op.f("ix_webhooks_search_id"), "webhooks", ["search_id"], unique=False)
    if op.get_bind().dialect.name != "sqlite":  # which keeps no comments
        op.execute("COMMENT ON COLUMN webhooks.search_id IS 'the saved search that it follows'")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not made poorer: put back the backup from before")


def _carry_over() -> None:
    """Whoever was subscribed had a week of seven days by the house's clock, and asked for all of it by hand."""
    copy = (
        "INSERT INTO subscribers (id, address, language, timezone, state, safe, heartbeat, since, soft_bounces) "
        "SELECT id, address, language, 'UTC', state, false, false, since, 0 FROM before_subscribers",
        "INSERT INTO digest_runs (cadence, zone, period, made, up_to_seq, mails) "
        "SELECT cadence, 'UTC', period, made, up_to_seq, mails FROM before_digest_runs",
        "INSERT INTO outbox (id, subscriber_id, kind, period, message_id, message, state, lease, lease_until, attempts, "
        "try_again, created) SELECT id, subscriber_id, 'weekly', period, message_id, message, state, lease, "
        "lease_until, attempts, try_again, created FROM before_outbox",
        "INSERT INTO deliveries (id, outbox_id, at, outcome, answer) "
        "SELECT id, outbox_id, at, outcome, answer FROM before_deliveries",
    )
    for statement in copy:
        op.execute(statement)
    _carry_searches_over()
    op.execute(
        "INSERT INTO matches (id, search_id, work_id, seq, matched, origin, outbox_id) "
        "SELECT id, search_id, work_id, seq, matched, 'news', outbox_id FROM before_matches"
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("subscribers", "outbox", "deliveries", "saved_searches", "matches"):
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            )


def _carry_searches_over() -> None:
    connection = op.get_bind()
    columns = ("id", "subscriber_id", "name", "query", "start_seq", "backfill", "active", "reason")
    before = sa.table("before_saved_searches", *map(sa.column, columns))
    since = sa.table("subscribers", sa.column("id"), sa.column("since", catalog.tables.Instant()))
    rows = connection.execute(sa.select(before, since.c.since).join(since, since.c.id == before.c.subscriber_id))
    made = []
    for row in rows.mappings():
        ended = row["reason"] == "unsubscribed"
        identity = hashlib.sha256(json.dumps([row["query"], {}, "works"]).encode()).hexdigest()
        new = {name: row[name] for name in ("id", "subscriber_id", "name", "query", "start_seq")}
        new |= {"filters": {}, "scope": "works", "identity": identity, "cadence": "weekly", "created": row["since"]}
        new |= {"state": "running" if row["active"] else "ended" if ended else "broken"}
        new |= {"ended": datetime.now(UTC) if ended else None}
        new |= {"reason": "" if ended else row["reason"], "backfill": bool(row["backfill"])}
        made.append(new | {"tree": None, "read_as": "", "complaints": [], "told": False, "back_to": 0})
    if made:
        table = sa.table(
            "saved_searches",
            *(sa.column(name, _TYPES.get(name)) for name in made[0]),
        )
        connection.execute(sa.insert(table), made)


_TYPES = {
    "filters": sa.JSON(),
    "tree": sa.JSON(none_as_null=True),
    "complaints": sa.JSON(),
    "created": catalog.tables.Instant(),
    "ended": catalog.tables.Instant(),
    "backfill": sa.Boolean(),
    "told": sa.Boolean(),
}


def _make_tables() -> None:
    op.create_table(
        "digest_runs",
        sa.Column("cadence", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False, comment="the time zone of the members it is for"),
        sa.Column(
            "period",
            sa.String(length=40),
            nullable=False,
            comment="what it covers: the week 2026-W48, the day 2026-11-24",
        ),
        sa.Column("made", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("up_to_seq", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cadence", "zone", "period", name=op.f("pk_digest_runs")),
        comment="written by search/alerts: one row a period and zone, made with its outbox rows in one transaction",
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False, comment="grows while the flood goes on"),
        sa.Column("works", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Float(), nullable=False, comment="works a week, before"),
        sa.Column("since", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "state", sa.String(length=16), nullable=False, comment="held, released or dropped (by the secretariat)"
        ),
        sa.Column("decided", catalog.tables.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        comment="written by search/alerts: a source that suddenly emits far more than usual waits for a person",
    )
    op.create_index(op.f("ix_holds_source"), "holds", ["source"], unique=False)
    op.create_table(
        "senders",
        sa.Column("instance", sa.String(length=64), nullable=False, comment="as the file beside the catalog has it"),
        sa.Column(
            "generation", sa.Integer(), nullable=False, comment="grows with each round of mails, here first, then there"
        ),
        sa.Column("claimed", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("seen", catalog.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("instance", name=op.f("pk_senders")),
        comment="written by search/alerts: who may send; a restored or copied catalog does not know its sender",
    )
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False, comment="IANA; days and weeks begin by it"),
        sa.Column(
            "state", sa.String(length=16), nullable=False, comment="pending (has not confirmed), active or unsubscribed"
        ),
        sa.Column(
            "safe",
            sa.Boolean(),
            nullable=False,
            comment="mails name nothing in subject and sender, and quote no search",
        ),
        sa.Column("heartbeat", sa.Boolean(), nullable=False, comment="wants a weekly mail when nothing matched, too"),
        sa.Column("since", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "confirmed",
            catalog.tables.Instant(timezone=True),
            nullable=True,
            comment="when its owner followed the link; None: added by hand, on another's word",
        ),
        sa.Column(
            "asked",
            catalog.tables.Instant(timezone=True),
            nullable=True,
            comment="when the last mail that asks to confirm was made",
        ),
        sa.Column(
            "soft_bounces",
            sa.Integer(),
            nullable=False,
            comment="in a row: mails that came back and may pass another time",
        ),
        sa.Column(
            "mail_after",
            catalog.tables.Instant(timezone=True),
            nullable=True,
            comment="nothing is sent before, because of those",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscribers")),
        sa.UniqueConstraint("address", name=op.f("uq_subscribers_address")),
        sqlite_autoincrement=True,
        comment="written by search/alerts: an address and what it wants; nothing else about a person",
    )
    op.create_table(
        "suppressions",
        sa.Column(
            "address_hash",
            sa.String(length=64),
            nullable=False,
            comment="HMAC-SHA256 of the address by the house's secret",
        ),
        sa.Column("reason", sa.String(length=16), nullable=False, comment="hard bounce or complaint"),
        sa.Column("detail", sa.Text(), nullable=False, comment="what the other side said, without the address"),
        sa.Column("since", catalog.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressions")),
        comment="written by search/alerts: where nothing is sent until the owner confirms anew; outlives the subscriber",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=True, comment="None: the secretariat"),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="confirm, weekly, daily, at once, changed or notice"
        ),
        sa.Column("period", sa.String(length=40), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False, comment="the whole mail, as it will be sent"),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="waiting, leased, sent, failed, withheld, held, suppressed, bounced",
        ),
        sa.Column("lease", sa.String(length=32), nullable=True, comment="the sender that holds it"),
        sa.Column("lease_until", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_again", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("created", catalog.tables.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_outbox_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
        sa.UniqueConstraint("subscriber_id", "kind", "period", name=op.f("uq_outbox_subscriber_id_kind_period")),
        sqlite_autoincrement=True,
        comment="written by search/alerts: a mail is a row before it is a mail",
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state"], unique=False)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False, comment="facet -> values, as on the search page"),
        sa.Column(
            "scope", sa.String(length=16), nullable=False, comment="works, or paragraphs in which all of it meets"
        ),
        sa.Column("identity", sa.String(length=64), nullable=False, comment="sha256 of query, filters and scope"),
        sa.Column("cadence", sa.String(length=16), nullable=False, comment="at once, daily or weekly"),
        sa.Column("tree", sa.JSON(), nullable=True, comment="the query as engines take it; None: to be read anew"),
        sa.Column(
            "read_as", sa.String(length=64), nullable=False, comment="the parser, fields and lexicon that made the tree"
        ),
        sa.Column("complaints", sa.JSON(), nullable=False, comment="codes of what was complained of when it was saved"),
        sa.Column(
            "state", sa.String(length=16), nullable=False, comment="running, paused or ended (by its owner), broken"
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="what is wrong with it"),
        sa.Column("told", sa.Boolean(), nullable=False, comment="its owner was told what is wrong with it"),
        sa.Column("start_seq", sa.Integer(), nullable=False, comment="only changes after this one can match"),
        sa.Column(
            "backfill", sa.Boolean(), nullable=False, comment="what was there before start_seq is still to be asked"
        ),
        sa.Column(
            "back_to",
            sa.Integer(),
            nullable=False,
            comment="how far: only changes after this one (sign-up, pause); 0: all",
        ),
        sa.Column("created", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "ended",
            catalog.tables.Instant(timezone=True),
            nullable=True,
            comment="when its owner ended it; some time later it is deleted",
        ),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_saved_searches_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("subscriber_id", "identity", name=op.f("uq_saved_searches_subscriber_id_identity")),
        sqlite_autoincrement=True,
        comment="written by search/alerts",
    )
    op.create_index(op.f("ix_saved_searches_subscriber_id"), "saved_searches", ["subscriber_id"], unique=False)
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("asked", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "wanted",
            sa.JSON(),
            nullable=False,
            comment="the searches, and the settings where they are to be taken",
        ),
        sa.Column(
            "seq",
            sa.Integer(),
            nullable=False,
            comment="the newest change when it was asked for: searches begin there",
        ),
        sa.Column(
            "confirmed",
            catalog.tables.Instant(timezone=True),
            nullable=True,
            comment="None: nothing of it counts yet",
        ),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_sign_ups_subscriber_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
        sqlite_autoincrement=True,
        comment="written by search/alerts: what someone asked for under an address, until its owner confirms; for 14 days",
    )
    op.create_index(op.f("ix_sign_ups_asked"), "sign_ups", ["asked"], unique=False)
    op.create_index(op.f("ix_sign_ups_subscriber_id"), "sign_ups", ["subscriber_id"], unique=False)
    op.create_table(
        "bounces",
        sa.Column(
            "digest",
            sa.String(length=64),
            nullable=False,
            comment="sha256 of the mail that came back, which is not kept",
        ),
        sa.Column("at", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True, comment="the mail it is about, where that is known"),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="hard, soft, policy, complaint, notice or unknown"
        ),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_bounces_outbox_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bounces")),
        comment="written by search/alerts: each mail that came back, read once",
    )
    op.create_index(op.f("ix_bounces_outbox_id"), "bounces", ["outbox_id"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="the change that brought it"),
        sa.Column("kind", sa.String(length=16), nullable=False, comment="changed, corrected or withdrawn"),
        sa.Column("citation", sa.String(length=300), nullable=False, comment="of the passage that was quoted"),
        sa.Column("before", sa.Text(), nullable=False, comment="the passage as it was told"),
        sa.Column(
            "after", sa.Text(), nullable=False, comment="as it stands now, or what corrects it; empty: it is gone"
        ),
        sa.Column("found", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True, comment="the mail that told of it"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_corrections_outbox_id")),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=op.f("fk_corrections_subscriber_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_corrections_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("subscriber_id", "work_id", "seq", name=op.f("uq_corrections_subscriber_id_work_id_seq")),
        comment="written by search/alerts: what someone was told has changed",
    )
    op.create_index(op.f("ix_corrections_outbox_id"), "corrections", ["outbox_id"], unique=False)
    op.create_index(op.f("ix_corrections_work_id"), "corrections", ["work_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("at", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.String(length=16),
            nullable=False,
            comment="sent, refused, failed, withheld, held, suppressed, bounced, complained",
        ),
        sa.Column("answer", sa.Text(), nullable=False, comment="what the other side said"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_deliveries_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        comment="written by search/alerts: every attempt to hand a mail over and what came of it, kept for years",
    )
    op.create_index(op.f("ix_deliveries_outbox_id"), "deliveries", ["outbox_id"], unique=False)
    op.create_table(
        "matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False, comment="the change that made it match"),
        sa.Column("matched", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "origin", sa.String(length=16), nullable=False, comment="news, look back, or audit (it was missed at first)"
        ),
        sa.Column("hold_id", sa.Integer(), nullable=True, comment="the flood it came with"),
        sa.Column("outbox_id", sa.Integer(), nullable=True, comment="the mail that told of it"),
        sa.Column(
            "told",
            sa.JSON(none_as_null=True),
            nullable=True,
            comment="the passage that the mail quoted; None: it quoted none",
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_matches_hold_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_matches_outbox_id")),
        sa.ForeignKeyConstraint(["search_id"], ["saved_searches.id"], name=op.f("fk_matches_search_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_matches_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("search_id", "work_id", name=op.f("uq_matches_search_id_work_id")),
        comment="written by search/alerts: a saved search matched a work; once",
    )
    op.create_index(op.f("ix_matches_hold_id"), "matches", ["hold_id"], unique=False)
    op.create_index(op.f("ix_matches_outbox_id"), "matches", ["outbox_id"], unique=False)
    op.create_index(op.f("ix_matches_work_id"), "matches", ["work_id"], unique=False)
