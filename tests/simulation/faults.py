"""The faults of a simulation: which of them one seed allows, and at which points they happen.

Each seed draws a profile first. It allows some kinds of faults and leaves out others, because a fault that happens
everywhere hides what a rare one would show.
"""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.simulation.scheduler import Task

Json = dict[str, Any]

LOSE_REQUEST = "request lost"  # it never reaches the store
LOSE_ANSWER = "answer lost"  # the store carries it out, and the service does not get the answer
LATE = "late"  # the service stops waiting, and the store carries it out after that
THROTTLE = "throttled"
CONFLICT = "transaction conflict"
UNPROCESSED = "unprocessed keys"
SHORT_PAGE = "short page"
STALE_INDEX = "stale index"
TORN = "torn read"  # others write while the store reads the rows of one request, which is not isolated from them
KILL_BEFORE = "killed before"
KILL_AFTER = "killed after"
REFUSE = "refused"  # a mail
MAIL_LATE = "mail delayed"
MAIL_LOST = "mail never delivered"
RECEIVER_FAILS = "receiver fails"  # a webhook's: it answers 500
RECEIVER_SLOW = "receiver too slow"  # it accepts the message, and answers when nobody waits any more
RECEIVER_DOWN = "receiver down"  # for a while
RECEIVER_GONE = "receiver gone"  # it answers 410

WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
ALL = (LOSE_REQUEST, LOSE_ANSWER, LATE, THROTTLE, KILL_BEFORE, KILL_AFTER)
OF_OPERATIONS: dict[str, tuple[str, ...]] = {
    "GetItem": (LOSE_REQUEST, THROTTLE, KILL_BEFORE),
    "BatchGetItem": (LOSE_REQUEST, THROTTLE, UNPROCESSED),
    "Query": (LOSE_REQUEST, THROTTLE, SHORT_PAGE),
    **dict.fromkeys(WRITES, (*ALL, CONFLICT)),
}
ISOLATES_EACH_ROW = ("BatchGetItem", "Query")
OF_MAILS = (REFUSE, LOSE_REQUEST, LOSE_ANSWER, KILL_BEFORE, KILL_AFTER, MAIL_LATE, MAIL_LOST)
KINDS = (*ALL, CONFLICT, UNPROCESSED, SHORT_PAGE, STALE_INDEX, TORN, REFUSE, MAIL_LATE, MAIL_LOST)
OF_DELIVERIES = (
    LOSE_REQUEST,
    LOSE_ANSWER,
    KILL_BEFORE,
    KILL_AFTER,
    *(RECEIVER_FAILS, RECEIVER_FAILS, RECEIVER_SLOW, RECEIVER_DOWN, RECEIVER_GONE),
)
WITHOUT_ANSWER = (LOSE_ANSWER, KILL_AFTER, RECEIVER_SLOW)  # although the receiver has the message
REPEATED = (LOSE_REQUEST, THROTTLE, CONFLICT)  # may happen to several attempts in a row


@dataclass(frozen=True)
class Profile:
    """What one seed allows: the kinds of faults, how often they happen, and how often tasks change places.

    `hold_rate` is how often a write waits for another change of the account.
    """

    kinds: frozenset[str]
    fault_rate: float
    switch_rate: float
    give_up_rate: float  # of clients that stop waiting for an answer
    hold_rate: float
    longest_skew: float = 0.0  # seconds by which the clock of a process may be wrong
    delivery_kinds: frozenset[str] = frozenset()  # of faults of messages to webhooks
    delivery_rate: float = 0.0

    @staticmethod
    def draw(seed: int) -> "Profile":
        """Return the profile of a seed."""
        chance = random.Random(f"{seed}/profile")
        kinds = frozenset(kind for kind in KINDS if chance.random() < 0.6)
        fault_rate = chance.choice((0.0, 0.01, 0.03, 0.1))
        switch_rate, give_up_rate = chance.choice((0.1, 0.3, 0.6, 1.0)), chance.choice((0.0, 0.02, 0.1))
        hold_rate, longest_skew = chance.choice((0.0, 0.5, 0.9)), chance.choice((0.0, 0.0, 0.5, 3.0))
        chance = random.Random(f"{seed}/deliveries")
        delivery_kinds = frozenset(kind for kind in sorted(set(OF_DELIVERIES)) if chance.random() < 0.6)
        rates = switch_rate, give_up_rate, hold_rate, longest_skew
        return Profile(kinds, fault_rate, *rates, delivery_kinds, chance.choice((0.0, 0.1, 0.3, 0.3)))


NO_FAULTS = Profile(frozenset(), 0.0, 0.0, 0.0, 0.0)


class Faults:
    """Decides at each point whether a fault happens, and counts those that did."""

    def __init__(self, profile: Profile, suppressed: frozenset[str] = frozenset()) -> None:
        """`suppressed` are the ids of faults that are left out, such as `c2.r5@7`: a task and its point."""
        self.profile = profile
        self.suppressed = suppressed
        self.counts: Counter[str] = Counter()
        self.ids: list[str] = []  # of the faults that happened
        self._repeating: dict[str, list[str]] = {}  # by task

    def draw_for_operation(self, task: Task, operation: str, request: Json) -> str:
        """Return the fault that happens to a request to the store, or an empty text."""
        if request.get("IndexName") and STALE_INDEX in self.profile.kinds and task.chance.random() < 0.5:
            return self._happens(task, STALE_INDEX)
        if operation in ISOLATES_EACH_ROW and TORN in self.profile.kinds and task.chance.random() < 0.3:
            return self._happens(task, TORN)
        return self._draw(task, OF_OPERATIONS.get(operation, ()))

    def draw_for_mail(self, task: Task) -> str:
        """Return the fault that happens to a mail, or an empty text."""
        return self._draw(task, OF_MAILS, factor=3)

    def draw_for_delivery(self, task: Task) -> str:
        """Return the fault that happens to a message to a webhook, or an empty text."""
        if task.chance.random() >= self.profile.delivery_rate:
            return ""
        kind = task.chance.choice(OF_DELIVERIES)
        return self._happens(task, kind) if kind in self.profile.delivery_kinds else ""

    def forget_repeated(self) -> None:
        """End the faults that would still happen to further attempts."""
        self._repeating.clear()

    def gives_up_after(self, chance: random.Random) -> float:
        """Return after how many seconds a client stops waiting. The limit is that of API Gateway."""
        return chance.uniform(0, 0.2) if chance.random() < self.profile.give_up_rate else 29.0

    def _draw(self, task: Task, kinds: tuple[str, ...], factor: float = 1) -> str:
        repeating = self._repeating.get(task.name)
        if repeating and repeating[-1] in kinds:  # a read meets no conflict, and a mail is not throttled
            return self._happens(task, repeating.pop())
        if task.chance.random() >= self.profile.fault_rate * factor:
            return ""
        kind = task.chance.choice(kinds) if kinds else ""
        times = task.chance.choice((0, 0, 1, 2, 5, 30)) if kind in REPEATED else 0
        if kind not in self.profile.kinds:
            return ""
        happened = self._happens(task, kind)
        if happened and times:
            self._repeating[task.name] = [kind] * times
        return happened

    def _happens(self, task: Task, kind: str) -> str:
        fault = f"{task.name}@{task.points}"
        if fault in self.suppressed:
            return ""
        self.counts[kind] += 1
        self.ids.append(fault)
        return kind
