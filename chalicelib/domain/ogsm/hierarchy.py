"""Teams, goals and KPIs as trees: each is a part of its parent."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ID, PARENT


def find_children(items: Iterable[JsonObject]) -> dict[int, list[int]]:
    """Return the ids of the children of each item that has any, in the order of the items.

    A parent that is not among the items does not count. Neither does the parent of an item that would be above itself,
    so that every walk downwards ends. Writing refuses such parents (see parents.py), but data may be older.
    """
    named = {item[ID.name]: item[PARENT.name][ID.name] for item in items if item[PARENT.name]}
    above_themselves = _find_cycles(named)
    children: dict[int, list[int]] = {}
    for item_id, parent_id in named.items():
        if item_id not in above_themselves:
            children.setdefault(parent_id, []).append(item_id)
    return children


def walk_down(children: Mapping[int, Iterable[int]], item_id: int) -> Iterator[int]:
    """Yield an item and all items below it, each after its parent. `children` are those of `find_children`."""
    waiting = [item_id]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(children.get(one, ()))


def _find_cycles(parents: Mapping[int, int]) -> set[int]:
    """Return the items that are above themselves, each of which is a step of a cycle of parents."""
    visited: set[int] = set()
    found: set[int] = set()
    for start in parents:
        path: dict[int, None] = {}  # the items from here upwards, in this order
        item = start
        while item in parents and item not in visited and item not in path:
            path[item] = None
            item = parents[item]
        if item in path:
            steps = list(path)
            found.update(steps[steps.index(item) :])
        visited.update(path)
    return found
