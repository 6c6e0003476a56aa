"""moto and ministack as stores of one table, with answers in the form of the simulation's store.

Where one of them is known to answer otherwise than DynamoDB, its answer is put right here, and nowhere else.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from botocore.awsrequest import AWSRequest
from moto.core.botocore_stubber import BotocoreStubber

from infra import emulator
from infra.testing.capacity import key_of
from tests.simulation.store import Json, StoreError

Execute = Callable[[str, Json], Json]  # like Store.execute

CREDENTIAL = "AWS4-HMAC-SHA256 Credential=testing/20261127/us-east-1/dynamodb/aws4_request"
READS = ("GetItem", "BatchGetItem", "Query")


class Answer(NamedTuple):
    """What a store answers: the body, or the code, the message and the codes of the reasons of an error."""

    body: Json | None
    error: tuple[str, str, list[Json] | None] | None = None


def ask(execute: Execute, operation: str, request: Json) -> Answer:
    """Return the answer of a store."""
    try:
        return sorted_answer(execute(operation, request))
    except StoreError as error:
        return Answer(None, (error.code, error.message, error.reasons))


def sorted_answer(body: Json) -> Answer:
    """Return the answer with a body. The rows of a batch come in the order of their keys, because DynamoDB has none."""
    for rows in body.get("Responses", {}).values():
        rows.sort(key=key_of)
    return Answer(body)


def moto(operation: str, request: Json) -> Json:
    """Carry out a request in moto."""
    headers = {
        "X-Amz-Target": f"{emulator.DYNAMODB}.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Authorization": CREDENTIAL,
    }
    sent = AWSRequest("POST", "https://dynamodb.us-east-1.amazonaws.com/", headers=headers, data=json.dumps(request))
    answer = BotocoreStubber().process_request(sent.prepare())
    assert answer
    return correct_moto(request, _read(answer[0], answer[2]))


def correct_moto(request: Json, answer: Json) -> Json:
    """Return an answer of moto as DynamoDB would give it, but without capacity."""
    # moto reports one unit for each operation, whatever its size, and adds metrics that nobody asked for.
    extra = ("ConsumedCapacity", "ConsumedCapacityUnits", "ItemCollectionMetrics")
    answer = {name: value for name, value in answer.items() if name not in extra}
    # moto looks ahead when a limit ends a page, and leaves the key out if there is no more. DynamoDB does not look.
    if "Limit" in request and answer.get("Count") == request["Limit"]:
        last = answer["Items"][-1]
        names = ("pk", "sk", "alarm_shard", "alarm_at") if "IndexName" in request else ("pk", "sk")
        answer.setdefault("LastEvaluatedKey", {name: last[name] for name in names})
    return answer


def ministack(operation: str, request: Json) -> Json:
    """Carry out a request in ministack."""
    steps = emulator.carry_out(operation, json.dumps(request).encode())
    try:
        steps.send(None)
    except StopIteration as end:
        answer = _read(end.value.status, end.value.body)
    else:
        raise AssertionError("ministack waited for something")
    # ministack reports one unit for each read, whatever its size, and nothing for a batch.
    if operation in READS:
        answer.pop("ConsumedCapacity", None)
    # ministack leaves the index out of the write units of a transaction. The API reference calls them the total.
    if operation == "TransactWriteItems":
        for consumed in answer["ConsumedCapacity"]:
            consumed |= {name: consumed["CapacityUnits"] for name in consumed if name == "WriteCapacityUnits"}
    return answer


def _read(status: int, text: bytes | str) -> Json:
    body: Json = json.loads(text)
    if status == 200:
        return body
    raise StoreError(
        body["__type"].rpartition("#")[2], body.get("message") or body["Message"], body.get("CancellationReasons")
    )


def scan(execute: Execute, table: str) -> list[Any]:
    """Return all rows of a table in the order of their keys."""
    rows = execute("Scan", {"TableName": table})["Items"]
    return sorted(rows, key=key_of)
