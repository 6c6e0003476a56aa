"""What a route may ask of DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from infra.testing.world import World

Json = dict[str, Any]
Route = tuple[str, str]
Step = str | tuple[str, ...]  # several, in alphabetical order: asked side by side

GET, BATCH, QUERY = READS = "GetItem", "BatchGetItem", "Query"
COUNT, PUT, DELETE, ALL = "UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems"
STEP: list[Step] = [QUERY, BATCH, ALL]  # of what goes in steps: some items
KEY = {"Idempotency-Key": "one"}


@dataclass(frozen=True)
class Row:
    """Where a route is asked, with what, and what that may ask of DynamoDB after the authorizer's one GetItem."""

    address: Callable[[World], str]
    plain: list[Step]
    keyed: list[Step] | None = None  # None: the key changes nothing
    body: Callable[[World], Json] | None = None
    form: dict[str, str] | None = None
    caller: str = "owner"
    beyond: str = ""  # why it may ask more than others
    headers: dict[str, str] = field(default_factory=dict)
