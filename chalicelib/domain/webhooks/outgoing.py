"""The messages that a webhook gets next: the changes behind its cursor, or those of a replay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.changes import feed, visibility
from chalicelib.domain.changes.feed import ChangePage, SeenChange
from chalicelib.domain.changes.visibility import Viewer
from chalicelib.domain.webhooks import deliveries
from chalicelib.domain.webhooks.deliveries import CHANGE, REPLAY, Outgoing
from chalicelib.storage.models.webhooks import Webhook, WebhookState

BATCH = 20  # changes that are read at once

Render = Callable[[SeenChange], str]


@dataclass(frozen=True)
class Job:
    """A webhook to deliver for.

    `render` returns the JSON text of a change as GET /api/changes answers it, `seconds_left` how long the run may still
    take.
    """

    account: int
    webhook: str
    render: Render
    seconds_left: Callable[[], float]


class Batch(NamedTuple):
    """Messages to send in this order. `last` is the sequence number of the last change that was examined for them.

    `is_last` says that nothing followed when the batch was read.
    """

    purpose: str
    messages: list[Outgoing]
    last: int
    is_last: bool


def find_viewer(webhook: Webhook) -> Viewer | None:
    """Return the user of a webhook with what this user sees now, or None if the user is no longer an admin."""
    try:
        viewer = visibility.read_viewer(Caller(webhook.account, webhook.user, "", "read"))
    except errors.Forbidden:
        return None
    return viewer if viewer.is_admin else None


def read_batch(job: Job, webhook: Webhook, state: WebhookState, viewer: Viewer) -> Batch:
    """Return the messages that follow, as far as the user of the webhook may see the changes now."""
    if state.replay_next is None:
        page = _read_page(viewer, state.cursor)
        return Batch(CHANGE, _build_messages(job, webhook, CHANGE, page), page.last, page.last - state.cursor < BATCH)
    page = _read_page(viewer, state.replay_next - 1)
    last = min(page.last, state.replay_last or 0) if page.last >= state.replay_next else state.replay_last or 0
    within = ChangePage([one for one in page.changes if one.seq <= last], last)
    return Batch(REPLAY, _build_messages(job, webhook, REPLAY, within), last, is_last=False)


def _read_page(viewer: Viewer, after: int) -> ChangePage:
    """Return the changes behind a sequence number, or the oldest that are kept if those are not."""
    try:
        return feed.list_changes(viewer, after, BATCH)
    except errors.Gone:
        return feed.list_changes(viewer, None, BATCH)


def _build_messages(job: Job, webhook: Webhook, purpose: str, page: ChangePage) -> list[Outgoing]:
    wanted = [one for one in page.changes if not webhook.kinds or one.kind in webhook.kinds]
    return [_build_outgoing(job, webhook, purpose, one) for one in wanted]


def _build_outgoing(job: Job, webhook: Webhook, purpose: str, change: SeenChange) -> Outgoing:
    message_type = f"{change.kind}.{change.verb}"
    timestamp = clock.format_timestamp(clock.at_milliseconds(change.changed_at))
    message = deliveries.build_message(webhook, str(change.seq), message_type, timestamp, job.render(change))
    return Outgoing(purpose, change.seq, message_type, message)
