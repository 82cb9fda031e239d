"""What else is a member told? That something told before has changed, that a search broke; each once.

A mail of a change is made from the rows of `corrections`, all of a member's together, as soon as they are found. That
a search broke is told when saved_searches.told is not set, and setting it is one transaction with the mail's row: so
it is told once, and again only when it breaks again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from catalog import Catalog
from catalog.tables import corrections, outbox, saved_searches, subscribers, works
from search.alerts.links import Letterhead, Links
from search.alerts.mails.letter import plain
from search.alerts.mails.making import Frame, alone, name_of, post
from search.alerts.mails.notice import Change, Notice, compose_notice, passages_of
from search.alerts.mails.periods import zone_of
from search.alerts.matching.rereadings import may_be_mailed
from search.alerts.wording import Wording, isolated

CHANGED, NOTICE = "changed", "notice"  # outbox.kind
MOST = 40  # changes in one mail; further ones go into the next
Rows = Sequence[Row[Any]]


def make_corrections(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead) -> int:
    """One mail for each member who was told something that is no longer so."""
    made = 0
    for who in _owners(catalog, sa.select(corrections.c.subscriber_id).where(_unmailed())):
        with catalog.write() as connection:
            alone(connection)
            rows = _changes_of(connection, who)
            if rows:
                newest = max(rows, key=lambda row: (row.seq, row.id))
                name = name_of(connection, who, CHANGED, f"c{newest.seq}", newest.id)
                mail = compose_notice(_changed(rows, name, now, links), links, letterhead)
                number = post(connection, who, Frame.on(CHANGED, name, now, rows[0].timezone), now, mail)
                mine = corrections.c.id.in_([row.id for row in rows])
                connection.execute(sa.update(corrections).where(mine).values(outbox_id=number))
                made += 1
    return made


def make_notices(catalog: Catalog, now: datetime, links: Links, letterhead: Letterhead) -> int:
    """One mail for each member with searches that broke, or run on in part, and who was not told yet."""
    return sum(_make_notices(catalog, state, now, links, letterhead) for state in _UNTOLD)


def _make_notices(catalog: Catalog, state: str, now: datetime, links: Links, letterhead: Letterhead) -> int:
    made = 0
    for who in _owners(catalog, sa.select(saved_searches.c.subscriber_id).where(_UNTOLD[state])):
        with catalog.write() as connection:
            alone(connection)
            rows = _untold_of(connection, who, state)
            if rows:
                before = sa.select(sa.func.count()).where(outbox.c.subscriber_id == who, outbox.c.kind == NOTICE)
                name = f"broken.{connection.execute(before).scalar_one() + 1}"
                notice = (_broken if state == BROKEN else _in_part)(rows, name, now, links)
                mail = compose_notice(notice, links, letterhead)
                post(connection, who, Frame.on(NOTICE, name, now, rows[0].timezone), now, mail)
                mine = saved_searches.c.id.in_([row.id for row in rows])
                connection.execute(sa.update(saved_searches).where(mine).values(told=True))
                made += 1
    return made


BROKEN = "broken"  # saved_searches.state
_NOT_TOLD = (saved_searches.c.reason != "") & sa.not_(saved_searches.c.told)
_UNTOLD = {state: (saved_searches.c.state == state) & _NOT_TOLD for state in (BROKEN, "running")}
_SEARCH = ("id", "subscriber_id", "name", "reason")
_WHO = tuple(subscribers.c[name] for name in ("address", "language", "timezone", "safe"))


def _owners(catalog: Catalog, query: sa.Select[tuple[int]]) -> list[int]:
    with catalog.read() as connection:
        return sorted(set(connection.execute(query).scalars()))


def _unmailed() -> sa.ColumnElement[bool]:
    return corrections.c.outbox_id.is_(None) & may_be_mailed()


def _changes_of(connection: Connection, who: int) -> Rows:
    query = (
        sa.select(corrections, works.c.key, works.c.title, works.c.symbol, *_WHO)
        .select_from(corrections.join(subscribers).join(works))
        .where(corrections.c.subscriber_id == who, _unmailed(), subscribers.c.state == "active")
    )
    return connection.execute(query.order_by(corrections.c.id).limit(MOST)).all()


def _untold_of(connection: Connection, who: int, state: str) -> Rows:
    query = sa.select(*(saved_searches.c[name] for name in _SEARCH), *_WHO).join(subscribers)
    mine = query.where(saved_searches.c.subscriber_id == who, _UNTOLD[state], subscribers.c.state == "active")
    return connection.execute(mine.order_by(saved_searches.c.id)).all()


def _changed(rows: Rows, name: str, now: datetime, links: Links) -> Notice:
    who, w = rows[0], Wording(rows[0].language)
    subject = w(
        "Forumwatch: a document that you were told of has changed",
        "Forumwatch: {n} documents that you were told of have changed",
        n=len({row.work_id for row in rows}),
    )
    return Notice(
        subscriber_id=who.subscriber_id,
        address=who.address,
        language=who.language,
        kind=CHANGED,
        period=name,
        made=now,
        subject=_neutral(w, now, who.timezone) if who.safe else subject,
        paragraphs=(w("What we wrote to you is no longer so. This is what it was, and what it is now."),),
        changes=tuple(_change(row, w, links) for row in rows),
        safe=who.safe,
    )


def _change(row: Row[Any], w: Wording, links: Links) -> Change:
    title = isolated(plain(row.title or row.symbol or row.key)[:300])
    passages = () if row.safe else passages_of(row.before, row.after, marked=row.kind != "corrected")
    citation = "" if row.safe else plain(row.citation)
    return Change(title, links.work(row.key), _said(row, w), citation, passages)


def _said(row: Row[Any], w: Wording) -> str:
    if row.kind == "withdrawn":
        return w("The publisher has withdrawn it: it is no longer where it was.")
    if row.kind == "corrected":
        return w("A correction of the passage that you were sent has been published.")
    if not row.after.strip():
        return w("The passage that you were sent is no longer in it.")
    return w("The passage that you were sent has changed.")


def _broken(rows: Rows, name: str, now: datetime, links: Links) -> Notice:
    w = Wording(rows[0].language)
    subject = w(
        "Forumwatch: a search of yours no longer runs", "Forumwatch: {n} searches of yours no longer run", n=len(rows)
    )
    text = w(
        "It can find nothing any more, and brings no mails. Please change or remove it on your page; we do not guess "
        "what was meant.",
        "They can find nothing any more, and bring no mails. Please change or remove them on your page; we do not "
        "guess what was meant.",
        n=len(rows),
    )
    ways = tuple((_mending(row, w), links.mend(row.subscriber_id, row.id)) for row in rows)
    return _of_searches(rows, name, now, subject, text, ways)


def _in_part(rows: Rows, name: str, now: datetime, links: Links) -> Notice:
    """Of searches that run on, though a part of them finds nothing any more."""
    w = Wording(rows[0].language)
    subject = w(
        "Forumwatch: a search of yours is not understood as it was",
        "Forumwatch: {n} searches of yours are not understood as they were",
        n=len(rows),
    )
    text = w(
        "A part of it is not understood any more. It runs on with the rest; please look at it on your page.",
        "A part of each is not understood any more. They run on with the rest; please look at them on your page.",
        n=len(rows),
    )
    return _of_searches(rows, name, now, subject, text)


def _of_searches(
    rows: Rows, name: str, now: datetime, subject: str, text: str, ways: tuple[tuple[str, str], ...] = ()
) -> Notice:
    who = rows[0]
    return Notice(
        subscriber_id=who.subscriber_id,
        address=who.address,
        language=who.language,
        kind=NOTICE,
        period=name,
        made=now,
        subject=_neutral(Wording(who.language), now, who.timezone) if who.safe else subject,
        paragraphs=(text,),
        lines=() if who.safe else tuple(isolated(f"{plain(row.name)}: {plain(row.reason)}") for row in rows),
        ways=ways,
        safe=who.safe,
    )


def _mending(row: Row[Any], w: Wording) -> str:
    return w("Mend this search") if row.safe else f"{w('Mend this search')}: {isolated(plain(row.name))}"


def _neutral(w: Wording, now: datetime, zone: str) -> str:
    return w("Your summary, {interval}", interval=w.local_day(now, zone_of(zone).key))
