"""Nothing of another account is read, written or answered."""

import json
from collections.abc import Iterator
from typing import Any

from tests.simulation.checkers.items import account_of, calls_in
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import StoreOperation

NAME = "accounts"
Json = dict[str, Any]
# The partitions that belong to no account: what a request may do there, and why.
SHARED = {
    "PURGES": ("TransactWriteItems",),  # the purge of a deleted object is noted there; `account_of` tells whose it is
    "WEBHOOKS_DUE": ("TransactWriteItems",),  # that a webhook is to be looked after is noted there
    "USERS": ("TransactWriteItems",),  # a new user is noted there for operators
    # The row of the own account, which a new credential requires to be unchanged; `account_of` tells whose row it is.
    "ACCOUNTS": ("BatchGetItem", "GetItem", "TransactWriteItems"),
}


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield requests to the store and answers that cross from one account into another."""
    for operation in timeline.history.operations:
        if operation.account is not None:
            yield from _check_keys(operation)
    accounts = {call: attempts[0].account for call, attempts in timeline.calls.items()}
    for request in timeline.history.requests:
        if request.response is None or not request.response.body:
            continue
        for call in sorted(calls_in(request.response.body.decode(errors="replace"))):
            if accounts.get(call, request.account) != request.account:
                text = f"{request.id} of account {request.account} was answered with a text of {call}"
                yield Violation(NAME, f"{text}, which is of account {accounts[call]}.", (request.id, call))


def _check_keys(operation: StoreOperation) -> Iterator[Violation]:
    for partition, sort in _keys(operation):
        account = account_of((partition, sort))
        is_shared = operation.operation in SHARED.get(partition, ())
        if account == operation.account and (partition not in SHARED or is_shared):
            continue
        if account is None and is_shared:
            continue
        text = f"{operation.owner} of account {operation.account} sent {operation.operation} for {partition} / {sort}"
        yield Violation(NAME, f"{text} in step {operation.step}.", (operation.owner,))


def _keys(operation: StoreOperation) -> Iterator[tuple[str, str]]:
    """Yield the partition and sort key of each row that a request names. A query names the partition only."""
    request = operation.request
    if "RequestItems" in request:
        for entry in request["RequestItems"].values():
            yield from (_key(key) for key in entry["Keys"])
    elif "TransactItems" in request:
        for part in request["TransactItems"]:
            for action in part.values():
                yield _key(action.get("Key") or action["Item"])
    elif "KeyConditionExpression" in request:
        values = [value.get("S", "") for value in request["ExpressionAttributeValues"].values()]
        yield next((value for value in values if value.startswith("ACCOUNT#")), json.dumps(values)), ""
    else:
        yield _key(request.get("Key") or request["Item"])


def _key(key: Json) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]
