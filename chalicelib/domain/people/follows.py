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
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.users import Slug, User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.unit_of_work import Change

FOLLOWED_SIDE, FOLLOWER_SIDE = Follow.followed, Follow.follower
FOLLOWABLE_TYPES = ("", "user", "users")  # the types that a client may ask for; an empty one means all


def follow(caller: Caller, slug_or_id: str) -> Change[User]:
    """Follow a user. Doing so again changes nothing.

    Raises errors.NotFound, and errors.Conflict for the caller's own user.
    """
    slug = None if is_user_id(slug_or_id) else table.get(Slug, caller.account, slug_or_id)
    followed_id = slug.user if slug else slug_or_id
    caller_key, followed_key = User.key(caller.account, caller.user), User.key(caller.account, followed_id)
    follow_key = Follow.key(caller.account, caller.user, FOLLOWED_SIDE, followed_id)
    rows = table.get_many([caller_key, followed_key, follow_key])
    access.require_active(rows.get(caller_key))
    user = rows.get(followed_key)
    if not isinstance(user, User) or user.deletion_state:
        raise errors.NotFound(user_management.USER_NOT_FOUND)
    if user.id == caller.user:
        raise errors.Conflict("You cannot follow yourself.")
    return Change(user) if follow_key in rows else _plan_follow(caller, user)


def _plan_follow(caller: Caller, user: User) -> Change[User]:
    """Save both rows, if both users still belong to the account."""
    row = Follow.at(caller.account, caller.user, FOLLOWED_SIDE, user.id, other=user.id)
    user_not_found = errors.NotFound(user_management.USER_NOT_FOUND)
    preconditions = [
        access.require_user_active(caller.account, caller.user),
        access.require_user_active(caller.account, user.id, user_not_found),
    ]
    return Change(user, save=both_rows(caller, caller.user, row), preconditions=preconditions)


def both_rows(caller: Caller, holder: str, row: Follow) -> list[Row]:
    """Return the given row, which is in the partition of `holder`, and its counterpart with the other user."""
    opposite_side = FOLLOWER_SIDE if row.sk.startswith(FOLLOWED_SIDE) else FOLLOWED_SIDE
    return [row, Follow.at(caller.account, row.other, opposite_side, holder, other=holder)]


def list_followed(caller: Caller, kind: str) -> list[User]:
    """Return the users whom the caller follows, by name. Any `kind` but users gives an empty list."""
    return _list_side(caller, FOLLOWED_SIDE, kind)


def list_followers(caller: Caller, kind: str) -> list[User]:
    """Return the users who follow the caller, by name. Any `kind` but users gives an empty list."""
    return _list_side(caller, FOLLOWER_SIDE, kind)


def list_connections(caller: Caller) -> list[User]:
    """Return the users who share a workspace with the caller, or follow or are followed by the caller, by name."""
    partition = Follow.key(caller.account, caller.user, "", "")[0]
    last_key = Membership.prefix + table.LAST_SORT_KEY  # memberships come right after follows
    rows = [Row.from_raw_data(row) for row in table.query_raw(partition, Follow.prefix, last_key)]
    connected = {row.other for row in rows if isinstance(row, Follow)}
    workspace_ids = [row.workspace for row in rows if isinstance(row, Membership) and row.role != INVITED]
    members = _read_members(caller, workspace_ids)
    workspace_keys = [Workspace.key(caller.account, workspace_id) for workspace_id in workspace_ids]
    user_keys = [User.key(caller.account, user_id) for user_id in connected.union(*members.values())]
    workspaces_and_users = table.get_many([*workspace_keys, *user_keys]).values()
    for row in workspaces_and_users:
        if isinstance(row, Workspace) and not row.deletion_state:
            connected |= members[row.id]
    connected -= {caller.user}
    return _by_name(row for row in workspaces_and_users if isinstance(row, User) and row.id in connected)


def _read_members(caller: Caller, workspace_ids: list[int]) -> dict[int, set[str]]:
    """Return the ids of the owner and the members of each workspace. The workspaces are read in parallel."""

    def read(workspace_id: int) -> set[str]:
        partition = Workspace.key(caller.account, workspace_id)[0]
        return {member.user for member in table.query(Member, partition, Member.prefix) if member.role != INVITED}

    members = run_parallel([partial(read, workspace_id) for workspace_id in workspace_ids])
    return dict(zip(workspace_ids, members, strict=True))


def _list_side(caller: Caller, side: str, kind: str) -> list[User]:
    """Return the users on one side of the caller's follows, by name."""
    if kind.strip().lower() not in FOLLOWABLE_TYPES:
        return []
    partition, prefix = Follow.key(caller.account, caller.user, side, "")
    user_ids = [row.other for row in table.query(Follow, partition, prefix)]
    return _by_name(workspaces.get_people(caller, user_ids).values())


def _by_name(people: Iterable[User]) -> list[User]:
    """Return those who still belong to the account, by name."""
    active = [user for user in people if not user.deletion_state]
    return sorted(active, key=users.name_order)
