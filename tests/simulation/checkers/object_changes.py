"""The changes that the feed must contain, as docs/changes.md describes them, derived from the commits."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from tests.simulation.checkers.items import (
    OGSM,
    OWN_SIDE,
    Item,
    Json,
    account_of,
    document_of,
    is_canonical,
    kind_of,
    text_of,
)
from tests.simulation.checkers.timeline import Change, Timeline

CREATE, UPDATE, DELETE, MOVE = "create", "update", "delete", "move"
EVENT = "audit_event"
KINDS = (*OGSM, *OWN_SIDE, "activity", "comment", "credential", "member", "stack", "user", "workspace")
MARKS = ("deletion_state", "deleted_with", "deleted_by")
# What the answers show of rows without a document.
SHOWN = {
    "workspace": ("owner", "name", "type", "description", "setting"),
    "stack": ("name", "description"),
    "member": ("role",),
    "invitation": ("workspace", "user", "email", "inviter", "state", "delivery"),
    "follow": (),
    "user": (
        "email",
        "first_name",
        "last_name",
        "slug",
        "role",
        "unconfirmed_email",
        "confirmation_delivery",
    ),
    "credential": ("label", "scope", "expires_at", "revoked_at", "old_secret_until"),
}


class ObjectChange(NamedTuple):
    """What a commit has done to an object, and the request or process that made it."""

    commit: int
    step: int
    owner: str
    account: int
    kind: str
    id: str
    verb: str
    before: Item | None
    after: Item | None

    @property
    def object(self) -> tuple[int, str, str]:
        """The account, the kind and the id of the object."""
        return self.account, self.kind, self.id


def find_changes(timeline: Timeline) -> Iterator[ObjectChange]:
    """Yield all changes in the order of their commits."""
    for _, changes in groupby(timeline.changes, key=lambda change: change.commit):
        yield from _changes_in(changes)


def identify(change: Change) -> tuple[int, str, str] | None:
    """Return the account, the kind and the id of the object that a row is, or None for another row."""
    kind = kind_of(change.item)
    if kind not in KINDS and kind != EVENT:
        return None
    if kind in KINDS and not is_canonical(change.key, change.item):
        return None
    account = account_of(change.key)
    assert account is not None
    return account, kind, _id_of(change, kind)


def _id_of(change: Change, kind: str) -> str:
    partition, sort = change.key
    if kind == "member":
        return f"{int(partition.rpartition('#')[2])}/{sort.rpartition('#')[2]}"
    if kind == "follow":
        return f"{partition.rpartition('#')[2]}/{change.item['other_user']['S']}"
    if kind == EVENT:
        return sort.rpartition("#")[2]
    return text_of(change.item, "id") or str(int(sort.rpartition("#")[2]))


def _changes_in(changes: Iterable[Change]) -> Iterator[ObjectChange]:
    """Yield what one commit has done. A delegation that ends leaves one row and gets another."""
    rows: dict[tuple[int, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        named = identify(change)
        if named:
            rows[named].append(change)
    for (account, kind, object_id), parts in rows.items():
        before = next((part.before for part in parts if part.before), None)
        after = next((part.after for part in parts if part.after), None)
        verb = _verb(kind, before, after)
        if verb:
            first = parts[0]
            yield ObjectChange(first.commit, first.step, first.owner, account, kind, object_id, verb, before, after)


def find_twice_deleted(timeline: Timeline) -> frozenset[tuple[int, str, str]]:
    """Return the objects that were deleted more than once, whose earlier tombstones were overwritten."""
    deleted = Counter(change.object for change in find_changes(timeline) if change.verb == DELETE)
    return frozenset(named for named, count in deleted.items() if count > 1)


def exists(item: Item | None) -> bool:
    """Return whether a row is an object for the API."""
    if item is None or any(mark in item for mark in MARKS):
        return False
    return kind_of(item) != "member" or text_of(item, "role") != "invited"


def _verb(kind: str, before: Item | None, after: Item | None) -> str:
    """Return what has been done to an object, or an empty text."""
    if kind == EVENT:
        return CREATE if before is None else ""
    if exists(before) != exists(after):
        return DELETE if exists(before) else CREATE
    if not exists(after) or before is None or after is None:
        return ""
    if kind == "activity" and any(before.get(name) != after.get(name) for name in ("workspace", "stack")):
        return MOVE
    return "" if shown(kind, before) == shown(kind, after) else UPDATE


def shown(kind: str, item: Item) -> Json:
    if kind in SHOWN:
        return {name: item.get(name) for name in SHOWN[kind]}
    document = document_of(item)
    return {name: document[name] for name in document if kind != "delegation" or name != "activity"}
