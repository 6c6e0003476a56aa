"""Conditions, key conditions and updates, in the form in which PynamoDB writes them. All other forms are refused."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from operator import gt, le, lt
from typing import Any, NamedTuple

from tests.simulation.store.errors import UnsupportedRequestError
from tests.simulation.store.table import Item, Json

Names = Mapping[str, str]
Values = Mapping[str, Json]
Test = Callable[[Item, Names, Values], bool]
Update = Callable[[Item, Names, Values], Item]

TOKEN = re.compile(r"\s*(attribute_exists|attribute_not_exists|AND|OR|IN|<=|[=<>(),]|[#:]\w+)")
PLACEHOLDER = re.compile(r"[#:]\w+")
ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt}
KEY_CONDITION = re.compile(r"\((#\w+) = (:\w+) AND (#\w+) (?:BETWEEN (:\w+) AND|<=) (:\w+)\)")
UPDATE = re.compile(r"(?:SET (.+?))?(?:(?:^| )ADD (.+))?")
REMOVAL = re.compile(r"REMOVE (#\w+)")
ASSIGNMENT, ADDITION = re.compile(r"(#\w+) = (:\w+)"), re.compile(r"(#\w+) (:\w+)")


class Condition(NamedTuple):
    """A condition, as a function of an item, and the placeholders in it."""

    holds: Test
    placeholders: frozenset[str]


class KeyCondition(NamedTuple):
    """The placeholders of a condition on the keys of a query. Without `first`, the range has no lower end."""

    partition_name: str
    partition: str
    sort_name: str
    first: str | None
    last: str


class Action(NamedTuple):
    """An update, as a function of an item, and the placeholders in it."""

    update: Update
    placeholders: frozenset[str]


@cache
def parse_condition(text: str) -> Condition:
    """Return a condition. Raises UnsupportedRequestError."""
    parser = _Parser(text)
    test = parser.condition()
    parser.end()
    return Condition(test, placeholders_in(text))


@cache
def parse_key_condition(text: str) -> KeyCondition:
    """Return a condition on keys. Raises UnsupportedRequestError."""
    found = KEY_CONDITION.fullmatch(text)
    if not found:
        raise UnsupportedRequestError(f"the key condition {text}")
    return KeyCondition(*found.groups())


@cache
def parse_update(text: str) -> Action:
    """Return an update. Raises UnsupportedRequestError."""
    removal = REMOVAL.fullmatch(text)
    if removal:
        return Action(_remove(removal[1]), placeholders_in(text))
    found = UPDATE.fullmatch(text)
    if not found or not text:
        raise UnsupportedRequestError(f"the update {text}")
    steps = [(_set, *one) for one in _split(found[1], ASSIGNMENT)] + [
        (_add, *one) for one in _split(found[2], ADDITION)
    ]

    def update(item: Item, names: Names, values: Values) -> Item:
        changed = {names[name]: step(item.get(names[name]), values[value]) for step, name, value in steps}
        if len(changed) < len(steps):
            raise UnsupportedRequestError(f"two changes of one attribute in {text}")
        return item | changed

    return Action(update, placeholders_in(text))


@cache
def placeholders_in(text: str) -> frozenset[str]:
    """Return the placeholders of names and values in an expression."""
    return frozenset(PLACEHOLDER.findall(text))


def _split(clause: str | None, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Return the placeholders of name and value of each part of a clause."""
    found = [pattern.fullmatch(part) for part in (clause.split(", ") if clause else [])]
    if not all(found):
        raise UnsupportedRequestError(f"the changes {clause}")
    return [(match[1], match[2]) for match in found if match]


def _remove(name: str) -> Update:
    """Return the update that removes one attribute, which may be absent."""
    return lambda item, names, _: {kept: value for kept, value in item.items() if kept != names[name]}


def _set(_: Json | None, value: Json) -> Json:
    return value


def _add(before: Json | None, value: Json) -> Json:
    if "N" not in value or (before and "N" not in before):
        raise UnsupportedRequestError(f"adding {value} to {before}")
    return {"N": str(int(before["N"] if before else 0) + int(value["N"]))}


class _Parser:
    """A parser of conditions. PynamoDB puts parentheses around each AND and OR, so that none binds more tightly."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def condition(self) -> Test:
        if not self._accept("("):
            return self._comparison()
        left = self.condition()
        operator = self._next()
        right = self.condition()
        self._require(")")
        if operator == "AND":
            return lambda item, names, values: left(item, names, values) and right(item, names, values)
        if operator == "OR":
            return lambda item, names, values: left(item, names, values) or right(item, names, values)
        raise self._error()

    def _comparison(self) -> Test:
        name = self._next()
        if name in ("attribute_exists", "attribute_not_exists"):
            return self._existence(wanted=name == "attribute_exists")
        self._require_placeholder(name, "#")
        operator = self._next()
        if operator == "IN":
            return _is_one_of(name, self._operands())
        value = self._next()
        self._require_placeholder(value, ":")
        if operator == "=":
            return lambda item, names, values: item.get(names[name]) == values[value]
        return _is_ordered(name, self._order(operator), value)

    def _order(self, operator: str) -> Callable[[Any, Any], bool]:
        if operator not in ORDER:
            raise self._error()
        return ORDER[operator]

    def _existence(self, *, wanted: bool) -> Test:
        self._require("(")
        name = self._next()
        self._require_placeholder(name, "#")
        self._require(")")
        return lambda item, names, _: (names[name] in item) is wanted

    def _operands(self) -> list[str]:
        self._require("(")
        operands = [self._next()]
        while self._accept(","):
            operands.append(self._next())
        self._require(")")
        for one in operands:
            self._require_placeholder(one, ":")
        return operands

    def end(self) -> None:
        if self._at < len(self._text):
            raise self._error()

    def _next(self) -> str:
        found = TOKEN.match(self._text, self._at)
        if not found:
            raise self._error()
        self._at = found.end()
        return found[1]

    def _accept(self, token: str) -> bool:
        found = TOKEN.match(self._text, self._at)
        if not found or found[1] != token:
            return False
        self._at = found.end()
        return True

    def _require(self, token: str) -> None:
        if not self._accept(token):
            raise self._error()

    def _require_placeholder(self, token: str, mark: str) -> None:
        if not token.startswith(mark):
            raise self._error()

    def _error(self) -> UnsupportedRequestError:
        return UnsupportedRequestError(f"the condition {self._text} from {self._text[self._at :]!r} on")


def _is_one_of(name: str, operands: list[str]) -> Test:
    return lambda item, names, values: item.get(names[name]) in [values[operand] for operand in operands]


def _is_ordered(name: str, compare: Callable[[Any, Any], bool], operand: str) -> Test:
    """Return the comparison of an attribute with a value. It does not hold for an attribute of another type.

    Python compares texts by code points, which is the order of their UTF-8 bytes.
    """

    def test(item: Item, names: Names, values: Values) -> bool:
        left, right = item.get(names[name]), values[operand]
        if "S" in right:
            return left is not None and "S" in left and compare(left["S"], right["S"])
        if "N" in right:
            return left is not None and "N" in left and compare(int(left["N"]), int(right["N"]))
        raise UnsupportedRequestError(f"the comparison with {right}")

    return test
