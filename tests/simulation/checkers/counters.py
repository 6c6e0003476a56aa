"""Counters only rise, and an id is given once."""

from collections.abc import Iterator

from chalicelib.domain.ogsm.references import ALL_NOUNS
from tests.simulation.checkers.items import Item, Key, account_of, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation

NAME = "counters"
# The OGSM objects that count from 1 for each noun. The ids of reports and measurements begin with that of their item.
OF_THEIR_OWN = {noun.singular: noun.name for noun in ALL_NOUNS if not noun.subject}
FROM_COUNTER = (*OF_THEIR_OWN, "activity", "comment", "delegation", "invitation", "stack", "workspace", "account")
COPIED = ("delegation", "invitation")  # kinds with two rows for one object, which also change their keys


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield counters that repeat a number or fall back, and ids that were given twice."""
    given = {number: "" for key, item in timeline.first_rows.items() for number in _numbers(key, item)}
    for change in timeline.changes:
        kind = kind_of(change.item)
        if kind == "counter":
            last, before = number_of(change.after, "last"), number_of(change.before, "last")
            if last < before or (last == before and not change.is_creation):  # a canvas may begin with 0
                text = f"The counter {change.key} went from {before} to {last}."
                yield Violation(NAME, text, (change.owner,))
        elif change.is_creation and kind in FROM_COUNTER:
            numbers = _numbers(change.key, change.item)
            # A request whose write came late repeats it, even if somebody has deleted the object meanwhile.
            taken = [number for number in numbers if given.get(number, change.owner) != change.owner]
            given.update(dict.fromkeys(numbers, change.owner))
            if taken and kind not in COPIED and not timeline.is_undo(change.owner):
                yield Violation(NAME, f"The id of {kind} {taken[0]} was given twice.", (change.owner,))
            yield from _find_undrawn(timeline, change.key, change.item, change.owner)


def _numbers(key: Key, item: Item) -> list[tuple[int | None, str, int]]:
    """Return the ids that an object takes, each with its account and the counter that it comes from."""
    kind = kind_of(item)
    if kind not in FROM_COUNTER or kind in COPIED:
        return []
    if kind in OF_THEIR_OWN:
        return [(account_of(key), OF_THEIR_OWN[kind], int(key[1].rpartition("#")[2]))]
    if kind == "account":
        return [(None, "accounts", number_of(item, "id"))]
    number = number_of(item, "id")
    count = 2 if kind == "workspace" else 1  # its inbox
    return [(account_of(key), "ids", number + index) for index in range(count)]


def _find_undrawn(timeline: Timeline, key: Key, item: Item, owner: str) -> Iterator[Violation]:
    """Yield an object whose id is higher than every number that was drawn."""
    for account, name, number in _numbers(key, item):
        place = "ACCOUNTS" if account is None else f"ACCOUNT#{account:09}"
        counter = timeline.rows.get((place, f"COUNTER#{name}"))
        if counter is None or number > number_of(counter, "last"):
            last = text_of(counter, "last")
            yield Violation(NAME, f"The id {number} of {kind_of(item)} was never drawn from {name} ({last}).", (owner,))
