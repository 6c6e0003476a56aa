"""Reading the stored rows: their attributes, documents and objects, without the models of the service."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.storage.stored_text import PERSON_FIELDS, StoredTextAttribute
from tests.simulation.store.table import Item, Key

Json = dict[str, Any]
__all__ = ["OGSM", "Item", "Json", "Key"]

ACCOUNT = re.compile(r"ACCOUNT#(\d{9})")
PURGE = re.compile(r"PURGES/[^#]+#(\d{9})")
OGSM = tuple(noun.singular for noun in ALL_NOUNS)
# The kinds of rows that are objects themselves. Of the last three, only one of two equal rows is.
CANONICAL = ("account", *OGSM, "activity", "comment", "credential", "member", "stack", "user", "workspace")
OWN_SIDE: dict[str, Callable[[Key, Item], bool]] = {
    "delegation": lambda key, item: key[0].endswith(f"#{item['delegator']['S']}"),
    "invitation": lambda key, item: key[0].endswith(f"#{item['user']['S']}"),
    "follow": lambda key, _: key[1].startswith("USER#FOLLOWED#"),
}
# Objects that a path can name. OGSM objects have no attribute `id`.
NAMED = (*OGSM, "activity", "comment", "credential", "stack", "user", "workspace")
STORED_TEXT = StoredTextAttribute()
NAME_OF_CALL = re.compile(r"c\d+\.r\d+")


def key_of(item: Item) -> Key:
    """Return the key of a row."""
    return item["pk"]["S"], item["sk"]["S"]


def kind_of(item: Item) -> str:
    """Return the kind of a row."""
    kind: str = item["kind"]["S"]
    return kind


def text_of(item: Item | None, name: str) -> str | None:
    """Return an attribute as text, or None without it. Numbers are texts of digits."""
    if item is None or name not in item:
        return None
    [value] = item[name].values()
    return str(value)


def number_of(item: Item | None, name: str) -> int:
    """Return a number, or 0 without it."""
    return int(text_of(item, name) or 0)


def account_of(key: Key) -> int | None:
    """Return the account of a row, or None for the rows of the whole deployment."""
    match = ACCOUNT.match(key[0]) or ACCOUNT.match(key[1]) or PURGE.match("/".join(key))
    return int(match[1]) if match else None


def is_canonical(key: Key, item: Item) -> bool:
    """Return whether a row is an object itself, and not a copy of it, a lookup or anything else."""
    kind = kind_of(item)
    return kind in CANONICAL or (kind in OWN_SIDE and OWN_SIDE[kind](key, item))


def object_of(key: Key, item: Item) -> tuple[int, str, str] | None:
    """Return the account, the kind and the id of an object that a path can name, or None for another row."""
    kind = kind_of(item)
    if kind not in NAMED:
        return None
    account = account_of(key)
    assert account is not None
    return account, kind, text_of(item, "id") or str(int(key[1].rpartition("#")[2]))


@lru_cache(maxsize=4096)
def _parse(kind: str, text: str) -> Json:
    document: Json = json.loads(text) if kind in (*OGSM, "audit_event") else STORED_TEXT.deserialize(text)
    return document


def document_of(item: Item) -> Json:
    """Return the document of a row, with people as ids of users. Do not change it: it is shared."""
    return _parse(kind_of(item), item["doc"]["S"])


ATTRIBUTES = {
    "workspace": ("name", "description", "type", "created_at", "owner"),
    "stack": ("name", "description"),
    "user": ("email", "first_name", "last_name", "slug"),
    "credential": ("label", "scope", "user"),
}


def shown_by(item: Item) -> Json:
    """Return what an answer about an object shows of its row, with people as ids of users."""
    kind = kind_of(item)
    if "doc" in item:
        return document_of(item)
    shown: Json = {name: text_of(item, name) for name in ATTRIBUTES[kind]}
    if kind == "workspace":
        shown["setting"] = json.loads(item["setting"]["S"])
    return shown


def answered(kind: str, document: Json) -> Json:
    """Return an answer about an object with people as ids of users, so that it can be compared with `shown_by`."""
    if kind in OGSM:
        return document  # its people are no users
    people = {
        name: document[name] for name in (*PERSON_FIELDS, "owner", "user") if isinstance(document.get(name), dict)
    }
    return document | {name: person.get("id") for name, person in people.items()}


def is_answer_about(item: Item | None, answer: Json) -> bool:
    """Return whether an answer shows a row as it is."""
    return item is not None and all(
        answer.get(name) == value for name, value in shown_by(item).items() if name in answer
    )


def calls_in(text: str) -> set[str]:
    """Return the calls whose texts occur in a text."""
    return set(NAME_OF_CALL.findall(text))
