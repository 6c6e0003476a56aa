"""Reads in two parts: the requests of both parts, and the answer that the service gets."""

import random
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Rest = Callable[[Json], Json | None]  # the answer of the first part -> the request of the second, or None


def split(parameters: Json, chance: random.Random) -> tuple[Json, Rest]:
    """Return the request of the first part of a Query or BatchGetItem, and a function that returns the second."""
    if "RequestItems" in parameters:
        return _split_batch(parameters, chance)
    count = chance.randrange(1, 4)
    limit = parameters.get("Limit")

    def rest(body: Json) -> Json | None:
        last = body.get("LastEvaluatedKey")
        left = None if limit is None else limit - body["Count"]
        if last is None or left == 0:
            return None
        return parameters | {"ExclusiveStartKey": last} | ({} if left is None else {"Limit": left})

    return parameters | {"Limit": min(count, limit or count)}, rest


def _split_batch(parameters: Json, chance: random.Random) -> tuple[Json, Rest]:
    [(table, entry)] = parameters["RequestItems"].items()
    keys = entry["Keys"]
    middle = chance.randrange(1, len(keys) + 1)
    first, second = (
        parameters | {"RequestItems": {table: entry | {"Keys": part}}} for part in (keys[:middle], keys[middle:])
    )
    return first, lambda _: second if keys[middle:] else None


def join(first: Json, second: Json) -> Json:
    """Return the answer of the whole read."""
    joined = second | {"ConsumedCapacity": _add(first.get("ConsumedCapacity"), second.get("ConsumedCapacity"))}
    if "Items" in first:
        counts = {name: first[name] + second[name] for name in ("Count", "ScannedCount")}
        return joined | counts | {"Items": first["Items"] + second["Items"]}
    [table] = first["Responses"]
    return joined | {"Responses": {table: first["Responses"][table] + second["Responses"][table]}}


def _add(first: Any, second: Any) -> Any:
    if isinstance(first, list):
        return [_add(*pair) for pair in zip(first, second, strict=True)]
    return first | {"CapacityUnits": first["CapacityUnits"] + second["CapacityUnits"]}
