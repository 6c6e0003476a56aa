"""Counters: new ids, and any other number that must rise. Drawing a number is a write of its own.

A dry run draws none: it gets numbers that stand for those which the request would get.
"""

from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib import errors
from chalicelib.storage import table
from chalicelib.storage.connection import table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.counters import Counter
from chalicelib.storage.table import planned_rows


def next_id(account: int | None, name: str, by: int = 1) -> int:
    """Add to a counter and return the sum. The counter starts at 0. `account` is None for the counter of accounts."""
    if planned := planned_rows.get():
        return planned.draw_numbers(by)[-1]
    return _update(account, name, Counter.last.add(by))


def next_number(account: int, name: str) -> int:
    """Add 1 to a counter and return the sum, as `next_id` does. It has a limit, so a dry run gets the number itself."""
    planned = planned_rows.get()
    if planned is None:
        return next_id(account, name)
    counter = table.get(Counter.ref(account, name))
    return planned.foresee_number(Counter.ref(account, name), counter.last if counter else 0)


def new_ids(account: int, count: int) -> range:
    """Return that many consecutive new ids of an account. OGSM nouns have counters of their own."""
    last = next_id(account, "ids", by=count)
    return range(last - count + 1, last + 1)


def raise_counter(account: int | None, name: str, least: int) -> None:
    """Set a counter to `least`, unless it is there or higher already."""
    if planned_rows.get():
        return
    is_lower = Counter.last.does_not_exist() | (Counter.last < least)
    try:
        _update(account, name, Counter.last.set(least), is_lower)
    except errors.Stale:
        return  # the counter is high enough


def _update(account: int | None, name: str, action: Action, condition: Condition | None = None) -> int:
    ref = Counter.ref(account, name)
    actions = [action, Counter.kind.set(Counter)]
    with translate_errors():
        response: Any = table_connection.update_item(
            ref.pk, ref.sk, actions=actions, condition=condition, return_values="ALL_NEW"
        )
    return Counter.from_raw_data(response["Attributes"]).last
