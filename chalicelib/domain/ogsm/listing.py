"""The list of actions: filters, order, and the place from which a list goes on."""

from collections.abc import Callable, Iterator
from functools import total_ordering
from typing import Any

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.actions import Fields
from chalicelib.schemas.actions import STATUSES, TRAFFIC_LIGHTS
from chalicelib.storage import table
from chalicelib.storage.models.actions import Action

Place = list[Any]  # what an action is sorted by, its id last; [missing, value] for each word of `sort`
Entry = tuple[Place, str]  # a place in the list and the JSON text that stands there
Predicate = Callable[[Fields, Any], bool]

STATUS_ORDER = {status: position for position, status in enumerate(STATUSES)}
LIGHT_ORDER = {light: position for position, light in enumerate(TRAFFIC_LIGHTS)}


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _is_overdue(action: Fields) -> bool:
    return bool(action["due"]) and action["due"] < clock.today() and action["status"]["name"] != "done"


def _mentions(action: Fields, words: str) -> bool:
    return words.casefold() in f"{action['title']}\n{action['description'] or ''}".casefold()


FILTERS: dict[str, Predicate] = {
    "archived": lambda action, flag: action["archived"] is flag,
    "status": lambda action, name: action["status"]["name"] == name,
    "traffic_light": lambda action, light: action["traffic_light"] == light,
    "label": lambda action, name: any(_same(label["name"], name) for label in action["labels"]),
    "assignee": lambda action, name: action["assignee"] is not None and _same(action["assignee"]["name"], name),
    "involved": lambda action, name: any(_same(person["name"], name) for person in action["involved"]),
    "strategy_id": lambda action, wanted: any(strategy["id"] == wanted for strategy in action["strategies"]),
    "ogsm_canvas_id": lambda action, wanted: any(canvas["id"] == wanted for canvas in action["ogsm_canvases"]),
    "start_from": lambda action, day: bool(action["start"]) and action["start"] >= day,
    "start_to": lambda action, day: bool(action["start"]) and action["start"] <= day,
    "due_from": lambda action, day: bool(action["due"]) and action["due"] >= day,
    "due_to": lambda action, day: bool(action["due"]) and action["due"] <= day,
    "overdue": lambda action, flag: _is_overdue(action) is flag,
    "q": _mentions,
}

SORT_VALUES: dict[str, Callable[[Fields], Any]] = {
    "title": lambda action: action["title"].casefold(),
    "assignee": lambda action: action["assignee"] and action["assignee"]["name"].casefold(),
    "status": lambda action: STATUS_ORDER[action["status"]["name"]],
    "traffic_light": lambda action: LIGHT_ORDER.get(action["traffic_light"]),
}


def list_actions(caller: Caller, query: Fields, reach: int | None) -> Iterator[Entry]:
    """The account's actions that pass every filter of the query, in its order, behind its cursor.

    Oldest first unless sorted. `reach` is how many will be read at most. Raises errors.Invalid for a strange cursor.
    """
    sort = query.get("sort", ())
    after = _after(query, sort)
    tests = {name: test for name, test in FILTERS.items() if name in query}
    if sort:
        return _sorted(_matching(caller, query, tests), sort, after)
    if tests:
        return (([doc["id"]], text) for doc, text in _matching(caller, query, tests, after))
    return (([_id(key)], text) for key, text in _stored(caller, after, reach))


def _stored(caller: Caller, after: Place | None, reach: int | None = None) -> Iterator[tuple[str, str]]:
    last = Action.key(caller.account, after[-1])[1] if after else None
    return table.query_documents(Action.key(caller.account, 0)[0], Action.prefix, last, reach)


def _matching(
    caller: Caller, query: Fields, tests: dict[str, Predicate], after: Place | None = None
) -> Iterator[tuple[Fields, str]]:
    for _, text in _stored(caller, after):
        action = json_text.load(text)
        if all(test(action, query[name]) for name, test in tests.items()):
            yield action, text


def _sorted(actions: Iterator[tuple[Fields, str]], sort: tuple[str, ...], after: Place | None) -> Iterator[Entry]:
    entries = sorted(
        ((_place(action, sort), text) for action, text in actions), key=lambda entry: _rank(entry[0], sort)
    )
    if after is None:
        return iter(entries)
    try:
        return iter([entry for entry in entries if _rank(entry[0], sort) > _rank(after, sort)])
    except TypeError:
        raise _strange_cursor() from None


def _place(action: Fields, sort: tuple[str, ...]) -> Place:
    names = (word.removeprefix("-") for word in sort)
    values = (SORT_VALUES[name](action) if name in SORT_VALUES else action[name] for name in names)
    return [*([value is None, value] for value in values), action["id"]]


def _rank(place: Place, sort: tuple[str, ...]) -> list[Any]:
    """A place as something to compare: what is missing comes last, whichever way the rest is sorted."""
    parts = zip(sort, place, strict=False)
    ranks = [(missing, _Downwards(value) if word.startswith("-") else value) for word, (missing, value) in parts]
    return [*ranks, place[-1]]


@total_ordering
class _Downwards:
    def __init__(self, value: Any) -> None:
        self.value = value

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Downwards) and bool(self.value == other.value)

    def __lt__(self, other: "_Downwards") -> bool:
        return bool(other.value < self.value)


def _after(query: Fields, sort: tuple[str, ...]) -> Place | None:
    if "cursor" not in query:
        return None
    place = query["cursor"].get("after")
    if query["cursor"].get("sort") != list(sort) or not isinstance(place, list) or len(place) != len(sort) + 1:
        raise _strange_cursor()
    if type(place[-1]) is not int or not all(isinstance(part, list) and len(part) == 2 for part in place[:-1]):
        raise _strange_cursor()
    return place


def _strange_cursor() -> errors.Invalid:
    return errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of a list in the same order"}])


def _id(sort_key: str) -> int:
    return int(sort_key.removeprefix(Action.prefix))
