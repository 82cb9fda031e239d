"""What is in a home folder, without what may differ between two honest runs (numbers, moments, order of arrival)?"""

import email
import email.policy
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from catalog import Catalog, tables
from search import Searcher, open_engine

LEFT_OUT = {"id", "document_id", "work_id", "subscriber_id", "search_id", "outbox_id"}
MOMENTS = {"captured", "read_at", "matched", "created", "since", "seq", "start_seq", "try_again", "attempts", "message"}
QUERIES = ["", '"domestic workers"', '"domestic workers" AND country:PHL', "publisher:ILO", "date:2026", "travailleurs"]


def dump(home: Path) -> dict[str, Any]:
    """Catalog, index and mailbox, comparable with ==."""
    catalog = Catalog(f"sqlite:///{home / 'catalog.sqlite'}")
    return {"catalog": _catalog(catalog), "index": _index(catalog, home), "mailbox": _mailbox(home / "mailbox")}


def _catalog(catalog: Catalog) -> dict[str, list[Any]]:
    t = tables
    by_sha = t.documents.c.sha256
    with catalog.read() as connection:

        def rows(query: sa.Select[Any]) -> list[Any]:
            kept = [
                {k: v for k, v in row.items() if k not in LEFT_OUT | MOMENTS}
                for row in connection.execute(query).mappings()
            ]
            return sorted(kept, key=repr)

        def of_documents(table: sa.Table) -> sa.Select[Any]:
            return sa.select(by_sha, table).join_from(table, t.documents, table.c.document_id == t.documents.c.id)

        matched = (
            sa.select(t.saved_searches.c.query, t.works.c.key, t.outbox.c.message_id)
            .join_from(t.matches, t.saved_searches)
            .join(t.works, t.works.c.id == t.matches.c.work_id)
            .join(t.outbox, t.outbox.c.id == t.matches.c.outbox_id, isouter=True)
        )
        return {
            "captures": rows(sa.select(t.captures)),
            "documents": rows(sa.select(t.documents, t.works.c.key).join_from(t.documents, t.works, isouter=True)),
            "pages": rows(of_documents(t.pages)),
            "paragraphs": rows(of_documents(t.paragraphs)),
            "mentions": rows(of_documents(t.mentions)),
            "citations": rows(of_documents(t.citations)),
            "works": rows(sa.select(t.works)),
            "changed": rows(sa.select(by_sha).join_from(t.changes, t.documents).distinct()),
            "matches": rows(matched),
            "outbox": rows(sa.select(t.outbox.c.message_id, t.outbox.c.period, t.outbox.c.state)),
            "unfinished": rows(sa.select(t.frontier.c.url).where(t.frontier.c.state.in_(("waiting", "leased")))),
        }


def _index(catalog: Catalog, home: Path) -> dict[str, Any]:
    searcher = Searcher(catalog, open_engine(home / "index"))
    found = {}
    for query in QUERIES:
        results = searcher.search(query, sort="date", limit=500)
        facets = {f.field: sorted((v.value, v.count) for v in f.values) for f in results.facets}
        hits = sorted(
            (hit.work, hit.title, hit.languages) for hit in results.hits
        )  # those of one day stand by their ids
        found[query] = (results.total, hits, facets)
    return found


def _mailbox(folder: Path) -> dict[str, tuple[str, str, str]]:
    mails = {}
    for path in [*folder.glob("new/*"), *folder.glob("cur/*")]:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        text = re.sub(r"\d\d:\d\d|http://127\.0\.0\.1:\d+|\d{1,2} \w+ 20\d\d", "", body.get_content())
        assert mail["Message-ID"] not in mails, "one Message-ID, two mails"
        mails[mail["Message-ID"]] = (mail["To"], mail["Subject"], text)
    return mails
