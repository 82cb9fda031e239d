"""Who is told of changes, and how? Addresses that get each change once, in order, signed; see docs/operations.md."""

from search.webhooks.hooks import (
    Delivery,
    Webhook,
    add_webhook,
    deliveries,
    find_webhook,
    remove_webhook,
    resume_webhook,
    webhooks,
)
from search.webhooks.sending import WebhookReport, deliver_webhooks, send_test
from search.webhooks.signing import Letter, sign, signed, webhook_secret

__all__ = [
    "Delivery",
    "Letter",
    "Webhook",
    "WebhookReport",
    "add_webhook",
    "deliver_webhooks",
    "deliveries",
    "find_webhook",
    "remove_webhook",
    "resume_webhook",
    "send_test",
    "sign",
    "signed",
    "webhook_secret",
    "webhooks",
]
