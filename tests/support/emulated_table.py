"""Tables of the embedded store, used in this process without its HTTP interface."""

import asyncio
import json
from typing import Any

from infra import emulator

Json = dict[str, Any]


def carry_out(operation: str, table: str, **parameters: Any) -> Json:
    """Carry out an operation on a table, and return its answer with the status."""
    body = json.dumps({"TableName": table} | parameters).encode()
    answer = asyncio.run(emulator.carry_out(operation, body))
    return dict(json.loads(answer.body)) | {"status": answer.status}


def create_table(table: str) -> None:
    """Create a table whose rows have a partition key and a sort key."""
    keys = {"pk": "HASH", "sk": "RANGE"}
    carry_out(
        "CreateTable",
        table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
    )
