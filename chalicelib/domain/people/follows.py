"""Following: users follow one another. Following a user also serves as the invitation to follow back."""

from collections.abc import Iterable
from functools import partial

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import user_management, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.follows import FOLLOWED, FOLLOWER, Follow
from chalicelib.storage.models.users import Slug, User
from chalicelib.storage.models.workspaces import Member, Membership
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.unit_of_work import Change

FOLLOWABLE_TYPES = ("", "user", "users")  # the types that a client may ask for; an empty one means all


def follow(caller: Caller, slug_or_id: str) -> Change[User]:
    """Follow a user. Doing so again changes nothing.

    Raises errors.NotFound, and errors.Conflict for the caller's own user.
    """
    slug = None if is_user_id(slug_or_id) else table.get(Slug.ref(caller.account, slug_or_id))
    followed_id = slug.user if slug else slug_or_id
    caller_ref, followed_ref = User.ref(caller.account, caller.user), User.ref(caller.account, followed_id)
    follow_ref = Follow.ref(caller.account, caller.user, FOLLOWED, followed_id)
    rows = table.get_many([caller_ref, followed_ref, follow_ref])
    access.require_active(rows.get(caller_ref))
    user = rows.get(followed_ref)
    if user is None or user.deletion_state:
        raise errors.NotFound(user_management.USER_NOT_FOUND)
    if user.id == caller.user:
        raise errors.Conflict("You cannot follow yourself.")
    return Change(user) if follow_ref in rows else _plan_follow(caller, user)


def _plan_follow(caller: Caller, user: User) -> Change[User]:
    """Save both rows, if both users still belong to the account."""
    row = Follow.at(caller.account, caller.user, FOLLOWED, user.id, other_user=user.id)
    user_not_found = errors.NotFound(user_management.USER_NOT_FOUND)
    preconditions = [
        access.require_user_active(caller.account, caller.user),
        access.require_user_active(caller.account, user.id, user_not_found),
    ]
    return Change(user, save=both_rows(caller, caller.user, row), preconditions=preconditions)


def both_rows(caller: Caller, holder: str, row: Follow) -> list[Row]:
    """Return the given row, which is in the partition of `holder`, and its counterpart with the other user."""
    opposite_side = FOLLOWER if row.side == FOLLOWED else FOLLOWED
    return [row, Follow.at(caller.account, row.other_user, opposite_side, holder, other_user=holder)]


def list_followed(caller: Caller, kind: str) -> list[User]:
    """Return the users whom the caller follows, by name. Any `kind` but users gives an empty list."""
    return _list_side(caller, FOLLOWED, kind)


def list_followers(caller: Caller, kind: str) -> list[User]:
    """Return the users who follow the caller, by name. Any `kind` but users gives an empty list."""
    return _list_side(caller, FOLLOWER, kind)


def list_connections(caller: Caller) -> list[User]:
    """Return the users who share a workspace with the caller, or follow or are followed by the caller, by name."""
    rows = table.query_rows(Follow.with_memberships(caller.account, caller.user))
    connected = {follow.other_user for follow in rows.all(Follow)}
    workspace_ids = [one.workspace for one in rows.all(Membership) if one.role != INVITED]
    members = _read_members(caller, workspace_ids)
    user_ids = connected.union(*members.values())
    people, open_spaces = workspaces.read_open_workspaces(caller, workspace_ids, user_ids)
    connected = connected.union(*(members[workspace_id] for workspace_id in open_spaces)) - {caller.user}
    return _by_name(user for user in people.values() if user.id in connected)


def _read_members(caller: Caller, workspace_ids: list[int]) -> dict[int, set[str]]:
    """Return the ids of the owner and the members of each workspace. The workspaces are read in parallel."""

    def read(workspace_id: int) -> set[str]:
        stored_members = table.query(Member.of_workspace(caller.account, workspace_id))
        return {member.user for member in stored_members if member.role != INVITED}

    members = run_parallel([partial(read, workspace_id) for workspace_id in workspace_ids])
    return dict(zip(workspace_ids, members, strict=True))


def _list_side(caller: Caller, side: str, kind: str) -> list[User]:
    """Return the users on one side of the caller's follows, by name."""
    if kind.strip().lower() not in FOLLOWABLE_TYPES:
        return []
    user_ids = [row.other_user for row in table.query(Follow.on_side(caller.account, caller.user, side))]
    return _by_name(workspaces.get_people(caller, user_ids).values())


def _by_name(people: Iterable[User]) -> list[User]:
    """Return those who still belong to the account, by name."""
    active = [user for user in people if not user.deletion_state]
    return sorted(active, key=users.name_order)
