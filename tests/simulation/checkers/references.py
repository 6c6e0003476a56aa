"""No row refers to a missing one, also in deleted objects, except what belongs to a purge that was cut off."""

import json
from collections.abc import Callable, Iterator

from tests.simulation.checkers.items import Item, Key, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation

NAME = "references"
Needed = Iterator[tuple[Key, str]]  # the key of a row that must exist, and what it is


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield rows that refer to missing ones, and rows that belong together and disagree."""
    ending = {key[0] for key, item in timeline.rows_of("workspace") if text_of(item, "deletion_state") == "purging"}
    for key, item in timeline.rows.items():
        rule = RULES.get(kind_of(item))
        if rule is None or key[0] in ending or "deleted_by" in item:
            continue
        for needed, what in rule(key, item):
            row = timeline.rows.get(needed)
            if row is None and needed[0] not in ending:
                yield Violation(NAME, f"{key[0]} / {key[1]} has no {what} {needed[0]} / {needed[1]}.")
    yield from _check_former_users(timeline)
    yield from _check_deleted_stacks(timeline)


def _check_deleted_stacks(timeline: Timeline) -> Iterator[Violation]:
    """Yield deleted stacks that still have an item or a place in the order of stacks."""
    deleted = {key for key, item in timeline.rows_of("stack") if text_of(item, "deletion_state") == "deleted"}
    for key, _ in timeline.rows_of("placement"):
        if key[1].startswith("ITEM#") and (key[0], f"STACK#{key[1].split('#')[1]}") in deleted:
            yield Violation(NAME, f"{key[0]} / {key[1]} is on a deleted stack.")
    for key, item in timeline.rows_of("workspace"):
        for stack in json.loads(item["stacks"]["S"]):
            if (key[0], f"STACK#{stack:016}") in deleted:
                yield Violation(NAME, f"{key[0]} still has the deleted stack {stack} in its order.")


def _check_former_users(timeline: Timeline) -> Iterator[Violation]:
    """Yield what a user who has left the account still has."""
    left = {
        (key[0], text_of(item, "id")): number_of(item, "personal_workspace")
        for key, item in timeline.rows_of("user")
        if text_of(item, "deletion_state") == "left"
    }
    for key, item in timeline.rows.items() if left else ():
        kind = kind_of(item)
        holder = (
            _account(key),
            text_of(item, "user") if kind in ("credential", "email_address", "slug") else _holder(key),
        )
        is_left_over = {
            "credential": "revoked_at" not in item,
            "email_address": True,
            "slug": True,
            "membership": kind == "membership" and not _may_stay(timeline, key, left.get(holder)),
            "invitation": text_of(item, "state") == "pending",
            "delegation": "#OPEN#" in key[1],
            "follow": True,
        }
        if holder in left and is_left_over.get(kind):
            yield Violation(NAME, f"{key[0]} / {key[1]} belongs to user {holder[1]}, who has left the account.")


def _may_stay(timeline: Timeline, key: Key, personal: int | None) -> bool:
    """Return whether a membership is in the user's personal workspace, or in an own one that waits for its purge."""
    row = timeline.rows.get(_workspace(key, int(_last(key)))[0])
    is_own = text_of(row, "owner") == _holder(key) and text_of(row, "deletion_state") in ("deleted", "purging")
    return is_own or int(_last(key)) == personal


def _account(key: Key) -> str:
    return key[0][: len("ACCOUNT#000000000")]


def _last(key: Key) -> str:
    return key[1].rpartition("#")[2]


def _holder(key: Key) -> str:
    return key[0].rpartition("#")[2]


def _user(key: Key, user: str | None) -> tuple[Key, str]:
    return (_account(key), f"USER#{user}"), "user"


def _workspace(key: Key, number: int) -> tuple[Key, str]:
    return (f"{_account(key)}#WORKSPACE#{number:016}", "META"), "workspace"


def _of_activity(key: Key, item: Item) -> Needed:
    workspace = number_of(item, "workspace")
    place, what = _workspace(key, workspace)
    yield place, what
    stack = number_of(item, "stack")
    if stack not in (0, workspace + 1):
        yield (place[0], f"STACK#{stack:016}"), "stack"


def _of_comment(key: Key, _: Item) -> Needed:
    yield (f"{_account(key)}#ACTIVITIES", f"ACTIVITY#{_holder(key)}"), "activity"
    yield (_account(key), f"COMMENT_LOOKUP#{_last(key)}"), "lookup"


def _of_comment_lookup(key: Key, item: Item) -> Needed:
    yield (f"{key[0]}#ACTIVITY#{number_of(item, 'activity'):016}", f"COMMENT#{_last(key)}"), "comment"


def _of_stack(key: Key, item: Item) -> Needed:
    yield (key[0], "META"), "workspace"
    yield (_account(key), f"STACK_LOOKUP#{_last(key)}"), "lookup"
    yield from _note_of_purge(key, item, f"{_holder(key)}#{_last(key)}")


def _note_of_purge(key: Key, item: Item, ids: str) -> Needed:
    if text_of(item, "deletion_state") in ("deleted", "purging"):
        account = int(_account(key).rpartition("#")[2])
        yield ("PURGES", f"{text_of(item, 'purge_at')}#{account:09}#{ids}"), "note of its purge"


def _of_stack_lookup(key: Key, item: Item) -> Needed:
    yield (f"{key[0]}#WORKSPACE#{number_of(item, 'workspace'):016}", f"STACK#{_last(key)}"), "stack"


def _of_member(key: Key, item: Item) -> Needed:
    user = text_of(item, "user")
    yield (key[0], "META"), "workspace"
    yield _user(key, user)
    yield (f"{_account(key)}#USER#{user}", f"WORKSPACE#{_holder(key)}"), "membership"
    if text_of(item, "role") == "invited":
        for holder in (user, text_of(item, "inviter")):
            yield (f"{_account(key)}#USER#{holder}", f"INVITATION#{number_of(item, 'invitation'):016}"), "invitation"


def _of_membership(key: Key, _: Item) -> Needed:
    yield (f"{_account(key)}#WORKSPACE#{_last(key)}", f"MEMBER#{_holder(key)}"), "member"


def _of_invitation(key: Key, item: Item) -> Needed:
    user, inviter, workspace = text_of(item, "user"), text_of(item, "inviter"), number_of(item, "workspace")
    yield _user(key, user)
    if text_of(item, "state") != "pending":
        return
    for holder in (user, inviter):
        yield (f"{_account(key)}#USER#{holder}", key[1]), "other row"
    yield (f"{_account(key)}#WORKSPACE#{workspace:016}", f"MEMBER#{user}"), "place in the workspace"


def _of_delegation(key: Key, item: Item) -> Needed:
    for name in ("delegator", "delegee"):
        yield _user(key, text_of(item, name))
        yield (f"{_account(key)}#USER#{text_of(item, name)}", key[1]), "other row"


def _of_user_row(key: Key, item: Item) -> Needed:
    yield _user(key, text_of(item, "user"))


def _of_account_user(key: Key, item: Item) -> Needed:
    yield ("USERS", key[1]), "row of its account"
    yield _workspace(key, number_of(item, "personal_workspace"))
    if text_of(item, "deletion_state") != "left":
        yield (key[0], f"EMAIL#{(text_of(item, 'email') or '').casefold()}"), "address"
        yield (key[0], f"SLUG#{text_of(item, 'slug')}"), "slug"


def _of_user_account(key: Key, item: Item) -> Needed:
    yield (f"ACCOUNT#{number_of(item, 'account'):09}", key[1]), "user"


def _of_follow(key: Key, item: Item) -> Needed:
    other, side = text_of(item, "other_user"), key[1].split("#")[1]
    yield _user(key, other)
    opposite = "FOLLOWER" if side == "FOLLOWED" else "FOLLOWED"
    yield (f"{_account(key)}#USER#{other}", f"USER#{opposite}#{_holder(key)}"), "other side"


def _of_access_token(key: Key, _: Item) -> Needed:
    yield (key[0], f"CREDENTIAL#{key[1].split('#')[1]}"), "credential"


def _of_workspace(key: Key, item: Item) -> Needed:
    for stack in json.loads(item["stacks"]["S"]):
        yield (key[0], f"STACK#{stack:016}"), "stack"
    yield (key[0], f"MEMBER#{text_of(item, 'owner')}"), "owner among its members"
    yield from _note_of_purge(key, item, f"{_holder(key)}#{0:016}")


RULES: dict[str, Callable[[Key, Item], Needed]] = {
    "access_token": _of_access_token,
    "activity": _of_activity,
    "comment": _of_comment,
    "comment_lookup": _of_comment_lookup,
    "credential": _of_user_row,
    "delegation": _of_delegation,
    "email_address": _of_user_row,
    "follow": _of_follow,
    "invitation": _of_invitation,
    "member": _of_member,
    "membership": _of_membership,
    "slug": _of_user_row,
    "stack": _of_stack,
    "stack_lookup": _of_stack_lookup,
    "user": _of_account_user,
    "user_account": _of_user_account,
    "workspace": _of_workspace,
}
