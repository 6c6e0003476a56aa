"""Claims: of all runs only one at a time delivers for a webhook.

A run that finds a webhook claimed leaves a reminder for the time at which the claim ends. If the run that holds
it is cut off, the scheduled function then goes on.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from chalicelib import clock, config, randomness
from chalicelib.domain.webhooks import webhooks
from chalicelib.domain.webhooks.deliveries import REPLAY
from chalicelib.domain.webhooks.outgoing import Batch, Job
from chalicelib.storage import table
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.webhooks import Webhook, WebhookState
from chalicelib.storage.unit_of_work import Change

CLAIM_SECONDS = 60  # each message renews the claim, so it has to last for one message and for the first pause


class Position(NamedTuple):
    """The place of a webhook in the feed: its cursor, and the next change of its replay if there is one."""

    cursor: int
    replay_next: int | None


@dataclass
class Claim:
    """The right of a run to deliver for a webhook, identified by a token. `accepted` counts the messages."""

    job: Job
    token: str = field(default_factory=lambda: randomness.hex_digits(16))
    accepted: int = 0

    def find(self) -> tuple[Webhook, WebhookState] | None:
        """Return the webhook and its state as they are now, or None if this run has no claim to it any more."""
        found = self._read()
        return found if found and found[1].claim == self.token else None

    def _read(self) -> tuple[Webhook, WebhookState] | None:
        rows = table.get_many(webhooks.refs_of(self.job.account, self.job.webhook))
        return webhooks.find_in(rows, self.job.account, self.job.webhook)

    def plan(self, last: Position | None = None) -> Change[Position | None]:
        """Claim the webhook, and answer the position from which to go on.

        The answer is None if there is nothing to do now, or another run does it. `last` is the position at which this
        run has claimed it before: a claim that moved nothing is not repeated.
        """
        found = self._read()
        if found is None or not (found[0].enabled or found[1].has_unsent_mail):
            return Change(None)
        state = found[1]
        if state.claim is not None and (state.claim_until or "") > clock.now():
            return Change(None, save=[self.remind(state.claim_until or "")])
        position = Position(state.cursor, state.replay_next)
        if (state.next_attempt_at or "") > clock.now() or position == last or not self._has_work(state):
            return Change(None)
        state.claim = self.token
        self.renew(state)
        return Change(position, save=[state], replan=lambda: self.plan(last))

    def _has_work(self, state: WebhookState) -> bool:
        """Return whether there may be something to send to the webhook, or to say about it."""
        if not config.HISTORY_DAYS:
            return False
        is_known = state.has_unsent_mail or state.replay_next is not None
        return is_known or webhooks.newest_seq(self.job.account) > state.cursor

    def renew(self, state: WebhookState) -> None:
        """Let the claim last for another CLAIM_SECONDS."""
        state.claim_until = clock.in_seconds(CLAIM_SECONDS)

    def remind(self, at: str) -> Row:
        """Return the row that lets the scheduled function look after the webhook from a time on."""
        return webhooks.remind(self.job.account, self.job.webhook, at)

    def plan_release(self, remind_at: str | None = None) -> Change[None]:
        """End the claim. `remind_at` is the time at which the scheduled function is to go on, if it is."""
        found = self.find()
        if found is None:
            return Change(None)
        state = found[1]
        state.claim, state.claim_until = None, None
        reminders = [] if remind_at is None else [self.remind(remind_at)]
        return Change(None, save=[state, *reminders], replan=lambda: self.plan_release(remind_at))

    def plan_advance(self, batch: Batch) -> Change[None]:
        """Move the cursor behind a batch that was sent, and end the claim if nothing comes after it."""
        found = self.find()
        if found is None:
            return Change(None)
        state = found[1]
        move_behind(state, batch.purpose, batch.last)
        if batch.is_last:
            state.claim, state.claim_until = None, None
        return Change(None, save=[state], replan=lambda: self.plan_advance(batch))


def move_behind(state: WebhookState, purpose: str, seq: int) -> None:
    """Note that a change is done with: move the cursor behind it, or the beginning of the replay."""
    if purpose != REPLAY:
        state.cursor = max(state.cursor, seq)
    elif seq >= (state.replay_last or 0):
        state.replay_next, state.replay_last = None, None
    else:
        state.replay_next = seq + 1
