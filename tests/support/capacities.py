"""The DynamoDB units that each request case uses, pinned in infra/testing/capacities/<noun>.json.

`make capacities` writes these files.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from chalicelib import config
from chalicelib.storage.connection import client
from infra.testing import nouns
from infra.testing.capacity import Item, Key
from infra.testing.meter import Request, indexes_of, total_units
from infra.testing.snapshots import ACCOUNT, REGION

FOLDER = Path(nouns.__file__).parent.parent / "capacities"

Units = list[float]  # read units and write units
Pinned = dict[str, dict[str, Units]]  # by the name of the case and the way in which it is sent


def get_row(key: Key) -> Item | None:
    """Return the row that moto has under a key, without boto3, which takes longer."""
    table = dynamodb_backends[ACCOUNT][REGION].tables[config.TABLE_NAME]
    partition, sort = (DynamoType({"S": part}) for part in key)
    found = table.get_item(partition, sort)
    return found.to_json()["Attributes"] if found else None


@cache
def indexes() -> list[dict[str, Any]]:
    """Return the indexes of the table, which are the same in every test."""
    return indexes_of(client)


def units_of(requests: Sequence[Request]) -> Units:
    """Return the units that some requests use together."""
    units = total_units(requests)
    return [units.read, units.write]


def read_pinned(noun: str) -> Pinned:
    """Return the pinned units of a noun's cases."""
    file = _file(noun)
    pinned: Pinned = json.loads(file.read_text()) if file.exists() else {}
    return pinned


def pin(noun: str, case: str, way: str, units: Units) -> None:
    """Write the units of a case to the file of its noun."""
    pinned = read_pinned(noun)
    pinned[case] = pinned.get(case, {}) | {way: units}
    lines = [f" {json.dumps(name)}: {json.dumps(of_case)}" for name, of_case in sorted(pinned.items())]
    _file(noun).write_text("{\n" + ",\n".join(lines) + "\n}\n")


def pinned_nouns() -> set[str]:
    """Return the nouns that have a file of pinned units."""
    return {file.stem for file in FOLDER.glob("*.json")}


def _file(noun: str) -> Path:
    return FOLDER / f"{noun}.json"
