"""TransactWriteItems, and the tokens that keep a repeated request from being carried out again."""

from collections.abc import Sequence
from typing import NamedTuple

from infra.testing.capacity import TRANSACTION_FACTOR, read_units
from tests.simulation.store.errors import (
    CONDITION_FAILED,
    VALIDATION,
    Json,
    StoreError,
    UnsupportedRequestError,
    cancelled,
)
from tests.simulation.store.requests import check_parameters
from tests.simulation.store.table import Table, Write
from tests.simulation.store.writes import KINDS, plan_write, written_key

TOKEN_SECONDS = 600
PARAMETERS = frozenset({"TransactItems", "ClientRequestToken", "ReturnConsumedCapacity"})
TWICE = "Transaction request cannot include multiple operations on one item"
REASON_CODES = {CONDITION_FAILED: "ConditionalCheckFailed", VALIDATION: "ValidationError"}


class Finished(NamedTuple):
    """A transaction that was carried out: when its token expires, its request, and the units of repeating it."""

    expires_at: float
    request: Json
    units: float


class Tokens:
    """The tokens of the transactions of the last 10 minutes. A cancelled transaction leaves its token unused."""

    def __init__(self, finished: dict[str, Finished] | None = None) -> None:
        self._finished = finished or {}

    def find(self, request: Json, now: float) -> Finished | None:
        """Return the same transaction if it was carried out. Raises StoreError if another one used its token."""
        finished = self._finished.get(request["ClientRequestToken"])
        if finished is None or finished.expires_at <= now:
            return None
        if finished.request != request:
            message = "Request token already in use for another request with a different payload"
            raise StoreError("IdempotentParameterMismatchException", message)
        return finished

    def add(self, request: Json, writes: Sequence[Write], now: float) -> None:
        """Note a transaction that was carried out."""
        self._finished[request["ClientRequestToken"]] = Finished(now + TOKEN_SECONDS, request, _repeat_units(writes))

    def copy(self) -> "Tokens":
        """Return tokens of their own, which are the same."""
        return Tokens(dict(self._finished))


def read_actions(request: Json) -> list[tuple[str, Json]]:
    """Return the writes of a transaction as they are requested, each with its kind. Raises StoreError."""
    check_parameters(request, PARAMETERS)
    actions = [(kind, action) for part in request["TransactItems"] for kind, action in part.items()]
    if len(actions) != len(request["TransactItems"]) or not KINDS.keys() >= {kind for kind, _ in actions}:
        raise UnsupportedRequestError(f"the parts {[list(part) for part in request['TransactItems']]} of a transaction")
    if len({written_key(action) for _, action in actions}) < len(actions):
        raise StoreError(VALIDATION, TWICE)
    return actions


def plan_transaction(table: Table, actions: Sequence[tuple[str, Json]]) -> list[Write]:
    """Return what the writes of a transaction do. Raises StoreError if the transaction is cancelled."""
    writes: list[Write] = []
    reasons: list[Json] = []
    for kind, action in actions:
        try:
            writes.append(plan_write(table, KINDS[kind], action))
            reasons.append({"Code": "None"})
        except StoreError as error:
            reasons.append({"Code": REASON_CODES[error.code], "Message": error.message})
    if len(writes) < len(actions):
        raise cancelled(reasons)
    return writes


def _repeat_units(writes: Sequence[Write]) -> float:
    """Return the read units of repeating a transaction: DynamoDB then reads the rows in a transaction."""
    return sum(TRANSACTION_FACTOR * read_units(write.size, consistent=True) for write in writes)
