"""Answers in a form that a model reads cheaply: flat, without what it cannot use, and cut where they are long."""

from collections.abc import Collection
from typing import Any

from chalicelib.json_text import JsonObject

UNUSED = ("links", "avatar", "rules", "user_since", "delivery", "permissions")
BLOCK_VALUES = {"value", "time"}  # of a block of an activity, which has one of them
REFERENCES = ({"name"}, {"id"}, {"id", "row_order"})  # the keys of objects that stand for their name or id
# How much of a text and of an array is kept: characters and elements. The next row is tried if the answer is too long.
STEPS = ((4_000, 250), (1_000, 100), (400, 40), (150, 15), (40, 5), (10, 1))
LIST_STEP = 2  # with which entries of lists begin


def simplify(value: Any) -> Any:
    """Return an object of the API in the flat form of the arguments, with users and blocks as what they mean."""
    if isinstance(value, list):
        return [simplify(one) for one in value]
    return _simplify_object(value) if isinstance(value, dict) else value


def _simplify_object(value: JsonObject) -> Any:
    if "name_or_email" in value:
        return simplify_user(value)
    if value.keys() in REFERENCES:
        return value.get("name", value.get("id"))
    if value and value.keys() <= {"activity", "links"}:  # an item
        return simplify(value["activity"])
    if "created_at" in value and BLOCK_VALUES & value.keys():
        return value.get("value", value.get("time"))
    return {name: simplify(one) for name, one in value.items() if name not in UNUSED}


def simplify_user(user: JsonObject) -> JsonObject:
    """Return what identifies a user."""
    names = ("id", "slug", "email", "role")
    return {"name": user["name_or_email"]} | {name: user[name] for name in names if name in user}


def pick(value: JsonObject, names: Collection[str]) -> JsonObject:
    """Return the fields of these names, in this order. Users in them are their names alone."""
    return {name: _name_of(value[name]) for name in names if name in value}


def _name_of(value: Any) -> Any:
    return value["name"] if isinstance(value, dict) and "slug" in value else value


def cut(value: Any, step: int, advice: str) -> Any:
    """Return the value with its texts and arrays cut as STEPS[step] says. Each cut has a mark that ends in `advice`."""
    most_characters, most_elements = STEPS[step]
    if isinstance(value, str) and len(value) > most_characters:
        return f"{value[:most_characters]}… [cut: {most_characters} of {len(value)} characters; {advice}]"
    if isinstance(value, list):
        kept = [cut(one, step, advice) for one in value[:most_elements]]
        more = len(value) - most_elements
        return [*kept, f"[cut: {more} more; {advice}]"] if more > 0 else kept
    if isinstance(value, dict):
        return {name: cut(one, step, advice) for name, one in value.items()}
    return value
