"""Page by page: which pages wait for OCR, what belongs to a note or a table, and what each reading changed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import catalog.tables

revision = "0004"

down_revision = "0003"
branch_labels = None
depends_on = None


SAID = (  # of a document's columns: before, and now
    ("state", sa.String(16), "read, quarantined, waiting", "read, quarantined, waiting, opened (a bundle)"),
    ("reason", sa.Text(), "why quarantined or waiting", "why quarantined or waiting; what a bundle holds"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":  # which keeps no comments
        for name, kind, before, now in SAID:
            op.alter_column("documents", name, existing_type=kind, existing_comment=before, comment=now)
    # SQLite adds a column that may not be null only with a value for the rows that are there.
    _add("pages", "note", sa.String(200), "why it could not be read, or not well; empty where all is good", "''")
    _add("pages", "awaits_ocr", sa.Boolean(), "its picture is still to be read", sa.false())
    _add("paragraphs", "last_page", sa.Integer(), "the page it ends on", "0")
    _add("paragraphs", "mark", sa.String(8), "of a note, as printed: 3, *, a")
    _add("paragraphs", "marks", sa.JSON(), "[start, end, ordinal of the note] of each mark in the text", "'[]'")
    _add("paragraphs", "grid", sa.Integer(), "of a row: the table it stands in")
    op.execute("UPDATE paragraphs SET last_page = page")
    _add("documents", "facts", sa.JSON(), "printed around the text: heads, feet, job_numbers", "'{}'")
    _add("documents", "read_with", sa.String(32), "the reader that was asked for by hand; None: by the bytes")
    _add("documents", "again", sa.Boolean(), "is to be read again, by the readers of today", sa.false())
    _add("corrections", "hold_id", sa.Integer(), "of holds: the re-reading of many documents that it came with")
    op.create_index(op.f("ix_corrections_hold_id"), "corrections", ["hold_id"], unique=False)
    _add(
        "changes",
        "passages",
        sa.JSON(),
        "ordinals of the paragraphs that are news, 0 for the description; None: all of them",
    )
    op.create_table(
        "failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
            comment="the class of the error, or: by hand (it was put back)",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False, comment="where in the program"),
        sa.Column(
            "read_with",
            sa.String(length=32),
            nullable=True,
            comment="the reader that was asked for by hand; None: by the bytes",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failures")),
        comment="written by pipeline: every attempt to read a file that failed, kept when it has been read since",
    )
    op.create_index(op.f("ix_failures_sha256"), "failures", ["sha256"], unique=False)
    op.create_table(
        "grids",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="counted from 1 through the document"),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("last_page", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False, comment="a list of lists of text"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_grids_document_id")),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_grids")),
        comment="written by pipeline: the tables of a document as data",
    )
    op.create_table(
        "readings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="counted from 1"),
        sa.Column("at", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("reader", sa.String(length=64), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False, comment="from the version before, paragraph by paragraph"),
        sa.Column("seq", sa.Integer(), nullable=True, comment="the change that told of it; None: no change did"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_readings_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readings")),
        sa.UniqueConstraint("document_id", "version", name=op.f("uq_readings_document_id_version")),
        comment="written by pipeline: the versions of a document's text, as it was read",
    )
    op.create_table(
        "ocr_pages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.String(length=32), nullable=False, comment="which way of reading pictures made it"),
        sa.Column("state", sa.String(length=16), nullable=False, comment="waiting, done or failed"),
        sa.Column(
            "why",
            sa.String(length=16),
            nullable=False,
            comment="image, layer, glyphs, curves, picture, figure, by-hand",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_again", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("since", catalog.tables.Instant(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=64), nullable=True, comment="the runner that reads it just now"),
        sa.Column("lease_until", catalog.tables.Instant(timezone=True), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False, comment="its document was read with what was seen on it"),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("quality", sa.Float(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False, comment="what it took"),
        sa.Column("lines", sa.JSON(), nullable=False, comment="what was seen, with its places in points"),
        sa.PrimaryKeyConstraint("sha256", "page", name=op.f("pk_ocr_pages")),
        comment="written by pipeline: the queue of pages whose pictures are read, and what was seen on them",
    )
    op.create_index(op.f("ix_ocr_pages_state"), "ocr_pages", ["state"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a ledger is not made poorer: put back the backup from before")


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], comment: str, default: Any = None) -> None:
    default = sa.text(default) if isinstance(default, str) else default
    op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default, comment=comment))
