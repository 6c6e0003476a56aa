"""The rules of the store for which it cannot be compared with others, such as what it refuses."""

from typing import Any

import pytest

from chalicelib import config
from chalicelib.storage.connection import TABLE
from tests.simulation.store import Json, RowChange, Store, StoreError, UnsupportedRequestError
from tests.simulation.store.table import INDEX, INDEX_KEYS, KEY_TYPES, TABLE_KEYS
from tests.support.dynamodb_limits import LimitExceededError

TABLE_NAME = config.TABLE_NAME
TOTAL: Json = {"ReturnConsumedCapacity": "TOTAL"}
NAMES: Json = {"ExpressionAttributeNames": {"#0": "version"}}
VALUES: Json = {"ExpressionAttributeValues": {":0": {"N": "1"}}}
CONDITION: Json = {"ConditionExpression": "#0 = :0", **NAMES, **VALUES}


class Now:
    """A clock that the test moves."""

    seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def store(now: Now) -> Store:
    return Store(now, TABLE_NAME)


def key(sort: str, partition: str = "P") -> Json:
    return {"pk": {"S": partition}, "sk": {"S": sort}}


def put(sort: str, **attributes: Json) -> Json:
    return {"TableName": TABLE_NAME, "Item": key(sort) | attributes, **TOTAL}


def get(sort: str = "a", **more: Any) -> Json:
    return {"TableName": TABLE_NAME, "Key": key(sort), "ConsistentRead": True, **TOTAL, **more}


def condition(text: str, value: Json | None = None) -> Json:
    return put("a") | {"ConditionExpression": text, **NAMES, "ExpressionAttributeValues": {":0": value or {"N": "1"}}}


def update(text: str, **more: Any) -> Json:
    return {"TableName": TABLE_NAME, "Key": key("a"), "UpdateExpression": text, **NAMES, **VALUES, **TOTAL, **more}


def query(text: str = "(#0 = :0 AND #1 BETWEEN :1 AND :2)", **more: Any) -> Json:
    return {
        "TableName": TABLE_NAME,
        "KeyConditionExpression": text,
        "ExpressionAttributeNames": {"#0": "pk", "#1": "sk"},
        "ExpressionAttributeValues": {":0": {"S": "P"}, ":1": {"S": "a"}, ":2": {"S": "z"}},
        "ConsistentRead": True,
        **TOTAL,
        **more,
    }


def index_query(until: str = "2027", **more: Any) -> Json:
    return {
        "TableName": TABLE_NAME,
        "IndexName": "alarms",
        "KeyConditionExpression": "(#0 = :0 AND #1 <= :1)",
        "ExpressionAttributeNames": {"#0": "alarm_shard", "#1": "alarm_at"},
        "ExpressionAttributeValues": {":0": {"N": "1"}, ":1": {"S": until}},
        **TOTAL,
        **more,
    }


def transaction(*parts: Json) -> Json:
    return {"TransactItems": list(parts), "ClientRequestToken": "once", **TOTAL}


def part(kind: str, request: Json) -> Json:
    return {kind: {name: value for name, value in request.items() if name not in TOTAL}}


def test_the_table_is_that_of_the_service() -> None:
    assert TABLE["GlobalSecondaryIndexes"] == [INDEX]
    assert [one["AttributeName"] for one in TABLE["KeySchema"]] == list(TABLE_KEYS)
    assert [one["AttributeName"] for one in INDEX["KeySchema"]] == list(INDEX_KEYS)
    assert {one["AttributeName"]: one["AttributeType"] for one in TABLE["AttributeDefinitions"]} == KEY_TYPES


REFUSED: dict[str, tuple[str, Json]] = {
    "operation": ("Scan", {"TableName": TABLE_NAME, **TOTAL}),
    "other table": ("GetItem", get() | {"TableName": "other"}),
    "other table in a batch": (
        "BatchGetItem",
        {"RequestItems": {"other": {"Keys": [key("a")], "ConsistentRead": True}}, **TOTAL},
    ),
    "other table in a transaction": (
        "TransactWriteItems",
        transaction({"Delete": {"TableName": "other", "Key": key("a")}}),
    ),
    "no capacity": ("GetItem", {name: value for name, value in get().items() if name not in TOTAL}),
    "capacity of indexes": ("GetItem", get(ReturnConsumedCapacity="INDEXES")),
    "inconsistent read": ("GetItem", get(ConsistentRead=False)),
    "inconsistent batch": (
        "BatchGetItem",
        {"RequestItems": {TABLE_NAME: {"Keys": [key("a")], "ConsistentRead": False}}, **TOTAL},
    ),
    "inconsistent query": ("Query", query(ConsistentRead=False)),
    "projection": ("GetItem", get(ProjectionExpression="pk")),
    "key with another attribute": ("GetItem", get() | {"Key": key("a") | {"version": {"N": "1"}}}),
    "filter": ("Query", query(FilterExpression="#0 = :0")),
    "prefix": ("Query", query("(#0 = :0 AND begins_with (#1, :1))")),
    "only a partition": ("Query", query("#0 = :0")),
    "other keys": ("Query", query(ExpressionAttributeNames={"#0": "pk", "#1": "kind"})),
    "start in another partition": ("Query", query(ExclusiveStartKey=key("b", "Q"))),
    "other index": ("Query", index_query(IndexName="other")),
    "consistent index": ("Query", index_query(ConsistentRead=True)),
    "old values": ("PutItem", put("a") | {"ReturnValues": "ALL_OLD"}),
    "updated values": ("UpdateItem", update("SET #0 = :0", ReturnValues="UPDATED_NEW")),
    "old values of a failure": ("PutItem", put("a") | CONDITION | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    "function": ("PutItem", condition("contains (#0, :0)")),
    "operator": ("PutItem", condition("#0 <> :0")),
    "negation": ("PutItem", condition("NOT #0 = :0")),
    "condition without parentheses": ("PutItem", condition("#0 = :0 AND #0 = :0")),
    "condition with a plain name": ("PutItem", condition("version = :0")),
    "order of booleans": ("PutItem", condition("#0 < :0", {"BOOL": True})),
    "placeholder without meaning": ("PutItem", condition("#1 = :0")),
    "placeholder without use": ("PutItem", condition("attribute_exists (#0)")),
    "placeholder without expression": ("PutItem", put("a") | NAMES),
    "two removals": ("UpdateItem", update("REMOVE #0, #0")),
    "calculation": ("UpdateItem", update("SET #0 = #0 + :0", ReturnValues="ALL_NEW")),
    "two changes of an attribute": ("UpdateItem", update("SET #0 = :0 ADD #0 :0", ReturnValues="ALL_NEW")),
    "change of a key": (
        "UpdateItem",
        update("SET #0 = :0", ReturnValues="ALL_NEW")
        | {"ExpressionAttributeNames": {"#0": "sk"}, "ExpressionAttributeValues": {":0": {"S": "b"}}},
    ),
    "addition to a text": (
        "UpdateItem",
        update("ADD #0 :0", ReturnValues="ALL_NEW") | {"ExpressionAttributeNames": {"#0": "text"}},
    ),
    "list": ("PutItem", put("a", list={"L": []})),
    "null": ("PutItem", put("a", nothing={"NULL": True})),
    "fraction": ("PutItem", put("a", number={"N": "1.5"})),
    "number with zeros": ("PutItem", put("a", number={"N": "01"})),
    "value of another type": ("PutItem", condition("#0 = :0", {"SS": ["a"]})),
    "index key of another type": ("PutItem", put("a", alarm_shard={"S": "1"})),
    "kind of write": ("TransactWriteItems", transaction({"Get": {"TableName": TABLE_NAME, "Key": key("a")}})),
    "transaction without a token": (
        "TransactWriteItems",
        {"TransactItems": [part("Put", put("a"))], **TOTAL},
    ),
}


@pytest.mark.parametrize(("operation", "request_"), REFUSED.values(), ids=REFUSED.keys())
def test_what_storage_does_not_send_is_refused(store: Store, operation: str, request_: Json) -> None:
    store.execute("PutItem", put("a", text={"S": "x"}, version={"N": "1"}))
    before = list(store.rows())
    with pytest.raises(UnsupportedRequestError):
        store.execute(operation, request_)
    assert list(store.rows()) == before


def test_limits_of_dynamodb_are_enforced(store: Store) -> None:
    with pytest.raises(LimitExceededError):
        store.execute("PutItem", put("a", doc={"S": "x" * 410_000}))
    assert list(store.rows()) == []


def test_an_update_that_makes_an_item_too_large_fails_alone_and_in_a_transaction(store: Store) -> None:
    store.execute("PutItem", put("a", doc={"S": "x" * 409_500}))
    grow: Json = {
        "TableName": TABLE_NAME,
        "Key": key("a"),
        "UpdateExpression": "SET #0 = :0",
        "ExpressionAttributeNames": {"#0": "text"},
        "ExpressionAttributeValues": {":0": {"S": "x" * 100}},
    }
    with pytest.raises(StoreError) as alone:
        store.execute("UpdateItem", grow | TOTAL | {"ReturnValues": "ALL_NEW"})
    assert alone.value.body() == {
        "__type": "com.amazon.coral.validate#ValidationException",
        "message": "Item size to update has exceeded the maximum allowed size",
    }
    with pytest.raises(StoreError) as together:
        store.execute("TransactWriteItems", transaction({"Update": grow}))
    assert together.value.reasons == [{"Code": "ValidationError", "Message": alone.value.message}]


def test_a_cancelled_transaction_has_a_reason_for_each_write_and_changes_nothing(store: Store) -> None:
    with pytest.raises(StoreError) as error:
        store.execute("TransactWriteItems", transaction(part("Put", put("a")), part("Put", put("b") | CONDITION)))
    assert error.value.body() == {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons"
        " [None, ConditionalCheckFailed]",
        "CancellationReasons": [
            {"Code": "None"},
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        ],
    }
    assert (list(store.rows()), store.commits) == ([], [])


def test_a_token_works_once_within_ten_minutes(store: Store, now: Now) -> None:
    add: Json = {"TableName": TABLE_NAME, "Key": key("a"), "UpdateExpression": "ADD #0 :0", **NAMES, **VALUES}
    repeated = transaction({"Update": add})
    first = store.execute("TransactWriteItems", repeated)
    now.seconds += 599
    second = store.execute("TransactWriteItems", repeated)
    assert [answer["ConsumedCapacity"][0]["CapacityUnits"] for answer in (first, second)] == [2, 2]
    assert "ReadCapacityUnits" in second["ConsumedCapacity"][0]
    with pytest.raises(StoreError) as error:
        store.execute("TransactWriteItems", transaction(part("Put", put("b"))))
    assert error.value.code == "IdempotentParameterMismatchException"
    assert store.get_row(("P", "a")) == key("a") | {"version": {"N": "1"}}
    now.seconds += 1
    store.execute("TransactWriteItems", repeated)
    assert store.get_row(("P", "a")) == key("a") | {"version": {"N": "2"}}


def test_a_cancelled_transaction_can_be_repeated_with_its_token(store: Store) -> None:
    needs_row = transaction(part("Put", put("b")), part("ConditionCheck", get_check()))
    with pytest.raises(StoreError):
        store.execute("TransactWriteItems", needs_row)
    store.execute("PutItem", put("a", version={"N": "1"}))
    store.execute("TransactWriteItems", needs_row)
    assert store.get_row(("P", "b"))


def get_check() -> Json:
    return {"TableName": TABLE_NAME, "Key": key("a"), **CONDITION}


def test_every_write_is_a_commit_and_checks_and_deletions_of_nothing_are_not(store: Store) -> None:
    store.execute("PutItem", put("a", version={"N": "1"}))
    store.execute("DeleteItem", {"TableName": TABLE_NAME, "Key": key("nothing"), **TOTAL})
    store.execute("TransactWriteItems", transaction(part("Put", put("b")), part("ConditionCheck", get_check())))
    assert [commit.number for commit in store.commits] == [1, 2]
    assert store.commits[1].changes == (RowChange(("P", "b"), None, key("b")),)


def test_rows_expire_when_their_time_has_passed(store: Store, now: Now) -> None:
    store.execute("PutItem", put("a", ttl={"N": "1800000010"}))
    store.execute("PutItem", put("b", ttl={"N": "1800000011"}))
    store.execute("PutItem", put("c"))
    assert store.remove_expired() is None
    now.seconds += 11
    commit = store.remove_expired()
    assert commit
    assert commit.changes == (RowChange(("P", "a"), key("a") | {"ttl": {"N": "1800000010"}}, None),)
    assert store.commits[-1] == commit
    assert list(store.rows()) == [key("b") | {"ttl": {"N": "1800000011"}}, key("c")]


def test_the_index_can_be_behind_the_table(store: Store) -> None:
    alarm = {"alarm_shard": {"N": "1"}, "alarm_at": {"S": "2026"}}
    store.execute("PutItem", put("a", **alarm))
    store.execute("PutItem", put("b", **alarm))
    store.execute("PutItem", put("a", alarm_shard={"N": "1"}, alarm_at={"S": "2027"}))
    store.execute("DeleteItem", {"TableName": TABLE_NAME, "Key": key("b"), **TOTAL})
    seen = []
    for lag in (0, 1, 2, 3, 4, 5):
        store.index_lag = lag
        items = store.execute("Query", index_query())["Items"]
        seen.append([(item["sk"]["S"], item["alarm_at"]["S"]) for item in items])
    assert seen == [
        [("a", "2027")],
        [("b", "2026"), ("a", "2027")],
        [("a", "2026"), ("b", "2026")],
        [("a", "2026")],
        [],
        [],
    ]


def test_a_copy_has_the_rows_and_tokens_and_changes_on_its_own(store: Store, now: Now) -> None:
    once = transaction(part("Put", put("a", version={"N": "1"})))
    store.execute("TransactWriteItems", once)
    copy = store.copy(now)
    assert (list(copy.rows()), copy.commits) == (list(store.rows()), [])
    copy.execute("PutItem", put("a", version={"N": "2"}))
    copy.execute("TransactWriteItems", once)
    copy.execute("PutItem", put("b"))
    assert list(store.rows()) == [key("a") | {"version": {"N": "1"}}]
    assert list(copy.rows()) == [key("a") | {"version": {"N": "2"}}, key("b")]


def test_a_batch_returns_16_megabytes_and_the_keys_that_remain(store: Store) -> None:
    keys = [key(f"{number:02}") for number in range(43)]
    for one in keys:
        store.execute("PutItem", put(one["sk"]["S"], doc={"S": "x" * 400_000}))
    entry = {"Keys": keys, "ConsistentRead": True}
    answer = store.execute("BatchGetItem", {"RequestItems": {TABLE_NAME: entry}, **TOTAL})
    assert [row["sk"] for row in answer["Responses"][TABLE_NAME]] == [one["sk"] for one in keys[:41]]
    assert answer["UnprocessedKeys"] == {TABLE_NAME: entry | {"Keys": keys[41:]}}
    assert answer["ConsumedCapacity"] == [{"TableName": TABLE_NAME, "CapacityUnits": 41 * 98.0}]
