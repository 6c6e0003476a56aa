"""The attempts to deliver something to a webhook, which are kept for 30 days, and sending a test."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from chalicelib import clock, errors, json_text, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.webhooks import webhooks
from chalicelib.domain.webhooks.webhooks import WebhookView
from chalicelib.json_text import JsonObject
from chalicelib.schemas.webhooks import PURPOSES
from chalicelib.storage import table
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.webhooks import Webhook, WebhookDelivery
from chalicelib.storage.rows import TextEntry
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.webhooks.sending import Attempt, WebhookMessage

CHANGE, REPLAY, TEST = PURPOSES
TEST_TYPE = "webhook.test"
RETENTION = timedelta(days=30)
DELIVERY_ID = re.compile("[0-9]{16}-[0-9a-f]{8}")


class Outgoing(NamedTuple):
    """A message that is to be sent, and what it is about. `seq` is None for a test."""

    purpose: str
    seq: int | None
    type: str
    message: WebhookMessage


def build_message(webhook: Webhook, key: str, message_type: str, timestamp: str, data: str) -> WebhookMessage:
    """Return a message to a webhook. `key` tells the messages of the webhook apart, and `data` is JSON text."""
    head = json_text.dump({"type": message_type, "timestamp": timestamp})
    message_id = f"{webhook.account}-{webhook.id}-{key}"
    return WebhookMessage(webhook.url, message_id, f'{head[:-1]},"data":{data}}}', webhooks.signing_secrets(webhook))


def build_delivery(
    webhook: Webhook, outgoing: Outgoing, attempt: Attempt, number: int = 1, next_attempt_at: str | None = None
) -> WebhookDelivery:
    """Return the row about an attempt. `number` counts the attempts to send the message, from 1."""
    delivery_id = f"{new_order()}-{randomness.hex_digits(8)}"  # newer attempts sort first
    document = {
        "id": delivery_id,
        "at": clock.now(),
        "purpose": outgoing.purpose,
        "message_id": outgoing.message.id,
        "seq": outgoing.seq,
        "type": outgoing.type,
        "attempt": number,
        "status": attempt.status,
        "error": attempt.error,
        "duration": attempt.duration,
        "next_attempt_at": next_attempt_at,
    }
    return WebhookDelivery.at(webhook.account, webhook.id, delivery_id, doc=document, ttl=clock.after(RETENTION))


def list_deliveries(
    caller: Caller, webhook_id: str, after: str | None = None, limit: int | None = None
) -> Iterator[TextEntry[str]]:
    """Return the attempts of a webhook, each by its id and as JSON text, newest first, or those after the id `after`.

    `limit` is the number of attempts that will be read at most. Raises errors.WrongCursor if no attempt can have the
    id, NotFound and Forbidden.
    """
    if after is not None and not DELIVERY_ID.fullmatch(after):
        raise errors.WrongCursor
    webhooks.find_webhook(caller, webhook_id)
    position = None if after is None else WebhookDelivery.ref(caller.account, webhook_id, after).position
    of_webhook = WebhookDelivery.of_webhook(caller.account, webhook_id)
    return table.query_entries(of_webhook, WebhookDelivery.read_entry, position, limit)


def show_deliveries(caller: Caller, webhook_id: str, limit: int) -> tuple[WebhookView, list[JsonObject]]:
    """Return a webhook and its last attempts, newest first. Raises NotFound and Forbidden."""
    context = webhooks.find_webhook(caller, webhook_id)
    of_webhook = WebhookDelivery.of_webhook(caller.account, webhook_id)
    rows = table.query(of_webhook, limit=limit)
    return WebhookView(context.webhook, context.state), [row.doc for row in rows]


def send_test(caller: Caller, webhook_id: str) -> Steps[JsonObject]:
    """Send a test to a webhook, even to one that is disabled, and return how it went. It is not repeated."""
    webhook = webhooks.find_webhook(caller, webhook_id).webhook
    data = json_text.dump({"webhook": webhook_id})
    message = build_message(webhook, f"test-{randomness.hex_digits(16)}", TEST_TYPE, clock.now(), data)
    attempt: Attempt = yield message
    delivery = build_delivery(webhook, Outgoing(TEST, None, TEST_TYPE, message), attempt)
    return Change(delivery.doc, save=[delivery])
