"""Who follows whom. Nobody is made to follow: following somebody is what invites to follow back."""

from collections.abc import Iterable
from functools import partial

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.accounts import user_management
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
FOLLOWABLE_TYPES = ("", "user", "users")  # of what can be followed, in a client's words; the first names none


def follow(caller: Caller, who: str) -> Change[User]:
    """Follows a user, by slug or id; a second time changes nothing. Raises errors.NotFound, errors.Conflict."""
    slug = None if is_user_id(who) else table.get(Slug, caller.account, who)
    other = slug.user if slug else who
    own, card = (User.key(caller.account, one) for one in (caller.user, other))
    following = Follow.key(caller.account, caller.user, FOLLOWED_SIDE, other)
    items = table.get_many([own, card, following])
    access.require_active(items.get(own))
    user = items.get(card)
    if not isinstance(user, User) or user.deletion_state:
        raise errors.NotFound(user_management.USER_NOT_FOUND)
    if user.id == caller.user:
        raise errors.Conflict("you cannot follow yourself")
    return Change(user) if following in items else _plan_follow(caller, user)


def _plan_follow(caller: Caller, user: User) -> Change[User]:
    made = [
        Follow.at(caller.account, caller.user, FOLLOWED_SIDE, user.id, other=user.id),
        Follow.at(caller.account, user.id, FOLLOWER_SIDE, caller.user, other=caller.user),
    ]
    gone = errors.NotFound(user_management.USER_NOT_FOUND)
    here = [
        access.require_user_active(caller.account, caller.user),
        access.require_user_active(caller.account, user.id, gone),
    ]
    return Change(user, made, preconditions=here)


def list_followed(caller: Caller, kind: str) -> list[User]:
    """Whom the caller follows, by name; only people can be followed, so that any other kind is nobody."""
    return _list_side(caller, FOLLOWED_SIDE, kind)


def list_followers(caller: Caller, kind: str) -> list[User]:
    """Who follows the caller, by name."""
    return _list_side(caller, FOLLOWER_SIDE, kind)


def list_connections(caller: Caller) -> list[User]:
    """Who shares a workspace with the caller, follows the caller or is followed, by name."""
    partition = Follow.key(caller.account, caller.user, "", "")[0]
    behind = Membership.prefix + table.LAST_SORT_KEY  # memberships follow upon them
    own = [Row.from_raw_data(row) for row in table.query_raw(partition, Follow.prefix, behind)]
    known = {one.other for one in own if isinstance(one, Follow)}
    joined = [one for one in own if isinstance(one, Membership) and one.role != INVITED]
    asked = [partial(_members, caller, one.workspace) for one in joined]
    members = dict(zip((one.workspace for one in joined), run_parallel(asked), strict=True))
    spaces = [Workspace.key(caller.account, one) for one in members]
    cards = [User.key(caller.account, one) for one in known.union(*members.values())]
    items = table.get_many([*spaces, *cards]).values()
    open_ones = [one.id for one in items if isinstance(one, Workspace) and not one.deletion_state]
    meant = known.union(*(members[one] for one in open_ones)) - {caller.user}
    return _by_name(user for user in items if isinstance(user, User) and user.id in meant)


def both_rows(caller: Caller, one: Follow) -> list[Row]:
    """Both items that say the same, of which one was read."""
    holder = one.pk.rpartition("#")[2]
    side = FOLLOWER_SIDE if one.sk.startswith(FOLLOWED_SIDE) else FOLLOWED_SIDE
    return [one, Follow.at(caller.account, one.other, side, holder)]


def _list_side(caller: Caller, side: str, kind: str) -> list[User]:
    if kind.strip().lower() not in FOLLOWABLE_TYPES:
        return []
    partition, prefix = Follow.key(caller.account, caller.user, side, "")
    found = [one.other for one in table.query(Follow, partition, prefix)]
    return _by_name(workspaces.get_people(caller, found).values())


def _members(caller: Caller, workspace_id: int) -> set[str]:
    partition = Workspace.key(caller.account, workspace_id)[0]
    return {one.user for one in table.query(Member, partition, Member.prefix) if one.role != INVITED}


def _by_name(people: Iterable[User]) -> list[User]:
    here = (user for user in people if not user.deletion_state)
    return sorted(here, key=lambda user: (user.last_name, user.first_name, user.id))
