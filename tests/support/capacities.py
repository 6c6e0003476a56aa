"""What each route takes of DynamoDB's capacity: kept in a file, which `make capacities` writes anew."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from chalicelib import config
from chalicelib.storage.connection import client
from infra.testing.capacity import Item, Key
from infra.testing.meter import Request, indexes_of, total
from infra.testing.snapshots import ACCOUNT, REGION

FILE = Path(__file__).with_suffix(".json")


def lying(key: Key) -> Item | None:
    """What moto has under a key, past boto3, which takes longer."""
    table = dynamodb_backends[ACCOUNT][REGION].tables[config.TABLE_NAME]
    partition, sort = (DynamoType({"S": part}) for part in key)
    found = table.get_item(partition, sort)
    return found.to_json()["Attributes"] if found else None


@cache
def indexes() -> list[dict[str, Any]]:
    """Those of the table, which are the same in every test."""
    return indexes_of(client)


def of(requests: Sequence[Request]) -> list[float]:
    """Read and write units of some requests, as the file has them."""
    units = total(requests)
    return [units.read, units.write]


def kept() -> dict[str, list[float]]:
    """Read and write units of every case."""
    found: dict[str, list[float]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def keep(case: str, units: list[float]) -> None:
    """Writes the units of a case into the file."""
    rows = sorted((kept() | {case: units}).items())
    FILE.write_text("{\n" + ",\n".join(f" {json.dumps(name)}: {json.dumps(row)}" for name, row in rows) + "\n}\n")
