"""Counts of what happened in simulations: requests, store operations, faults, and the states that were reached."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.domain.people.offboarding import LEFT
from chalicelib.storage.models.deletion_states import DELETED
from chalicelib.storage.unit_of_work import KEEPS_CHANGING, LOST_RACE
from tests.simulation.history import History, Request, StoreOperation
from tests.simulation.simulation import Simulation
from tests.simulation.store import Item, Key

RERUN, GIVEN_UP = "plans re-run after a lost race", "plans given up with 409"
RESUMED, EXPIRED = "deletions resumed", "claims expired"
REPLAYED, TWICE, ALARMS = "kept answers replayed", "mails sent twice", "alarms sent"
STATES = (RERUN, GIVEN_UP, RESUMED, EXPIRED, REPLAYED, TWICE, ALARMS)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")


@dataclass
class Statistics:
    """What was counted in some simulations."""

    requests: Counter[str] = field(default_factory=Counter)  # by status class, or by outcome without an answer
    verbs: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    feed: Counter[str] = field(default_factory=Counter)  # of the stream and its batches

    def add(self, other: "Statistics") -> None:
        """Add the counts of other simulations."""
        self.requests += other.requests
        self.verbs += other.verbs
        self.operations += other.operations
        self.faults += other.faults
        self.states += other.states
        self.feed += other.feed


def count(simulation: Simulation) -> Statistics:
    """Return the counts of one simulation."""
    history = simulation.history
    return Statistics(
        Counter(_class_of(request) for request in history.requests),
        Counter(request.verb for request in history.requests),
        Counter(operation.operation for operation in history.operations),
        Counter(simulation.faults.counts),
        Counter(_states(simulation)),
        Counter(simulation.event_source.counts),
    )


def _class_of(request: Request) -> str:
    return f"{request.response.status // 100}xx" if request.response else request.outcome


def _states(simulation: Simulation) -> Iterator[str]:
    history = simulation.history
    yield from _reruns(history)
    for request in history.requests:
        yield from _states_of_answer(request)
    yield from _states_of_rows(simulation)
    mails = Counter((mail.to, mail.subject, _without_token(mail.text)) for mail in history.mails if mail.is_accepted)
    for times in mails.values():
        yield from [TWICE] * (times - 1)
    for mail in history.mails:
        if mail.is_accepted and mail.owner.startswith("alarms"):
            yield ALARMS


def _without_token(text: str) -> str:
    return re.sub(r"/[\w-]{40,}", "", text)


def _reruns(history: History) -> Iterator[str]:
    """Yield each lost race after which the same process read again."""
    has_lost: dict[str, bool] = defaultdict(bool)
    for operation in history.operations:
        if operation.operation in WRITES:
            has_lost[operation.owner] = is_lost_race(operation)
        elif has_lost.pop(operation.owner, False):
            yield RERUN


def is_lost_race(operation: StoreOperation) -> bool:
    """Return whether an operation failed because a row had changed."""
    if operation.error == "TransactionCanceledException":
        reasons = (operation.response or {}).get("CancellationReasons", [])
        return any(reason["Code"] == "ConditionalCheckFailed" for reason in reasons)
    return operation.error == "ConditionalCheckFailedException"


def _states_of_answer(request: Request) -> Iterator[str]:
    response = request.response
    if response is None:
        return
    if "idempotency-replayed" in response.headers:
        yield REPLAYED
    detail = response.json.get("detail") if isinstance(response.json, dict) else None
    if response.status == 409 and detail in (KEEPS_CHANGING, LOST_RACE):
        yield GIVEN_UP


def _states_of_rows(simulation: Simulation) -> Iterator[str]:
    """Yield a state for each row whose deletion or claim was begun by one process and is continued by another."""
    owners = {operation.commit: operation.owner for operation in simulation.history.operations if operation.commit}
    begun: dict[tuple[str, Key], str] = {}  # the owner of each deletion and each claim that has not ended
    for commit in simulation.store.commits:
        owner = owners.get(commit.number, "")
        for change in commit.changes:
            for state, is_begun, is_still_begun in _phases(change.before, change.after):
                former = begun.pop((state, change.key), owner) if is_begun else owner
                if former != owner and owner:
                    yield state
                if is_still_begun:
                    begun[state, change.key] = owner


def _phases(before: Item | None, after: Item | None) -> Iterator[tuple[str, bool, bool]]:
    """Yield the states that a row can be in for several commits, whether it was, and whether it is now."""
    yield RESUMED, _is_being_deleted(before), _is_being_deleted(after)
    yield EXPIRED, _is_claimed(before), _is_claimed(after)


def _is_being_deleted(item: Item | None) -> bool:
    return item is not None and "deletion_state" in item and item["deletion_state"]["S"] not in (LEFT, DELETED)


def _is_claimed(item: Item | None) -> bool:
    """Return whether a row is claimed: the receipt of a key, a mail or an alarm."""
    if item is None:
        return False
    is_open_receipt = item.get("kind") == {"S": "receipt"} and item["status"]["N"] == "0"
    return is_open_receipt or any(name in item for name in ("mail_claim", "alarm_claim", "confirmation_claim"))
