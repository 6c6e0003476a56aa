"""Short forms of requests to DynamoDB and of their answers, for the lines of a history."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.simulation.history import StoreOperation

Json = dict[str, Any]

LONGEST_BODY = 200  # characters of a JSON body
MARKS = {"Put": "+", "Delete": "-", "Update": "~", "ConditionCheck": "?"}
REASONS = {"ConditionalCheckFailed": "condition", "TransactionConflict": "conflict"}


def short_json(body: object) -> str:
    """Return a JSON text of at most LONGEST_BODY characters."""
    text = json.dumps(body, ensure_ascii=False)
    return text if len(text) <= LONGEST_BODY else f"{text[: LONGEST_BODY - 3]}..."


def short_key(key: Json) -> str:
    """Return a key without the words and zeros that all keys have: `1#WORKSPACE#3/MEMBER#0a1`."""
    return _shorten(f"{key['pk']['S']}/{key['sk']['S']}")


def _shorten(text: str) -> str:
    without_zeros = re.sub(r"(?<![0-9a-zA-Z])0{3,}(?=\d)", "", text.replace("ACCOUNT#", "", 1))
    return re.sub(r"[0-9a-f]{20,}", lambda match: f"{match[0][:6]}..", without_zeros)


def describe_operation(operation: StoreOperation) -> str:
    """Return an operation with its keys and its result: `PutItem +1#OGSM/ACTION#1 = commit 7`."""
    fault = f" [{operation.fault}]" if operation.fault else ""
    return f"{operation.operation} {_keys(operation)} = {_result(operation)}{fault}"


def _keys(operation: StoreOperation) -> str:
    request = operation.request
    if operation.operation == "TransactWriteItems":
        return " ".join(_transaction_parts(operation))
    if operation.operation == "BatchGetItem":
        [entry] = request["RequestItems"].values()
        return " ".join(short_key(key) for key in entry["Keys"])
    if operation.operation == "Query":
        values = [next(iter(value.values())) for value in request["ExpressionAttributeValues"].values()]
        limit = f" limit {request['Limit']}" if "Limit" in request else ""
        return " .. ".join(_shorten(value) for value in values) + limit
    mark = {"PutItem": "+", "DeleteItem": "-", "UpdateItem": "~"}.get(operation.operation, "")
    return mark + short_key(request.get("Key") or request["Item"])


def _transaction_parts(operation: StoreOperation) -> Iterator[str]:
    """Yield the key of each part of a transaction, with the reason for which it was cancelled."""
    reasons = (operation.response or {}).get("CancellationReasons", [])
    for number, part in enumerate(operation.request["TransactItems"]):
        [(kind, action)] = part.items()
        code = reasons[number]["Code"] if number < len(reasons) else "None"
        reason = "" if code == "None" else f"({REASONS.get(code, code)}!)"
        yield MARKS[kind] + short_key(action.get("Key") or action["Item"]) + reason


def _result(operation: StoreOperation) -> str:
    if operation.error:
        return operation.error
    if operation.commit is not None:
        return f"commit {operation.commit}"
    return "no answer" if operation.response is None else _describe_read(operation.operation, operation.response)


def _describe_read(operation: str, response: Json) -> str:
    """Return what an operation found that changed nothing."""
    if operation == "GetItem":
        return "a row" if "Item" in response else "no row"
    if operation == "BatchGetItem":
        return f"{sum(map(len, response['Responses'].values()))} rows"
    return f"{len(response['Items'])} rows" if operation == "Query" else "no change"
