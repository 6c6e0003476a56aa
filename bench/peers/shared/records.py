"""The table through a boto3 client, in native attributes: maps, lists, numbers."""

import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from keys import action_key, activity_prefix, counter_key, member_key, user_key, workspace_key

TABLE = os.environ["TABLE_NAME"]
ACTION = ("id", "title", "labels", "strategies", "description", "assignee", "involved", "start", "due", "status")
ACTION += ("ogsm_canvases", "traffic_light", "progress", "archived")
Item = dict[str, Any]
Key = dict[str, str]

client = boto3.client("dynamodb")
Changed = client.exceptions.ConditionalCheckFailedException
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def actions(account: int) -> list[Item]:
    """All actions of the account."""
    return [_action(item) for item in _query(action_key(account, 0)["pk"], "ACTION#")]


def action(account: int, action_id: int) -> tuple[Item, int] | None:
    """An action and its version."""
    answer = client.get_item(TableName=TABLE, Key=_written(action_key(account, action_id)), ConsistentRead=True)
    if "Item" not in answer:
        return None
    item = _read(answer["Item"])
    return _action(item), item["version"]


def add_action(account: int, action: Item) -> None:
    """A new action, which must not be there yet."""
    item = _written(action_key(account, action["id"]) | action | {"version": 1})
    client.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")


def change_action(account: int, action: Item, names: list[str], version: int) -> None:
    """The named fields of an action as they are now, if it is still in that version. Raises Changed."""
    assignments = ", ".join(f"#{name} = :{name}" for name in [*names, "version"])
    values = {f":{name}": action[name] for name in names} | {":version": version + 1, ":before": version}
    client.update_item(
        TableName=TABLE,
        Key=_written(action_key(account, action["id"])),
        UpdateExpression=f"SET {assignments}",
        ConditionExpression="#version = :before",
        ExpressionAttributeNames={f"#{name}": name for name in [*names, "version"]},
        ExpressionAttributeValues=_written(values),
    )


def count_up(account: int, name: str) -> int:
    """The next number of a counter."""
    answer = client.update_item(
        TableName=TABLE,
        Key=_written(counter_key(account, name)),
        UpdateExpression="ADD #last :one",
        ExpressionAttributeNames={"#last": "last"},
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["last"]["N"])


def count_from(account: int, name: str, least: int) -> None:
    """Makes sure that a counter has come that far."""
    try:
        client.update_item(
            TableName=TABLE,
            Key=_written(counter_key(account, name)),
            UpdateExpression="SET #last = :least",
            ConditionExpression="attribute_not_exists(#last) OR #last < :least",
            ExpressionAttributeNames={"#last": "last"},
            ExpressionAttributeValues=_written({":least": least}),
        )
    except Changed:
        return  # it is further already


def workspace(account: int, workspace_id: int, user: str, people: set[str]) -> tuple[Any, Any, dict[str, Item]]:
    """A workspace, the user's place in it, and people: in one request, as far as they are there."""
    place, member = workspace_key(account, workspace_id), member_key(account, workspace_id, user)
    cards = [user_key(account, one) for one in sorted({user, *people})]
    found = {(item["pk"], item["sk"]): item for item in _batch([place, member, *cards])}
    known = {item["id"]: item for key in cards if (item := found.get((key["pk"], key["sk"])))}
    return found.get((place["pk"], place["sk"])), found.get((member["pk"], member["sk"])), known


def people(account: int, users: set[str]) -> dict[str, Item]:
    """These users by their ids."""
    return {item["id"]: item for item in _batch([user_key(account, one) for one in sorted(users)])}


def activities(account: int, workspace_id: int, stack: int) -> list[Item]:
    """The activities on a stack."""
    partition = workspace_key(account, workspace_id)["pk"]
    return [item["activity"] for item in _query(partition, activity_prefix(stack))]


def _query(partition: str, prefix: str) -> Iterator[Item]:
    pages = client.get_paginator("query").paginate(
        TableName=TABLE,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues=_written({":pk": partition, ":sk": prefix}),
        ConsistentRead=True,
    )
    return (_read(item) for page in pages for item in page["Items"])


def _batch(keys: list[Key]) -> Iterator[Item]:
    wanted: Any = {TABLE: {"Keys": [_written(key) for key in keys], "ConsistentRead": True}}
    while wanted:
        answer = client.batch_get_item(RequestItems=wanted)
        yield from map(_read, answer["Responses"][TABLE])
        wanted = answer.get("UnprocessedKeys")


def _action(item: Item) -> Item:
    return {name: item[name] for name in ACTION}


def _written(item: Item) -> Item:
    return {name: _serialize(value) for name, value in item.items()}


def _read(item: Item) -> Item:
    return {name: _plain(_deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
