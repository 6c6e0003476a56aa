"""Setting up webhooks, which is for admins.

A webhook that does not exist raises NotFound, and callers who are not admins get Forbidden. Access tokens may not
create a webhook, change its URL or rotate its secret: they are valid for hours only, and a webhook stays.
"""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib import clock, config, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit
from chalicelib.domain.accounts.caller_context import CallerContext, load_caller_context
from chalicelib.json_text import JsonObject
from chalicelib.schemas.webhooks import MAX_REPLAYED, MAX_WEBHOOKS
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.storage.models.users import User
from chalicelib.storage.models.webhooks import DueWebhook, Webhook, WebhookState, place_of
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change
from chalicelib.webhooks import addresses, signing

SOON_SECONDS = 2  # longer than the clocks of two machines differ
WEBHOOK_NOT_FOUND = "There is no such webhook."
TURNED_OFF = "This deployment has no webhooks, because it records no changes: its HistoryDays is 0."
TOO_MANY = f"An account has at most {MAX_WEBHOOKS} webhooks. Delete one first."
ALREADY_REPLAYING = "The webhook is still sending the changes of an earlier replay again. Wait until it has ended."


class WebhookView(NamedTuple):
    """A webhook and how far it has come. `secret` is its secret if it is new, and otherwise None."""

    webhook: Webhook
    state: WebhookState
    secret: str | None = None


class WebhookContext(NamedTuple):
    """A webhook with the caller, who is an admin."""

    caller: CallerContext
    webhook: Webhook
    state: WebhookState


def _require_recorded() -> None:
    """Raise NotFound if this deployment records no changes, because then there is nothing to send."""
    if not config.HISTORY_DAYS:
        raise errors.NotFound(TURNED_OFF)


def list_webhooks(caller: Caller) -> list[WebhookView]:
    """Return all webhooks of the account, in the order of their places."""
    _require_recorded()
    user, views = run_both(
        lambda: table.get(User.ref(caller.account, caller.user)), lambda: read_webhooks(caller.account)
    )
    access.require_admin(user)
    return views


def read_webhooks(account: int) -> list[WebhookView]:
    """Return all webhooks of an account, for whoever asks."""
    rows = table.query_rows(Webhook.with_states(account))
    webhooks = rows.all(Webhook)
    return [WebhookView(one, rows[WebhookState.ref(account, one.place)]) for one in webhooks]


def get_webhook(caller: Caller, webhook_id: str) -> WebhookView:
    """Return one webhook. Raises NotFound."""
    context = find_webhook(caller, webhook_id)
    return WebhookView(context.webhook, context.state)


def find_webhook(caller: Caller, webhook_id: str, *more: Ref[Row]) -> WebhookContext:
    """Return a webhook with the caller, and read more rows with them. Raises NotFound and Forbidden."""
    _require_recorded()
    context = load_caller_context(caller, *refs_of(caller.account, webhook_id), *more)
    access.require_admin(context.user)
    found = find_in(context.rows, caller.account, webhook_id)
    if found is None:
        raise errors.NotFound(WEBHOOK_NOT_FOUND)
    return WebhookContext(context, *found)


def refs_of(account: int, webhook_id: str) -> tuple[Ref[Webhook], Ref[WebhookState]]:
    """Return the references to a webhook and to its state."""
    place = place_of(webhook_id)
    return Webhook.ref(account, place), WebhookState.ref(account, place)


def find_in(rows: Rows, account: int, webhook_id: str) -> tuple[Webhook, WebhookState] | None:
    """Return a webhook and its state from the rows that `refs_of` names, or None if another one has taken the place."""
    webhook_ref, state_ref = refs_of(account, webhook_id)
    webhook, state = rows.get(webhook_ref), rows.get(state_ref)
    return (webhook, state) if webhook and state and webhook.id == webhook_id else None


def create_webhook(caller: Caller, fields: JsonObject) -> Change[WebhookView]:
    """Create a webhook, which gets the changes from now on. Raises Conflict if there are too many, and Invalid."""
    _require_recorded()
    access.require_secret(caller)
    _require_allowed_url(fields)
    context, others = run_both(lambda: load_caller_context(caller), lambda: read_webhooks(caller.account))
    access.require_admin(context.user)
    place = _free_place(one.webhook for one in others)
    details = {"label": "", "kinds": [], "enabled": True} | fields
    ids = {"id": f"{place}-{randomness.hex_digits(8)}", "account": caller.account, "user": caller.user}
    secret = signing.create_secret()
    webhook = Webhook.at(caller.account, place, **ids, secret=secret, created_at=clock.now(), **details)
    state = WebhookState.at(caller.account, place, webhook=webhook.id, cursor=newest_seq(caller.account))
    event = audit.build_event(caller, "create", audit.WEBHOOK, webhook.id, details)
    change = Change(WebhookView(webhook, state, secret), save=[webhook, state, event])
    return change.with_preconditions(*access.require_caller_unchanged(caller, context.user))


def _free_place(webhooks: Iterable[Webhook]) -> int:
    """Return the first free place of an account. Raises Conflict if there is none."""
    taken = {one.place for one in webhooks}
    free = [place for place in range(1, MAX_WEBHOOKS + 1) if place not in taken]
    if not free:
        raise errors.Conflict(TOO_MANY)
    return free[0]


def newest_seq(account: int) -> int:
    """Return the sequence number of the newest change of an account, or 0."""
    newest = table.find_last(FeedEntry.of_account(account))
    return newest.seq if newest else 0


def update_webhook(caller: Caller, webhook_id: str, fields: JsonObject) -> Change[WebhookView]:
    """Change the URL, label, kinds or state of a webhook. Raises Invalid.

    With another URL the webhook becomes the caller's, and gets what the caller sees: otherwise admins could send what
    another admin sees to themselves. A new URL and enabling begin with a new attempt at once.
    """
    _require_allowed_url(fields)
    context = find_webhook(caller, webhook_id)
    webhook, state = context.webhook, context.state
    changes = audit.differences(webhook, fields)
    if not changes:
        return Change(WebhookView(webhook, state))
    if "url" in changes:
        access.require_secret(caller)
        webhook.user = caller.user
    for name, value in fields.items():
        setattr(webhook, name, value)
    save: list[Row] = [webhook, audit.build_event(caller, "update", audit.WEBHOOK, webhook_id, changes)]
    if {"url", "enabled"} & changes.keys():
        save += _begin_anew(webhook, state)
    unchanged = access.require_caller_unchanged(caller, context.caller.user)
    return Change(WebhookView(webhook, state), save=save, preconditions=unchanged)


def _begin_anew(webhook: Webhook, state: WebhookState) -> list[Row]:
    """Forget the failures of a webhook, and return the rows to save for a new attempt at once."""
    webhook.disabled_reason = None if webhook.enabled else webhook.disabled_reason
    state.attempts, state.failing_since, state.next_attempt_at = 0, None, None
    return [state, remind_soon(webhook.account, webhook.id)]


def _require_allowed_url(fields: JsonObject) -> None:
    """Raise Invalid if the fields have a URL that webhooks must not reach, as far as its text says so."""
    if "url" not in fields:
        return
    try:
        addresses.parse_url(fields["url"])
    except addresses.ForbiddenAddress as problem:
        raise errors.Invalid([{"pointer": "#/url", "detail": str(problem)}]) from None


def remind(account: int, webhook_id: str, at: str) -> DueWebhook:
    """Return the row that lets the scheduled function look after a webhook from a time on, which is a timestamp.

    The time must lie ahead: a run that is looking after the webhook may delete a reminder whose time has come.
    """
    return DueWebhook.at(account, webhook_id, at, account=account, webhook=webhook_id)


def remind_soon(account: int, webhook_id: str) -> DueWebhook:
    """Return the row that lets the next run of the scheduled function look after a webhook."""
    return remind(account, webhook_id, clock.in_seconds(SOON_SECONDS))


def rotate_secret(caller: Caller, webhook_id: str, overlap: int) -> Change[WebhookView]:
    """Give a webhook a new secret. The old one signs as well for `overlap` seconds.

    If another request was faster, this raises Conflict: rotating once more would end the secret that the other one got.
    """
    access.require_secret(caller)
    context = find_webhook(caller, webhook_id)
    webhook = context.webhook
    webhook.old_secret = webhook.secret if overlap else None
    webhook.old_secret_until = clock.in_seconds(overlap) if overlap else None
    webhook.secret = signing.create_secret()
    event = audit.build_event(caller, "rotate", audit.WEBHOOK, webhook_id, {"overlap": overlap})
    unchanged = access.require_caller_unchanged(caller, context.caller.user)
    view = WebhookView(webhook, context.state, webhook.secret)
    return Change(view, save=[webhook, event], preconditions=unchanged, retry=False)


def signing_secrets(webhook: Webhook) -> tuple[str, ...]:
    """Return the secrets that sign a message now: the present one, and the old one during its overlap."""
    if webhook.old_secret and (webhook.old_secret_until or "") > clock.now():
        return webhook.secret, webhook.old_secret
    return (webhook.secret,)


def delete_webhook(caller: Caller, webhook_id: str) -> Change[None]:
    """Delete a webhook. Changes that it has not received are no longer sent."""
    context = find_webhook(caller, webhook_id)
    details = {"url": context.webhook.url, "label": context.webhook.label}
    event = audit.build_event(caller, "delete", audit.WEBHOOK, webhook_id, details)
    unchanged = access.require_caller_unchanged(caller, context.caller.user)
    return Change(None, save=[event], delete=[context.webhook, context.state], preconditions=unchanged)


def replay_changes(caller: Caller, webhook_id: str, first: int, last: int) -> Change[WebhookView]:
    """Let a webhook send the changes of a range again, within a minute.

    Raises Invalid if the range is empty, too long or not sent yet, and Conflict if the webhook is disabled or another
    replay has not ended.
    """
    context = find_webhook(caller, webhook_id)
    webhook, state = context.webhook, context.state
    _require_valid_range(first, last, state.cursor)
    if not webhook.enabled:
        raise errors.Conflict("The webhook is disabled. Enable it first.")
    if state.replay_next is not None:
        raise errors.Conflict(ALREADY_REPLAYING)
    state.replay_next, state.replay_last = first, last
    event = audit.build_event(caller, "replay", audit.WEBHOOK, webhook_id, {"from": first, "to": last})
    save = [state, event, remind_soon(caller.account, webhook_id)]
    unchanged = access.require_caller_unchanged(caller, context.caller.user)
    return Change(WebhookView(webhook, state), save=save, preconditions=unchanged)


def _require_valid_range(first: int, last: int, cursor: int) -> None:
    if last < first:
        raise errors.Invalid([{"pointer": "#/to", "detail": "must not be less than from"}])
    if last - first >= MAX_REPLAYED:
        raise errors.Invalid([{"pointer": "#/to", "detail": f"must be at most {MAX_REPLAYED - 1} more than from"}])
    if last > cursor:
        detail = f"must be at most {cursor}, because the changes behind that have not been sent yet"
        raise errors.Invalid([{"pointer": "#/to", "detail": detail}])
