"""The store of the simulation answers like moto and ministack, and uses the units that DynamoDB's rules say."""

import itertools
import json
from random import Random
from typing import Any

import pytest

from chalicelib import config
from chalicelib.storage.connection import TABLE
from infra.testing import capacity
from infra.testing.world import World
from tests.simulation.generated_requests import Generator
from tests.simulation.other_stores import READS, Answer, ask, correct_moto, ministack, moto, scan, sorted_answer
from tests.simulation.store import Json, Store
from tests.simulation.store.table import INDEX
from tests.support.counts import choose
from tests.support.failures import Hook

SEEDS = range(choose(quick=5, full=150))
REQUESTS = 120
TOTAL: Json = {"ReturnConsumedCapacity": "TOTAL"}
NUMBERS = itertools.count()


def make_table() -> str:
    """Create a table in moto and in ministack, and return its name."""
    name = f"simulation-{next(NUMBERS)}"
    for execute in (moto, ministack):
        execute("CreateTable", TABLE | {"TableName": name})
    return name


def units_in(body: Json) -> float:
    consumed = body["ConsumedCapacity"]
    return float(sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed])))


def without_units(answer: Answer) -> Answer:
    body = answer.body
    return answer._replace(body=body and {name: body[name] for name in body if name != "ConsumedCapacity"})


class Comparison:
    """Sends the same requests to all three stores, and compares what they answer."""

    def __init__(self, seed: int) -> None:
        self.table = make_table()
        self.store = Store(lambda: 0.0, self.table)
        self._generator = Generator(Random(seed), self.table)
        self._tokens: set[str] = set()  # of the transactions that were carried out

    def step(self) -> tuple[str, str]:
        """Send the next request. Return its operation, and how it ended."""
        operation, request = self._generator.next()
        keys = capacity.written_keys(operation, request)
        before = {key: self.store.get_row(key) for key in keys}
        answer = ask(self.store.execute, operation, request)
        is_repeated = request.get("ClientRequestToken") in self._tokens
        self._compare(operation, request, answer, is_repeated=is_repeated)
        if answer.body is None:
            assert answer.error
            return operation, answer.error[0]
        self._generator.note(request, answer.body)
        if is_repeated:
            return operation, "repeated"
        self._tokens |= {request["ClientRequestToken"]} if "ClientRequestToken" in request else set()
        after = {key: self.store.get_row(key) for key in keys}
        units = capacity.request_units(operation, request, answer.body, before, after, [INDEX])
        assert units_in(answer.body) == units.read + units.write, (operation, request)
        return operation, "done"

    def _compare(self, operation: str, request: Json, answer: Answer, *, is_repeated: bool) -> None:
        # ministack reports one unit for each read, whatever its size, and nothing for a batch.
        expected = without_units(answer) if operation in READS else answer
        assert ask(ministack, operation, request) == expected, (operation, request)
        # moto knows no tokens. It does not compare the bounds of a range, and the limits of the test suite refuse two
        # operations on one item before moto does.
        if is_repeated or (answer.error and answer.error[0] == "ValidationException"):
            return
        assert ask(moto, operation, request) == without_units(answer), (operation, request)


def test_the_store_answers_like_moto_and_ministack() -> None:
    ended = set()
    for seed in SEEDS:
        comparison = Comparison(seed)
        ended |= {comparison.step() for _ in range(REQUESTS)}
        rows = list(comparison.store.rows())
        assert rows == scan(moto, comparison.table) == scan(ministack, comparison.table)
    failures = {"PutItem", "DeleteItem", "UpdateItem"}
    assert ended == {
        *((operation, "done") for operation in (*READS, *failures, "TransactWriteItems")),
        *((operation, "ConditionalCheckFailedException") for operation in failures),
        *((operation, "ValidationException") for operation in ("Query", "BatchGetItem", "TransactWriteItems")),
        ("TransactWriteItems", "TransactionCanceledException"),
        ("TransactWriteItems", "IdempotentParameterMismatchException"),
        ("TransactWriteItems", "repeated"),
    }


def put(table: str, sort: str, **attributes: Json) -> Json:
    return {"TableName": table, "Item": {"pk": {"S": "P"}, "sk": {"S": sort}, **attributes}, **TOTAL}


def test_a_comparison_of_different_types_fails_like_in_ministack() -> None:
    table = make_table()
    store = Store(lambda: 0.0, table)
    stored = put(table, "a", expires_at={"N": "5"})
    later = stored | {
        "ConditionExpression": "#0 > :0",
        "ExpressionAttributeNames": {"#0": "expires_at"},
        "ExpressionAttributeValues": {":0": {"S": "2026"}},
    }
    for request in (stored, later):  # moto fails with a TypeError of Python
        answer = ask(store.execute, "PutItem", request)
        assert answer == ask(ministack, "PutItem", request)
    assert answer.error
    assert answer.error[0] == "ConditionalCheckFailedException"


@pytest.mark.parametrize("forward", [True, False])
def test_a_page_ends_before_one_megabyte_like_in_ministack(forward: bool) -> None:
    table = make_table()
    store = Store(lambda: 0.0, table)
    for sort in "abcdefg":
        for execute in (store.execute, ministack):
            execute("PutItem", put(table, sort, doc={"S": "x" * 300_000}))
    request: Json = {
        "TableName": table,
        "KeyConditionExpression": "(#0 = :0 AND #1 BETWEEN :1 AND :2)",
        "ExpressionAttributeNames": {"#0": "pk", "#1": "sk"},
        "ExpressionAttributeValues": {":0": {"S": "P"}, ":1": {"S": "a"}, ":2": {"S": "z"}},
        "ScanIndexForward": forward,
        "ConsistentRead": True,
        **TOTAL,
    }
    counts = []
    while True:
        answer = ask(store.execute, "Query", request)
        assert without_units(answer) == ask(ministack, "Query", request)
        assert answer.body
        counts.append(answer.body["Count"])
        if "LastEvaluatedKey" not in answer.body:
            break
        request["ExclusiveStartKey"] = answer.body["LastEvaluatedKey"]
    assert counts == [3, 3, 1]


@pytest.fixture
def traffic(on: Hook) -> list[tuple[str, Json, Any]]:
    """Return the list of requests that are sent to DynamoDB during the test, each with its operation and answer."""
    sent: list[tuple[str, Json, Any]] = []

    def note(params: Json, context: Json, **_: Any) -> None:
        context["sent"] = json.loads(params["body"])

    def keep(model: Any, parsed: Json, context: Json, **_: Any) -> None:
        sent.append((model.name, context["sent"], parsed))

    on("before-call.dynamodb", note)
    on("after-call.dynamodb", keep)
    return sent


@pytest.mark.skipif(not config.FASTPATH, reason="only the fast path leaves the answers of moto as they are")
def test_real_requests_have_the_answers_that_moto_gave(world: World, traffic: list[tuple[str, Json, Any]]) -> None:
    store = Store(lambda: 0.0, config.TABLE_NAME)
    for item in scan(moto, config.TABLE_NAME):
        store.execute("PutItem", {"TableName": config.TABLE_NAME, "Item": item, **TOTAL})
    use_the_api(world)
    assert {operation for operation, *_ in traffic} == {*READS, "PutItem", "UpdateItem", "TransactWriteItems"}
    for operation, request, parsed in traffic:
        answer = ask(store.execute, operation, request)
        if "Error" in parsed:
            assert answer.error
            assert answer.error[::2] == (parsed["Error"]["Code"], parsed.get("CancellationReasons"))
        else:
            body = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
            assert without_units(answer) == sorted_answer(correct_moto(request, body))
    assert list(store.rows()) == scan(moto, config.TABLE_NAME)


def use_the_api(world: World) -> None:
    """Send requests that read and write in many ways, some of which fail."""
    owner, stack = world.owner, world.stack()
    activity = f"/api/activities/{world.item(stack)}"
    answers = [
        owner.patch(activity, json={"name": "Renamed"}, headers={"Idempotency-Key": "once"}),
        owner.patch(activity, json={"name": "Renamed"}, headers={"Idempotency-Key": "once"}),
        owner.patch(activity, json={"name": "Lost"}, headers={"If-Match": '"1"'}),
        owner.post(f"{activity}/comments", json={"body": "Done?"}),
        owner.get(f"{world.workspace_url}/items"),
        world.member.get("/api/activities"),
        owner.get(world.delegate(activity)),
        owner.delete(stack),
        owner.get(stack),
        owner.delete(activity),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 412, 201, 200, 200, 200, 204, 404, 204]
