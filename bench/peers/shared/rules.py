"""The body of an action, checked by hand: what those write who take no library for it. Names every wrong field."""

import json
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from typing import Any

import edge
from cleaning import HIGHEST_ROW, as_named, day, flag, light, status, text, unique, whole

Kind = Callable[[Any], Any]
Errors = list[dict[str, str]]


class Wrong(ValueError):
    """Several wrong values, each with the path to it."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__()
        self.errors = errors


def or_null(kind: Kind) -> Kind:
    """A value of that kind, or null."""
    return lambda value: None if value is None else kind(value)


def each(kind: Kind) -> Kind:
    """An array of that kind."""

    def check(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError("must be an array")
        return list(_all(((str(at), partial(kind, one)) for at, one in enumerate(value)), []).values())

    return check


def fields(required: str, **kinds: Kind) -> Kind:
    """An object with these fields and no others, of which one must be there."""

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("must be an object")
        missing = [] if not required or required in value else [(required, "is required")]
        return _all(
            (
                (name, partial(kinds[name] if name in kinds else _unknown(name, kinds), one))
                for name, one in value.items()
            ),
            missing,
        )

    return check


def named(kind: Kind) -> Kind:
    """`{"name": ...}`, or the bare string."""
    check = fields("name", name=kind)
    return lambda value: check(as_named(value))


def load(body: str | None) -> Any:
    """The object in a body."""
    try:
        data = json.loads(body or "")
    except ValueError as error:
        raise edge.Problem(400, f"the body is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise edge.Problem(400, "the body must be a JSON object")
    return data


def action(data: Any, *, partial: bool = False) -> dict[str, Any]:
    """The clean fields of an action. Raises edge.Problem."""
    try:
        clean: dict[str, Any] = (CHANGED_ACTION if partial else NEW_ACTION)(data)
    except Wrong as wrong:
        raise edge.invalid([{"pointer": f"#/{path}", "detail": detail} for path, detail in wrong.errors]) from None
    return clean


def _all(checks: Any, errors: list[tuple[str, str]]) -> dict[str, Any]:
    clean = {}
    for name, check in checks:
        try:
            clean[name] = check()
        except Wrong as wrong:
            errors.extend((f"{name}/{path}", detail) for path, detail in wrong.errors)
        except ValueError as error:
            errors.append((name, str(error)))
    if errors:
        raise Wrong(errors)
    return clean


def _unknown(name: str, known: Any) -> Kind:
    def refuse(_: Any) -> None:
        near = get_close_matches(name, known, n=1)
        raise ValueError(f"is not a known name; did you mean {near[0]}?" if near else "is not a known name")

    return refuse


ID = partial(whole, least=1)
ROW = partial(whole, least=-HIGHEST_ROW, most=HIGHEST_ROW)
NAMES: Kind = each(named(partial(text, least=1, most=100)))
PERSON = named(partial(text, least=1, most=255))
ACTION: dict[str, Kind] = {
    "id": lambda value: value,
    "title": partial(text, least=1, most=255),
    "labels": lambda value: unique(NAMES(value)),
    "strategies": each(fields("id", id=ID)),
    "description": or_null(text),
    "assignee": or_null(PERSON),
    "involved": lambda value: unique(NAMES(value)),
    "start": or_null(day),
    "due": or_null(day),
    "status": named(status),
    "ogsm_canvases": each(fields("id", id=whole, row_order=or_null(ROW))),
    "traffic_light": or_null(light),
    "progress": partial(whole, least=0, most=100),
    "archived": flag,
}
NEW_ACTION = fields("title", **ACTION)
CHANGED_ACTION = fields("", **ACTION)
