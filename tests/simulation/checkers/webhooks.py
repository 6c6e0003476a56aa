"""Each webhook gets the changes that it wants at least once, in order and signed, and nothing else."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from standardwebhooks import Webhook

from tests.simulation.checkers.feed import entries_of
from tests.simulation.checkers.feed_reads import Reading
from tests.simulation.checkers.items import Item, Json, text_of
from tests.simulation.checkers.object_changes import find_changes
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.checkers.webhook_rows import (
    RUNS,
    Hook,
    Hooks,
    cursor_of,
    is_enabled,
    is_replaying,
    wants,
)
from tests.simulation.checkers.webhook_states import check_end, check_rotations, check_states
from tests.simulation.history import Delivery, Request
from tests.simulation.store.stream import Stream

NAME = "webhooks"
MESSAGE = re.compile(r"(?P<account>\d+)-(?P<hook>\d+-[0-9a-f]{8})-(?P<key>\d+|test-[0-9a-f]{16})")
CLOCKS = 3.0  # seconds by which a clock may differ from the time
LONGEST_SEND = 310.0  # seconds between the choice of the secrets or the time and the arrival of a message, at most


class Sent(NamedTuple):
    """A message of a webhook. `seq` is None for a test. `read_at` is the step in which its run has read the webhook."""

    delivery: Delivery
    hook: Hook
    seq: int | None
    read_at: int


def check(timeline: Timeline, stream: Stream) -> Iterator[Violation]:
    """Yield messages that are missing, out of order, wrongly signed or not allowed, when all has been delivered."""
    yield from Checking(timeline, stream).check()


class Checking:
    """The check of one simulation."""

    def __init__(self, timeline: Timeline, stream: Stream) -> None:
        self._timeline, self._stream = timeline, stream
        self._hooks = Hooks(timeline)
        self._entries = entries_of(timeline)
        self._changes = {(change.commit, change.object): change for change in find_changes(timeline)}
        self._sent: dict[Hook, list[Sent]] = defaultdict(list)
        self._accepted: dict[Hook, dict[int, int]] = defaultdict(dict)  # the step of the first acceptance of each seq

    def check(self) -> Iterator[Violation]:
        """Yield all violations."""
        for delivery in self._timeline.history.deliveries:
            sent = self._read(delivery)
            if sent is None:
                yield _violation(delivery, "names no webhook of its account")
                continue
            yield from self._check_delivery(sent)
            self._sent[sent.hook].append(sent)
            if sent.seq and delivery.is_accepted:
                self._accepted[sent.hook].setdefault(sent.seq, delivery.step)
        for hook in self._hooks.by_id.values():
            yield from self._check_retries(hook)
            yield from self._check_passed(hook)
            yield from self._check_records(hook)
            yield from check_states(self._timeline, self._hooks, hook)
            yield from check_rotations(self._timeline, hook)
            yield from check_end(self._timeline, hook, max(self._entries.get(hook.account, {}), default=0))

    def _read(self, delivery: Delivery) -> Sent | None:
        """Return what a message is about."""
        match = MESSAGE.fullmatch(delivery.id)
        hook = self._hooks.by_id.get((int(match["account"]), match["hook"])) if match else None
        if match is None or hook is None:
            return None
        seq = int(match["key"]) if match["key"].isdecimal() else None
        return Sent(delivery, hook, seq, self._hooks.read_at(hook, delivery.owner, delivery.step))

    def _check_delivery(self, sent: Sent) -> Iterator[Violation]:
        delivery, hook, seq, read_at = sent
        rows = self._hooks.rows(hook, read_at, delivery.step)
        if not any(_is_signed(delivery, row) for row in rows):
            yield _violation(delivery, "is not signed with the secrets of the webhook")
        if not any(text_of(row, "url") == delivery.url for row in rows):
            yield _violation(delivery, f"went to {delivery.url}, which was not the URL of the webhook")
        if not -CLOCKS <= delivery.at - delivery.timestamp <= LONGEST_SEND:
            yield _violation(delivery, f"says that it was sent at {delivery.timestamp}")
        if seq is None:
            yield from self._check_test(delivery)
            return
        if not any(map(is_enabled, rows)):
            yield _violation(delivery, "went to a webhook that was disabled")
        claimed_at = self._hooks.claimed_at(hook, delivery.owner, delivery.step)
        if claimed_at is None:
            yield _violation(delivery, "was sent by a run that has not claimed the webhook")
            return
        yield from self._check_change(sent, seq, claimed_at)

    def _check_test(self, delivery: Delivery) -> Iterator[Violation]:
        request = self._timeline.requests.get(delivery.owner)
        if request is None or not request.path.endswith("/test"):
            yield _violation(delivery, "is a test that nobody has asked for")

    def _check_change(self, sent: Sent, seq: int, claimed_at: int) -> Iterator[Violation]:
        """Check which change a message is about, and what it shows of it."""
        delivery, hook = sent.delivery, sent.hook
        entry = self._entries.get(hook.account, {}).get(seq)
        if entry is None:
            yield _violation(delivery, "is about a change that the feed does not have")
            return
        kind, message = entry["object_kind"]["S"], json.loads(delivery.body)
        if message["type"] != f"{kind}.{entry['verb']['S']}" or message["timestamp"] != message["data"]["at"]:
            yield _violation(delivery, f"has the type {message['type']} and the time {message['timestamp']}")
        if not any(wants(row, kind) for row in self._hooks.rows(hook, claimed_at, delivery.step)):
            yield _violation(delivery, f"is about the kind {kind}, which the webhook does not want")
        reading = self._reading(hook, claimed_at, delivery.step)
        if reading:
            for one in reading.check_change(seq, message["data"]):
                yield one._replace(checker=NAME)
        yield from self._check_order(sent, seq, claimed_at)

    def _check_order(self, sent: Sent, seq: int, claimed_at: int) -> Iterator[Violation]:
        """Yield a message whose turn is over, or has not come."""
        delivery, hook, _, read_at = sent
        states = self._hooks.states(hook, read_at, delivery.step)
        is_new = any(cursor_of(state) < seq for state in states)
        if not is_new and not any(is_replaying(state, seq) for state in states):
            yield _violation(delivery, "was sent although the receiver had accepted it and no replay had begun")
        cursor = max(map(cursor_of, states), default=seq)
        for earlier in range(cursor + 1, seq):
            if self._is_due(hook, earlier, claimed_at, delivery.step):
                yield _violation(delivery, f"was sent before seq {earlier} was accepted")

    def _reading(self, hook: Hook, first: int, last: int) -> Reading | None:
        """Return what checks the images for the user of a webhook, or None if it has got another user meanwhile."""
        users = {text_of(row, "user") for row in self._hooks.rows(hook, first, last)}
        if len(users) != 1:
            return None
        [user] = users
        name = f"webhook {hook.id}"
        request = Request(name, name, 1, "", user or "", hook.account, "", "", "messages", None, {}, "", first)
        request.ended = last
        entries = self._entries.get(hook.account, {})
        return Reading(self._timeline, self._stream, request, entries, self._changes)

    def _is_due(self, hook: Hook, seq: int, first: int, last: int) -> bool:
        """Return whether a webhook should have got a change by a step, and has not. `first` is when its run began."""
        accepted_at = self._accepted[hook].get(seq)
        entry = self._entries.get(hook.account, {}).get(seq)
        if entry is None or (accepted_at is not None and accepted_at <= last):
            return False
        rows = self._hooks.rows(hook, first, last)
        if not all(wants(row, entry["object_kind"]["S"]) for row in rows):
            return False
        reading = self._reading(hook, first, last)
        return reading is not None and reading.must_show(seq)

    def _check_passed(self, hook: Hook) -> Iterator[Violation]:
        """Yield changes that the cursor of a webhook has passed, although the receiver has not accepted them."""
        for change in self._hooks.state_changes(hook):
            if change.before is None or not change.owner.startswith(RUNS):
                continue
            claimed_at = self._hooks.claimed_at(hook, change.owner, change.step) or 0
            for seq in range(cursor_of(change.before) + 1, cursor_of(change.after) + 1):
                if self._is_due(hook, seq, claimed_at, change.step):
                    text = f"{change.owner} has moved the cursor of webhook {hook.id} behind seq {seq}"
                    yield Violation(NAME, f"{text}, which was not accepted.")

    def _check_retries(self, hook: Hook) -> Iterator[Violation]:
        """Yield messages that have the id of an earlier one and say something else."""
        first: dict[str, Json] = {}
        for sent in self._sent[hook]:
            said = _without_images(json.loads(sent.delivery.body))
            if first.setdefault(sent.delivery.id, said) != said:
                yield _violation(sent.delivery, f"first said {first[sent.delivery.id]}, and then {said}")

    def _check_records(self, hook: Hook) -> Iterator[Violation]:
        """Yield attempts that the run has not recorded with its next commit, or has repeated without recording."""
        changes = self._hooks.state_changes(hook)
        for number, sent in enumerate(self._sent[hook]):
            delivery = sent.delivery
            if sent.seq is None:
                continue
            later = (one for one in changes if one.owner == delivery.owner and one.step > delivery.step)
            commit = next(later, None)
            again = (one.delivery for one in self._sent[hook][number + 1 :] if one.delivery.owner == delivery.owner)
            following = next(again, None)
            if following and (commit is None or following.step < commit.step):
                yield _violation(delivery, "was followed by another before its outcome was recorded")
            elif commit is not None and not _is_recorded(delivery, self._hooks.rows_of_commit[commit.commit]):
                yield _violation(delivery, "is not among the deliveries, or with another outcome")


def _is_recorded(delivery: Delivery, rows: list[Item]) -> bool:
    documents = [json.loads(row["doc"]["S"]) for row in rows if row["kind"]["S"] == "webhook_delivery"]
    status = delivery.status if delivery.is_confirmed else None
    return any(one["message_id"] == delivery.id and one["status"] == status for one in documents)


def _without_images(message: Json) -> Json:
    """Return a message without the objects, in which people have their present names."""
    return message | {"data": {**message["data"], "before": None, "after": None}}


def _is_signed(delivery: Delivery, row: Item) -> bool:
    """Return whether a message has the signatures of a webhook: one more while an old secret is valid as well."""
    must = may = {text_of(row, "secret") or ""}
    old, until = text_of(row, "old_secret"), text_of(row, "old_secret_until")
    if old is not None and until is not None:
        left = datetime.fromisoformat(until).timestamp() - delivery.at
        must = must | {old} if left > LONGEST_SEND else must
        may = may | {old} if left > -LONGEST_SEND else may
    sent_at = datetime.fromtimestamp(delivery.timestamp, UTC)
    signatures = {secret: Webhook(secret).sign(delivery.id, sent_at, delivery.body) for secret in may}
    found = set(delivery.signatures.split(" "))
    return {signatures[secret] for secret in must} <= found <= set(signatures.values())


def _violation(delivery: Delivery, text: str) -> Violation:
    return Violation(NAME, f"The message {delivery.id} that {delivery.owner} sent in step {delivery.step} {text}.")
