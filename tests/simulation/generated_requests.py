"""Random requests as storage sends them, to a few rows, so that conditions often fail."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.simulation.store import Json

Request = tuple[str, Json]  # an operation and its request

PARTITIONS = ["ACCOUNT#1", "ACCOUNT#1#WORKSPACE#2"]
# In an order of its own in each of: code points and UTF-8, UTF-16, and alphabets.
SORTS = ["ITEM#1", "ITEM#10", "ITEM#2", "ITEM#é", "ITEM#\uffee", "ITEM#\U0001f600", "item#1"]
BOUNDS = [*SORTS, "ITEM#", "ITEM#~", "ITEM#3", "A", "~"]
TIMES = [f"2026-11-27T10:00:0{second}Z" for second in range(4)]
TOTAL: Json = {"ReturnConsumedCapacity": "TOTAL"}

# The attributes that a row may have, with values. Numbers are compared as numbers.
VALUES: dict[str, Sequence[Json]] = {
    "kind": [{"S": "activity"}, {"S": "counter"}],
    "id": [{"N": "7"}],
    "version": [{"N": "1"}, {"N": "2"}],
    "additions": [{"N": "1"}, {"N": "2"}],
    "deletion_state": [{"S": "moving"}],
    "role": [{"S": "owner"}, {"S": "member"}, {"S": "reader"}, {"N": "1"}],
    "revoked_at": [{"S": TIMES[0]}],
    "expires_at": [{"S": time} for time in TIMES],
    "about": [{"S": "12"}, {"S": "13"}],
    "ttl": [{"N": "-3"}, {"N": "9"}, {"N": "10"}, {"N": "1000"}],
    "last": [{"N": "9"}, {"N": "10"}, {"N": "100"}, {"N": "99999999999999999999"}],
    "discussed": [{"BOOL": True}, {"BOOL": False}],
    "stamp": [{"B": "AAEC"}, {"B": "AAECAw=="}],
    "doc": [{"S": "é" * size} for size in (1, 100, 470, 600, 2100)],
}
RARE = ("deletion_state", "revoked_at")
ALARM = {"alarm_shard": [{"N": "0"}, {"N": "1"}], "alarm_at": [{"S": time} for time in TIMES]}

# Each condition of storage, with the attributes of its names and of its values.
CONDITIONS: list[tuple[str, list[str], list[str]]] = [
    ("#0 = :0", ["version"], ["version"]),
    ("#0 = :0", ["about"], ["about"]),
    ("attribute_not_exists (#0)", ["version"], []),
    ("(#0 = :0 AND #1 = :1)", ["version", "additions"], ["version", "additions"]),
    ("(#0 = :0 AND attribute_not_exists (#1))", ["version", "additions"], ["version"]),
    ("#0 IN (:0, :1)", ["role"], ["role", "role"]),
    ("(attribute_exists (#0) AND attribute_not_exists (#1))", ["id", "deletion_state"], []),
    (
        "((attribute_exists (#0) AND attribute_not_exists (#1)) AND #2 = :0)",
        ["id", "deletion_state", "role"],
        ["role"],
    ),
    (
        "((attribute_exists (#0) AND attribute_not_exists (#1)) AND (attribute_not_exists (#2) OR #2 > :0))",
        ["id", "revoked_at", "expires_at"],
        ["expires_at"],
    ),
    ("((attribute_not_exists (#0) OR #1 <= :0) OR #0 = :1)", ["about", "ttl"], ["ttl", "about"]),
]


class Generator:
    """Makes requests to a table, each by chance and sometimes by what was sent or answered before."""

    def __init__(self, random: Random, table: str) -> None:
        self._random, self._table = random, table
        self._transaction: Json | None = None  # the last one
        self._page: tuple[Json, Json] | None = None  # the last query and its answer, if there is more to read
        self._tokens = 0

    def next(self) -> Request:
        """Return a request."""
        make = self._random.choices(
            [self._put, self._delete, self._update, self._transact, self._get, self._batch_get, self._query],
            [4, 2, 2, 5, 1, 1, 4],
        )[0]
        return make()

    def note(self, request: Json, answer: Json) -> None:
        """Note an answer, so that the next page can be asked for."""
        self._page = (request, answer) if "LastEvaluatedKey" in answer else None

    def _key(self) -> Json:
        return {"pk": {"S": self._random.choice(PARTITIONS)}, "sk": {"S": self._random.choice(SORTS)}}

    def _value(self, name: str) -> Json:
        return self._random.choice((VALUES | ALARM)[name])

    def _item(self, key: Json) -> Json:
        names = [name for name in VALUES if self._random.random() < (0.2 if name in RARE else 0.7)]
        alarm = self._random.choice([[], [], ["alarm_shard"], ["alarm_shard", "alarm_at"]])
        return key | {name: self._value(name) for name in [*names, *alarm]}

    def _condition(self, *, always: bool = False) -> Json:
        if not always and self._random.random() < 0.4:
            return {}
        text, names, values = self._random.choice(CONDITIONS)
        return _expression(ConditionExpression=text, names=names, values=[self._value(name) for name in values])

    def _put(self) -> Request:
        return "PutItem", self._put_action(self._key()) | TOTAL

    def _put_action(self, key: Json) -> Json:
        return {"TableName": self._table, "Item": self._item(key), **self._condition()}

    def _delete(self) -> Request:
        return "DeleteItem", {"TableName": self._table, "Key": self._key(), **self._condition(), **TOTAL}

    def _update(self) -> Request:
        """Return a draw from a counter, a raise of it, or a new end of the life of a row."""
        if self._random.random() < 0.3:
            return self._let_expire()
        least, kind = self._value("last"), {"S": "counter"}
        draw = _expression(UpdateExpression="SET #0 = :0 ADD #1 :1", names=["kind", "last"], values=[kind, {"N": "3"}])
        raise_it = _expression(
            ConditionExpression="(attribute_not_exists (#0) OR #0 < :0)",
            UpdateExpression="SET #0 = :1, #1 = :2",
            names=["last", "kind"],
            values=[least, least, kind],
        )
        expression = self._random.choice([draw, raise_it])
        request = {"TableName": self._table, "Key": self._key(), "ReturnValues": "ALL_NEW"}
        return "UpdateItem", request | expression | TOTAL

    def _let_expire(self) -> Request:
        condition = "attribute_exists (#0)"
        update = self._random.choice(
            [
                _expression(
                    ConditionExpression=condition,
                    UpdateExpression="SET #1 = :0",
                    names=["id", "ttl"],
                    values=[self._value("ttl")],
                ),
                _expression(
                    ConditionExpression=condition, UpdateExpression="REMOVE #1", names=["id", "ttl"], values=[]
                ),
            ]
        )
        return "UpdateItem", {"TableName": self._table, "Key": self._key()} | update | TOTAL

    def _transact(self) -> Request:
        """Return a new transaction, or the last one again, or another one with its token."""
        if self._transaction and self._random.random() < 0.2:
            return "TransactWriteItems", self._transaction
        keys = self._sample_keys(self._random.randint(1, 4))
        if not self._transaction or self._random.random() < 0.9:
            self._tokens += 1
            if self._random.random() < 0.05:
                keys.append(keys[0])  # a second operation on one item
        token = f"{self._table}-{self._tokens}"
        self._transaction = {"TransactItems": [self._part(key) for key in keys], "ClientRequestToken": token, **TOTAL}
        return "TransactWriteItems", self._transaction

    def _part(self, key: Json) -> Json:
        place: Json = {"TableName": self._table, "Key": key}
        kind = self._random.choice(["Put", "Put", "Delete", "ConditionCheck", "Update"])
        if kind == "Put":
            return {kind: self._put_action(key)}
        if kind == "Update":
            return {kind: place | self._addition()}
        return {kind: place | self._condition(always=kind == "ConditionCheck")}

    def _addition(self) -> Json:
        return _expression(
            ConditionExpression="(attribute_exists (#0) AND attribute_not_exists (#1))",
            UpdateExpression="ADD #2 :0",
            names=["id", "deletion_state", "additions"],
            values=[{"N": "1"}],
        )

    def _get(self) -> Request:
        return "GetItem", {"TableName": self._table, "Key": self._key(), "ConsistentRead": True, **TOTAL}

    def _batch_get(self) -> Request:
        keys = self._sample_keys(self._random.randint(1, 8))
        if self._random.random() < 0.1:
            keys.append(keys[0])
        return "BatchGetItem", {"RequestItems": {self._table: {"Keys": keys, "ConsistentRead": True}}, **TOTAL}

    def _sample_keys(self, count: int) -> list[Json]:
        every = [{"pk": {"S": partition}, "sk": {"S": sort}} for partition in PARTITIONS for sort in SORTS]
        return self._random.sample(every, count)

    def _query(self) -> Request:
        if self._page and self._random.random() < 0.7:
            request, answer = self._page
            return "Query", request | {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        request = self._index_query() if self._random.random() < 0.4 else self._table_query()
        if self._random.random() < 0.6:
            request["Limit"] = self._random.randint(1, 3)
        return "Query", {"TableName": self._table, **request, **TOTAL}

    def _table_query(self) -> Json:
        first, last = (self._random.choice(BOUNDS) for _ in range(2))
        if first > last and self._random.random() < 0.9:
            first, last = last, first
        partition = self._random.choice(PARTITIONS)
        request = _expression(
            KeyConditionExpression="(#0 = :0 AND #1 BETWEEN :1 AND :2)",
            names=["pk", "sk"],
            values=[{"S": partition}, {"S": first}, {"S": last}],
        )
        inside = [bound for bound in BOUNDS if first <= bound <= last]
        if inside and self._random.random() < 0.3:
            request["ExclusiveStartKey"] = {"pk": {"S": partition}, "sk": {"S": self._random.choice(inside)}}
        if self._random.random() < 0.6:
            request["ScanIndexForward"] = self._random.random() < 0.5
        return request | {"ConsistentRead": True}

    def _index_query(self) -> Json:
        request = _expression(
            KeyConditionExpression="(#0 = :0 AND #1 <= :1)",
            names=["alarm_shard", "alarm_at"],
            values=[self._value("alarm_shard"), self._value("alarm_at")],
        )
        return request | {"IndexName": "alarms"}


def _expression(*, names: Sequence[str], values: Sequence[Json], **texts: str) -> Json:
    """Return expressions with their placeholders, as PynamoDB numbers them."""
    request: dict[str, Any] = {**texts, "ExpressionAttributeNames": {f"#{n}": name for n, name in enumerate(names)}}
    if values:
        request["ExpressionAttributeValues"] = {f":{n}": value for n, value in enumerate(values)}
    return request
