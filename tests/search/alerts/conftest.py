"""What do the tests of alerts share? Members with mail in the outbox."""

from datetime import datetime

import pytest
import sqlalchemy as sa

from catalog.tables import outbox, saved_searches, subscribers


@pytest.fixture
def members(catalog):
    """Puts a mail for each address into the outbox, as make_digests would."""
    from search.alerts.mails.mail import compose, message_id
    from tests.search.alerts.letters import LETTERHEAD, LINKS, MADE, letter

    def add(*addresses: str, created: datetime = MADE) -> list[int]:
        made = []
        for address in addresses:
            with catalog.write() as connection:
                who = {"address": address, "language": "en", "state": "active", "since": MADE}
                key = connection.execute(sa.insert(subscribers).values(who)).inserted_primary_key[0]
                search = {"subscriber_id": key, "name": "x", "query": "x", "start_seq": 0, "identity": "x"}
                connection.execute(sa.insert(saved_searches).values(search))
                mine = letter(subscriber_id=key, address=address)
                row = {"subscriber_id": key, "kind": "weekly", "period": mine.period, "state": "waiting"}
                row |= {"message_id": message_id(mine, LINKS, LETTERHEAD), "message": compose(mine, LINKS, LETTERHEAD)}
                made.append(
                    connection.execute(sa.insert(outbox).values(row | {"created": created})).inserted_primary_key[0]
                )
        return made

    return add


@pytest.fixture
def outbox_states(catalog):
    def states() -> list[str]:
        with catalog.read() as connection:
            return list(connection.execute(sa.select(outbox.c.state).order_by(outbox.c.id)).scalars())

    return states
