"""Webhooks."""

from typing import Protocol

from chalicelib.json_text import JsonObject
from chalicelib.storage.models.webhooks import Webhook, WebhookState


class WebhookWithState(Protocol):
    """A webhook and how far it has come. `secret` is its secret if it is new, and otherwise None."""

    @property
    def webhook(self) -> Webhook: ...

    @property
    def state(self) -> WebhookState: ...

    @property
    def secret(self) -> str | None: ...


def serialize_webhook(view: WebhookWithState) -> JsonObject:
    """Return a webhook. Only the answer to the request that has made its secret shows it."""
    webhook, state = view.webhook, view.state
    answer = {
        "id": webhook.id,
        "url": webhook.url,
        "label": webhook.label,
        "kinds": webhook.kinds,
        "enabled": webhook.enabled,
        "user": webhook.user,
        "created_at": webhook.created_at,
        "disabled_reason": webhook.disabled_reason,
        "cursor": state.cursor,
        "failing_since": state.failing_since,
        "next_attempt_at": state.next_attempt_at,
        "last_delivery": _serialize_last_delivery(state),
        "replay": _serialize_replay(state),
        "old_secret_until": webhook.old_secret_until,
    }
    return answer if view.secret is None else answer | {"secret": view.secret}


def _serialize_last_delivery(state: WebhookState) -> JsonObject | None:
    if state.last_at is None:
        return None
    return {"at": state.last_at, "status": state.last_status, "error": state.last_error}


def _serialize_replay(state: WebhookState) -> JsonObject | None:
    return None if state.replay_next is None else {"from": state.replay_next, "to": state.replay_last}
