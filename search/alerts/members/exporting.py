"""What do we keep about a member? All of it as one JSON file, written row by row: years of mails fit in no memory."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalog import Catalog
from catalog.tables import (
    bounces,
    corrections,
    deliveries,
    matches,
    outbox,
    saved_searches,
    sign_ups,
    subscribers,
    works,
)
from search.alerts.errors import Gone, w

ABOUT = "Everything that Forumwatch keeps about one member. Times are in UTC. A mail is given whole, as it was sent."


def export_member(catalog: Catalog, subscriber_id: int) -> Iterator[str]:
    """The file, in pieces. Raises Gone before the first of them."""
    with catalog.read() as connection:
        who = (
            connection.execute(sa.select(subscribers).where(subscribers.c.id == subscriber_id)).mappings().one_or_none()
        )
    if who is None:
        raise Gone(w("nobody is here any more: everything about them was deleted"))
    return _pieces(catalog, subscriber_id, _plain(who))


def _pieces(catalog: Catalog, subscriber_id: int, who: dict[str, Any]) -> Iterator[str]:
    with catalog.read() as connection:
        yield f'{{"about": {_json(ABOUT)},\n"member": {_json(who)}'
        for name, query in _lists(subscriber_id).items():
            yield f',\n"{name}": ['
            for number, record in enumerate(_records(connection, query)):
                yield (",\n" if number else "\n") + _json(record)
            yield "]"
        yield "}\n"


def _lists(subscriber_id: int) -> dict[str, sa.Select[Any]]:
    mine, mails = saved_searches.c.subscriber_id == subscriber_id, outbox.c.subscriber_id == subscriber_id
    mail_id = outbox.c.id.label("mail_id")
    told = (matches.c.search_id, works.c.key.label("work"), works.c.title, matches.c.seq, matches.c.matched)
    told_in = (matches.c.origin, matches.c.outbox_id.label("mail_id"), matches.c.told.label("quoted"))
    of_works = matches.join(saved_searches).join(works, works.c.id == matches.c.work_id)
    changed = _all_but(corrections, "subscriber_id", "work_id", "outbox_id", "hold_id")
    attempt = (deliveries.c.at, deliveries.c.outcome, deliveries.c.answer)
    lists: dict[str, tuple[tuple[sa.ColumnElement[Any], ...], Any, sa.ColumnElement[bool]]] = {
        "searches": (_all_but(saved_searches, "tree", "read_as", "subscriber_id"), saved_searches, mine),
        "asked_for": (_all_but(sign_ups, "subscriber_id"), sign_ups, sign_ups.c.subscriber_id == subscriber_id),
        "matched": ((*told, *told_in), of_works, mine),
        "told_of_changes": (
            (*changed, works.c.key.label("work"), corrections.c.outbox_id.label("mail_id")),
            corrections.join(works),
            corrections.c.subscriber_id == subscriber_id,
        ),
        "mails": (_all_but(outbox, "subscriber_id", "lease", "lease_until"), outbox, mails),
        "attempts_to_deliver": ((mail_id, *attempt), deliveries.join(outbox), mails),
        "mails_that_came_back": (
            (mail_id, bounces.c.at, bounces.c.kind, bounces.c.detail),
            bounces.join(outbox),
            mails,
        ),
    }
    return {
        name: sa.select(*what).select_from(where).where(whose).order_by(what[0])
        for name, (what, where, whose) in lists.items()
    }


def _all_but(table: sa.Table, *names: str) -> tuple[sa.ColumnElement[Any], ...]:
    return tuple(column for column in table.c if column.name not in names)


def _records(connection: Connection, query: sa.Select[Any]) -> Iterator[dict[str, Any]]:
    for row in connection.execution_options(stream_results=True).execute(query).yield_per(50).mappings():
        yield _plain(row)


def _plain(row: Any) -> dict[str, Any]:
    made = dict(row)
    for name, value in made.items():
        if isinstance(value, datetime):
            made[name] = value.isoformat()
        elif isinstance(value, bytes):
            made[name] = value.decode("utf-8", "replace")
    return made


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
