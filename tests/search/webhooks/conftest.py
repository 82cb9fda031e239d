"""What do the tests of webhooks share? A sender that may reach this machine, with a clock that is moved by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from search.webhooks import add_webhook, webhook_secret
from search.webhooks.posting import Poster
from search.webhooks.sending import Sender

HOUSE_SECRET = "the secret of a house, long enough"


class Clock:
    def __init__(self):
        self.moment = datetime(2026, 11, 24, 8, tzinfo=UTC)

    def __call__(self):
        return self.moment

    def pass_(self, **much):
        self.moment += timedelta(**much)


def to_this_machine(**other) -> Poster:
    """Only the tests can say so: no setting does."""
    return Poster(**({"allowed": lambda address: address.is_loopback, "schemes": ("http", "https")} | other))


def work_url(key: str) -> str:
    return f"https://watch.example.org/works/{key}"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sender(catalog, clock):
    return Sender(catalog, to_this_machine(seconds=0.6), HOUSE_SECRET, work_url, clock)


@pytest.fixture
def hook(sender, clock):
    """Adds a webhook for a receiver, which then knows the secret."""

    def add(receiver, query="", after=None, catalog=None):
        made = add_webhook(catalog or sender.catalog, receiver.url, query, clock(), after)
        receiver.secret = webhook_secret(HOUSE_SECRET, made.name)
        return made

    return add


@pytest.fixture
def sender_of(sender):
    return lambda catalog: replace(sender, catalog=catalog)
