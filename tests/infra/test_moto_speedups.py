"""moto answers as before when it is made faster: a transaction is still carried out in full or not at all."""

from typing import Any

import boto3
import pytest

from chalicelib import config

KEY = {"pk": {"S": "1"}, "sk": {"S": "1"}}
KEPT: dict[str, Any] = {
    **KEY,
    "number": {"N": "1"},
    "set": {"SS": ["a"]},
    "map": {"M": {"x": {"N": "1"}}},
    "list": {"L": [{"S": "a"}]},
    "bool": {"BOOL": True},
    "null": {"NULL": True},
    "bytes": {"B": b"x"},
}
CHANGE = "SET #number = #number + :one, #map.x = :one, #list[0] = :one, #new = :one ADD #set :b"
ABSENT = {"sk": {"S": "2"}}


def changed(*more: dict[str, Any]) -> dict[str, Any]:
    """Change every kind of attribute in a transaction, and return the item as it is afterwards."""
    client = boto3.client("dynamodb")
    names = {f"#{name}": name for name in ("number", "map", "list", "new", "set")}
    values = {":one": {"N": "1"}, ":b": {"SS": ["b"]}}
    update = {"UpdateExpression": CHANGE, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    place: dict[str, Any] = {"TableName": config.TABLE_NAME}
    client.put_item(**place, Item=KEPT)
    try:
        client.transact_write_items(TransactItems=[{"Update": place | {"Key": KEY} | update}, *more])
    except client.exceptions.TransactionCanceledException:
        assert more
    found: dict[str, Any] = client.get_item(**place, Key=KEY)["Item"]
    return found


@pytest.mark.usefixtures("url")
def test_a_transaction_that_is_refused_leaves_every_kind_of_attribute_as_it_was() -> None:
    condition = {"Key": KEY | ABSENT, "ConditionExpression": "attribute_exists(pk)"}
    assert changed({"ConditionCheck": {"TableName": config.TABLE_NAME} | condition}) == KEPT


@pytest.mark.usefixtures("url")
def test_a_transaction_that_holds_changes_them_all() -> None:
    after = changed()
    assert (after["number"], after["map"], after["new"]) == ({"N": "2"}, {"M": {"x": {"N": "1"}}}, {"N": "1"})
    assert (sorted(after["set"]["SS"]), after["list"]) == (["a", "b"], {"L": [{"N": "1"}]})
