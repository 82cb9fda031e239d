"""Who may ask, and who is told: keys to the API, webhooks and what was sent to them."""

import sqlalchemy as sa
from alembic import op

import catalog.tables

revision = "0002"

down_revision = "0001"
branch_labels = None
depends_on = None


KIND = "created, updated or withdrawn", "created, updated, noted (known words from elsewhere: no news) or withdrawn"


def upgrade() -> None:
    _say_of_kinds(*KIND)
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False, comment="what it is for; no person's data"),
        sa.Column("prefix", sa.String(length=16), nullable=False, comment="the part of the key that may be shown"),
        sa.Column(
            "hash", sa.String(length=64), nullable=False, comment="sha256 of the whole key, which is kept nowhere"
        ),
        sa.Column("scopes", sa.JSON(), nullable=False, comment="of read, export, changes"),
        sa.Column("rate", sa.Integer(), nullable=False, comment="requests a minute"),
        sa.Column("created", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("last_used", sa.Date(), nullable=True, comment="the day, no finer; None: never"),
        sa.Column("revoked", catalog.tables.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
        comment="written by search: keys to the API, of which only hashes are kept",
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "name", sa.String(length=32), nullable=False, comment="random; its secret is derived from it, not kept"
        ),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="only changes of works that match; empty: all"),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="active, failed (given up: a person resumes it) or removed",
        ),
        sa.Column("reason", sa.Text(), nullable=False, comment="why it is not active, or what went wrong last"),
        sa.Column(
            "seq", sa.Integer(), nullable=False, comment="every change up to here was acknowledged, or not asked for"
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="attempts in a row that failed"),
        sa.Column("created", catalog.tables.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("name", name=op.f("uq_webhooks_name")),
        comment="written by search/webhooks: an address that is told of changes, in order",
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.String(length=16),
            nullable=False,
            comment="waiting, done, or skipped (by a person, or with its webhook)",
        ),
        sa.Column(
            "body", sa.Text(), nullable=True, comment="what is sent, the same at each attempt; None once it is done"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("first_tried", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("last_tried", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("try_again", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True, comment="of the last answer; None: there was none"),
        sa.Column("answer", sa.Text(), nullable=False, comment="its beginning, or what went wrong"),
        sa.ForeignKeyConstraint(["seq"], ["changes.seq"], name=op.f("fk_webhook_deliveries_seq")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id")),
        sa.ForeignKeyConstraint(["work_id"], ["works.id"], name=op.f("fk_webhook_deliveries_work_id")),
        sa.PrimaryKeyConstraint("webhook_id", "seq", name=op.f("pk_webhook_deliveries")),
        comment="written by search/webhooks: a change is a row here before it is sent",
    )
    op.create_index(
        op.f("ix_webhook_deliveries_webhook_id_webhook_deliveries_work_id"),
        "webhook_deliveries",
        ["webhook_id", "work_id"],
        unique=False,
    )


def downgrade() -> None:
    _say_of_kinds(*reversed(KIND))
    op.drop_index(op.f("ix_webhook_deliveries_webhook_id_webhook_deliveries_work_id"), table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhooks")
    op.drop_table("api_keys")


def _say_of_kinds(before: str, now: str) -> None:
    if op.get_bind().dialect.name != "sqlite":  # which keeps no comments
        op.alter_column("changes", "kind", existing_type=sa.String(16), existing_comment=before, comment=now)
