"""Sending a message to a webhook, and what follows from how it went.

The first pause is short enough for the same run. After the others, a reminder lets the scheduled function go on.
"""

from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock
from chalicelib.domain.webhooks import deliveries, disabling, webhooks
from chalicelib.domain.webhooks.claims import Claim, move_behind
from chalicelib.domain.webhooks.deliveries import Outgoing
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.webhooks import Webhook, WebhookState
from chalicelib.storage.unit_of_work import Change, Message
from chalicelib.webhooks.sending import Attempt

MINUTE, HOUR = 60, 3600
# Seconds until the next attempt after the first failure, the second and so on. The last one repeats.
PAUSES = (5, 5 * MINUTE, 30 * MINUTE, *(hours * HOUR for hours in (2, 5, 10, 14, 20, 24)))
LONGEST_FAILURE = timedelta(days=5)  # then the webhook is disabled
GONE = 410  # with this status a receiver says that it wants no more
SLOWEST_SECONDS = 14  # for one message: resolving the host, sending, and recording how it went

# What comes next: the next message, the same one after the first pause, or reading again what is to be done.
NEXT, AGAIN, REREAD = "next", "again", "reread"
Sending = Generator[Change[Any] | Message, Any, str]


def send_twice(claim: Claim, message: Outgoing) -> Sending:
    """Send a message, and a second time after a short pause if that fails. Return NEXT or REREAD."""
    outcome: str = yield from _attempt(claim, message)
    if outcome == AGAIN and claim.job.seconds_left() >= PAUSES[0] + SLOWEST_SECONDS:
        clock.sleep(PAUSES[0])
        outcome = yield from _attempt(claim, message)
    if outcome == AGAIN:  # there is no time for the pause
        yield claim.plan_release(clock.in_seconds(PAUSES[0]))
        return REREAD
    return outcome


def _attempt(claim: Claim, message: Outgoing) -> Sending:
    attempt: Attempt = yield message.message
    outcome: str = yield _plan_outcome(claim, message, attempt)
    claim.accepted += attempt.is_success
    return outcome


def _plan_outcome(claim: Claim, message: Outgoing, attempt: Attempt) -> Change[str]:
    """Record how an attempt went. If this run has lost its claim, another one has recorded more."""
    found = claim.find()
    if found is None:
        return Change(REREAD)
    webhook, state = found
    number = state.attempts + 1
    state.last_at, state.last_status, state.last_error = clock.now(), attempt.status, attempt.error
    claim.renew(state)
    if attempt.is_success:
        outcome, rows = _accept(webhook, state, message), list[Row]()
    elif not _is_as_sent(webhook, message):
        outcome, rows = REREAD, []  # this failure says nothing about the webhook as it is now
    else:
        outcome, rows = _refuse(claim, webhook, state, attempt)
    delivery = deliveries.build_delivery(webhook, message, attempt, number, state.next_attempt_at)
    save = [state, delivery, *rows]
    return Change(outcome, save=save, replan=lambda: _plan_outcome(claim, message, attempt))


def _is_as_sent(webhook: Webhook, message: Outgoing) -> bool:
    """Return whether a webhook still has the URL and the secrets with which a message was sent, and is enabled."""
    sent = message.message
    return webhook.enabled and webhook.url == sent.url and webhooks.signing_secrets(webhook) == sent.secrets


def _accept(webhook: Webhook, state: WebhookState, message: Outgoing) -> str:
    move_behind(state, message.purpose, message.seq or 0)
    state.attempts, state.failing_since, state.next_attempt_at = 0, None, None
    return NEXT if _is_as_sent(webhook, message) else REREAD


def _refuse(claim: Claim, webhook: Webhook, state: WebhookState, attempt: Attempt) -> tuple[str, list[Row]]:
    """Note a failure in the state: disable the webhook, or choose the time of the next attempt."""
    state.attempts += 1
    state.failing_since = state.failing_since or clock.now()
    given_up_at = clock.format_timestamp(datetime.fromisoformat(state.failing_since) + LONGEST_FAILURE)
    if attempt.status == GONE or clock.now() >= given_up_at:
        return REREAD, disabling.disable(
            claim, webhook, state, disabling.GONE if attempt.status == GONE else "failures"
        )
    pause = PAUSES[min(state.attempts, len(PAUSES)) - 1]
    state.next_attempt_at = min(clock.in_seconds(pause), given_up_at)
    if state.attempts == 1:
        return AGAIN, []
    state.claim, state.claim_until = None, None
    return REREAD, [claim.remind(state.next_attempt_at)]
