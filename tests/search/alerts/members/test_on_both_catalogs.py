"""Do the secretariat's desk, a feed, the archive of mails and a rehearsal read SQLite and PostgreSQL alike?"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from catalog.tables import outbox
from search import index_changes, open_engine
from search.alerts import match_changes
from search.alerts.desk import desk
from search.alerts.members.brought import brought
from search.alerts.members.rehearsal import rehearse
from search.alerts.members.sought import Asking
from search.alerts.members.subscribers import subscribe
from search.alerts.post.archive import archive, mail
from search.alerts.tokens import Grant
from tests.search.library import WORKS, fill


def test_all_that_is_read_is_read_alike(any_catalog):
    subscribe(any_catalog, "ana@example.net", "en", [("Mine", "migrants")])
    fill(any_catalog)
    found = match_changes(any_catalog)
    row = {"subscriber_id": 1, "kind": "at once", "period": "c9", "message_id": "<a@b>", "state": "waiting"}
    row |= {"message": b"Subject: News\r\n\r\nnews", "attempts": 0, "created": datetime.now(UTC)}
    with any_catalog.write() as connection:
        connection.execute(sa.insert(outbox).values(row))

    told = brought(any_catalog, Grant(1, 1))
    assert len(told.matches) == found > 1
    assert sorted(match.changed for match in told.matches) == sorted({match.changed for match in told.matches})

    assert [kept.subject for kept in archive(any_catalog, Grant(1)).mails] == ["News"]
    assert mail(any_catalog, Grant(1, None, "at once c9")).text == "news"

    standing = desk(any_catalog, datetime.now(UTC))
    assert (standing.members, standing.searches) == ({"active": 1}, {"running": 1})
    assert standing.outbox.counts == {"waiting": {"at once": 1}}

    engine = open_engine(None)
    index_changes(any_catalog, engine)
    told = rehearse(any_catalog, engine, Asking("migrants"), datetime.now(UTC) + timedelta(days=1))
    assert told.hits == found and len(told.changed) == found < len(WORKS)
