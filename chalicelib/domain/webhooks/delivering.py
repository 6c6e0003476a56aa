"""Delivering the changes of the feed to a webhook: in their order, each at least once.

A run claims the webhook, sends one message after another, and moves the cursor behind each that the receiver has
accepted. A message that fails is sent again after a pause, and nothing behind it is sent before.
"""

from collections import defaultdict
from collections.abc import Generator
from typing import Any, NamedTuple

from chalicelib import clock
from chalicelib.domain.webhooks import attempts, disabling, outgoing, webhooks
from chalicelib.domain.webhooks.attempts import NEXT, SLOWEST_SECONDS
from chalicelib.domain.webhooks.claims import Claim
from chalicelib.domain.webhooks.outgoing import Batch, Job
from chalicelib.storage import table
from chalicelib.storage.models.webhooks import DueWebhook, Webhook
from chalicelib.storage.unit_of_work import Change, Message, Steps

ERROR_PAUSE = 60  # seconds
MAX_REMINDERS = 1_000  # of one run
MAX_WRITES = 90  # of one commit
Delivering = Generator[Change[Any] | Message, Any, None]


class WebhookRun(NamedTuple):
    """A run that had something to do for a webhook, and how many messages the receiver has accepted."""

    account: int
    webhook: str
    accepted: int


def deliver(job: Job) -> Steps[WebhookRun | None]:
    """Deliver to a webhook until nothing is left, a message fails or the time is over. None means nothing was to do.

    When the claim has ended, it looks for new changes once more: the run that they have started may have found the
    webhook claimed.
    """
    claim, position, has_run = Claim(job), None, False
    while job.seconds_left() >= SLOWEST_SECONDS and (position := (yield claim.plan(position))):
        has_run = True
        yield from _deliver_claimed(claim)
    return Change(WebhookRun(job.account, job.webhook, claim.accepted) if has_run else None)


def _deliver_claimed(claim: Claim) -> Delivering:
    """Deliver batch after batch, until the claim has ended."""
    while found := claim.find():
        webhook, state = found
        if state.has_unsent_mail:
            yield from _tell_admins(claim, webhook)
        elif not webhook.enabled:
            yield claim.plan_release()
        elif claim.job.seconds_left() < SLOWEST_SECONDS:
            yield claim.plan_release(clock.in_seconds(webhooks.SOON_SECONDS))
        elif (viewer := outgoing.find_viewer(webhook)) is None:
            yield disabling.plan_disable(claim, disabling.USER)
        else:
            yield from _send_batch(claim, outgoing.read_batch(claim.job, webhook, state, viewer))


def _tell_admins(claim: Claim, webhook: Webhook) -> Delivering:
    yield from disabling.build_mails(webhook)
    yield disabling.plan_mailed(claim)


def _send_batch(claim: Claim, batch: Batch) -> Delivering:
    """Send the messages of a batch, as long as they are accepted and there is time."""
    for message in batch.messages:
        if claim.job.seconds_left() < SLOWEST_SECONDS or (yield from attempts.send_twice(claim, message)) != NEXT:
            return
    yield claim.plan_advance(batch)


def follow_reminders(job: Job, reminders: list[DueWebhook]) -> Steps[WebhookRun | None]:
    """Deliver to a webhook because of reminders, and delete them."""
    change = yield from deliver(job)
    return Change(change.answer, delete=reminders)


def plan_reminder(account: int, webhook: str) -> Change[None]:
    """Return the change that lets the scheduled function look after a webhook again, after an error."""
    return Change(None, save=[webhooks.remind(account, webhook, clock.in_seconds(ERROR_PAUSE))])


def list_reminders() -> list[list[DueWebhook]]:
    """Return the reminders whose time has come, at most MAX_REMINDERS, in a list for each webhook."""
    found: dict[tuple[int, str], list[DueWebhook]] = defaultdict(list)
    for reminder in table.query(DueWebhook.until(clock.now()), limit=MAX_REMINDERS):
        found[reminder.account, reminder.webhook].append(reminder)
    return [reminders[:MAX_WRITES] for reminders in found.values()]


def list_webhooks(account: int) -> list[str]:
    """Return the ids of the webhooks of an account that get changes."""
    return [view.webhook.id for view in webhooks.read_webhooks(account) if view.webhook.enabled]
