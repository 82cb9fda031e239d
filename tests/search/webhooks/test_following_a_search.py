"""Is a webhook that follows a saved search told of what that search finds, for as long as it is watched?"""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from catalog.tables import saved_searches, webhooks
from search.alerts.members.subscribers import subscribe
from search.alerts.members.wanted import Wanted
from search.errors import MistakenRequest
from search.webhooks import add_webhook, deliver_webhooks, webhook_secret
from tests.search.library import Document, Work, put, withdraw
from tests.search.webhooks.conftest import HOUSE_SECRET
from tests.search.webhooks.receiver import Receiver


def work(name: str, *paragraphs: str, publisher: str = "ILO") -> Work:
    text = [(1, str(number), paragraph) for number, paragraph in enumerate(paragraphs, 1)]
    return Work(publisher, f"About {name}", [Document("en", None, f"About {name}", text)], name=name)


@pytest.fixture
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture
def follow(catalog, clock, receiver):
    """A webhook for a saved search with facets and scope."""
    wanted = Wanted("w", "wages remittances", {"publisher": ["ILO"]}, "paragraphs")
    subscribe(catalog, "ana@example.net", "en", [wanted])
    made = add_webhook(catalog, receiver.url, "", clock(), search_id=1)
    receiver.secret = webhook_secret(HOUSE_SECRET, made.name)
    return made


def bodies(receiver) -> list[dict[str, Any]]:
    found = [json.loads(body) for some in receiver.bodies.values() for body in some]
    return sorted(found, key=lambda body: body["change"]["seq"])


def told(receiver) -> list[tuple[str, bool]]:
    return [(each["change"]["kind"], each["matches"]) for each in bodies(receiver)]


def state(catalog, value):
    with catalog.write() as connection:
        connection.execute(sa.update(saved_searches).values(state=value))


def test_it_is_told_with_the_filters_and_the_scope_of_the_search(catalog, sender, receiver, follow):
    put(catalog, work("1", "Wages and remittances."))
    put(catalog, work("2", "Wages.", "Remittances."))  # not in one paragraph
    put(catalog, work("3", "Wages and remittances.", publisher="IOM"))
    put(catalog, work("4", "Neither."))
    assert deliver_webhooks(sender).delivered == 1
    (body,) = bodies(receiver)
    assert (body["search"], body["query"], body["change"]["seq"], body["matches"]) == (1, None, 1, True)
    withdraw(catalog, work("1").key)
    deliver_webhooks(sender)
    assert told(receiver) == [("created", True), ("withdrawn", False)]


@pytest.mark.parametrize("rests", ["paused", "broken"])
def test_it_waits_while_the_search_rests_and_passes_nothing_over(catalog, sender, receiver, follow, rests):
    state(catalog, rests)
    put(catalog, work("1", "Wages and remittances."))
    assert deliver_webhooks(sender).delivered == 0 and not receiver.bodies
    state(catalog, "running")
    assert deliver_webhooks(sender).delivered == 1


def test_it_ends_when_the_search_is_ended(catalog, sender, receiver, follow):
    state(catalog, "ended")
    put(catalog, work("1", "Wages and remittances."))
    report = deliver_webhooks(sender)
    assert (report.removed, report.delivered) == (1, 0) and not receiver.bodies
    with catalog.read() as connection:
        row = connection.execute(sa.select(webhooks)).one()
    assert row.state == "removed" and "ended" in row.reason
    state(catalog, "running")
    assert deliver_webhooks(sender).delivered == 0, "and does not come back by itself"


def test_what_cannot_be_followed_is_refused(catalog, follow):
    now = datetime.now(UTC)
    with pytest.raises(MistakenRequest, match="no saved search number 7"):
        add_webhook(catalog, "https://example.org/x", "", now, search_id=7)
    with pytest.raises(MistakenRequest, match="not both"):
        add_webhook(catalog, "https://example.org/x", "wages", now, search_id=1)
    state(catalog, "ended")
    with pytest.raises(MistakenRequest, match="no saved search"):
        add_webhook(catalog, "https://example.org/x", "", now, search_id=1)
