"""Queries of the embedded store that look only at the rows of their page.

ministack evaluates the condition of a Query on every row of the partition, at 65 microseconds a row. The feed of an
account, a partition to which each change adds a row, would soon take seconds to read. So ministack is shown only the
rows that the answer may have. It still checks and evaluates the whole request. This replaces internals of ministack,
because it has no other way.
"""

import re
from collections.abc import Mapping
from typing import Any

from infra.testing.capacity import Item, Json, item_size

PAGE_BYTES = 1024 * 1024  # the limit of one Query

# The condition that the service sends for every range of rows. Other queries are carried out as they are.
CONDITION = re.compile(r"\(?(#\d+) = (:\d+) AND (#\d+) BETWEEN (:\d+) AND (:\d+)\)?")


def install() -> None:
    """Replace the Query of the emulator in this process. Doing so again changes nothing."""
    from ministack.services import dynamodb

    module: Any = dynamodb
    original = module._query
    if getattr(original, "is_fast", False):
        return

    def query(request: Json) -> Any:
        tables = module._tables
        narrowed = _narrow(tables.get(request.get("TableName")), request)
        if narrowed is None:
            return original(request)
        module._tables = {request["TableName"]: narrowed}
        try:
            return original(request)
        finally:
            module._tables = tables

    query.is_fast = True  # type: ignore[attr-defined]
    module._query = query


def _narrow(table: Json | None, request: Json) -> Json | None:
    """Return a table with only the rows of the page, or None if the request has another form."""
    condition = CONDITION.fullmatch(str(request.get("KeyConditionExpression")))
    if table is None or condition is None or "IndexName" in request:
        return None
    partition_name, partition, sort_name, *bounds = condition.groups()
    try:
        names = [request["ExpressionAttributeNames"][name] for name in (partition_name, sort_name)]
        key, low, high = (request["ExpressionAttributeValues"][name]["S"] for name in (partition, *bounds))
        rows = page(table["items"].get(key, {}), low, high, request)
    except (KeyError, TypeError):  # ministack explains what is wrong
        return None
    return {**table, "items": {key: rows}} if names == [table["pk_name"], table["sk_name"]] else None


def page(rows: Mapping[str, Item], low: str, high: str, request: Json) -> dict[str, Item]:
    """Return the rows of a partition that the page of a Query may hold, and one more if there is another page.

    `low` and `high` are the first and the last sort key.
    """
    forward = request.get("ScanIndexForward", True)
    keys = sorted((key for key in rows if low <= key <= high), reverse=not forward)
    after = (request.get("ExclusiveStartKey") or {}).get("sk", {}).get("S")
    if after:
        keys = [key for key in keys if (key > after if forward else key < after)]
    result: dict[str, Item] = {}
    size = 0
    for key in keys[: request["Limit"] + 1] if "Limit" in request else keys:
        result[key] = rows[key]
        size += item_size(rows[key])
        if size > PAGE_BYTES:  # this row is beyond the page, so that the emulator announces a next one
            break
    return result
