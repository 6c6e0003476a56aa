"""Who follows whom. Nobody is made to follow: following somebody is what invites to follow back."""

from collections.abc import Iterable
from functools import partial

from chalicelib import errors
from chalicelib.domain import access, colleagues, users, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item
from chalicelib.storage.models import Slug, User
from chalicelib.storage.records import Follow
from chalicelib.storage.spaces import Member, Membership, Workspace

FOLLOWED, FOLLOWER = Follow.followed, Follow.follower
KINDS = ("", "user", "users")  # of what can be followed, in a client's words; the first names none


def collaborate(caller: Caller, who: str) -> Change[User]:
    """Follows a user, by slug or id; a second time changes nothing. Raises errors.NotFound, errors.Conflict."""
    slug = None if users.is_id(who) else table.get(Slug, caller.account, who)
    other = slug.user if slug else who
    own, card = (User.key(caller.account, one) for one in (caller.user, other))
    following = Follow.key(caller.account, caller.user, FOLLOWED, other)
    items = table.get_many([own, card, following])
    access.known(items.get(own))
    user = items.get(card)
    if not isinstance(user, User) or user.ending:
        raise errors.NotFound(colleagues.ABSENT)
    if user.id == caller.user:
        raise errors.Conflict("you cannot follow yourself")
    return Change(user) if following in items else _followed(caller, user)


def _followed(caller: Caller, user: User) -> Change[User]:
    made = [
        Follow.at(caller.account, caller.user, FOLLOWED, user.id, other=user.id),
        Follow.at(caller.account, user.id, FOLLOWER, caller.user, other=caller.user),
    ]
    gone = errors.NotFound(colleagues.ABSENT)
    here = [access.here(caller.account, caller.user), access.here(caller.account, user.id, gone)]
    return Change(user, made, requires=here)


def followed(caller: Caller, kind: str) -> list[User]:
    """Whom the caller follows, by name; only people can be followed, so that any other kind is nobody."""
    return _listed(caller, FOLLOWED, kind)


def followers(caller: Caller, kind: str) -> list[User]:
    """Who follows the caller, by name."""
    return _listed(caller, FOLLOWER, kind)


def connections(caller: Caller) -> list[User]:
    """Who shares a workspace with the caller, follows the caller or is followed, by name."""
    partition = Follow.key(caller.account, caller.user, "", "")[0]
    behind = Membership.prefix + table.LAST  # memberships follow upon them
    own = [Item.from_raw_data(row) for row in table.rows(partition, Follow.prefix, behind)]
    known = {one.other for one in own if isinstance(one, Follow)}
    joined = [one for one in own if isinstance(one, Membership) and one.role != INVITED]
    asked = [partial(_members, caller, one.workspace) for one in joined]
    members = dict(zip((one.workspace for one in joined), table.side_by_side(asked), strict=True))
    spaces = [Workspace.key(caller.account, one) for one in members]
    cards = [User.key(caller.account, one) for one in known.union(*members.values())]
    items = table.get_many([*spaces, *cards]).values()
    open_ones = [one.id for one in items if isinstance(one, Workspace) and not one.ending]
    meant = known.union(*(members[one] for one in open_ones)) - {caller.user}
    return _by_name(user for user in items if isinstance(user, User) and user.id in meant)


def sides(caller: Caller, one: Follow) -> list[Item]:
    """Both items that say the same, of which one was read."""
    holder = one.pk.rpartition("#")[2]
    side = FOLLOWER if one.sk.startswith(FOLLOWED) else FOLLOWED
    return [one, Follow.at(caller.account, one.other, side, holder)]


def _listed(caller: Caller, side: str, kind: str) -> list[User]:
    if kind.strip().lower() not in KINDS:
        return []
    partition, prefix = Follow.key(caller.account, caller.user, side, "")
    found = [one.other for one in table.having(Follow, partition, prefix)]
    return _by_name(workspaces.people_of(caller, found).values())


def _members(caller: Caller, workspace_id: int) -> set[str]:
    partition = Workspace.key(caller.account, workspace_id)[0]
    return {one.user for one in table.having(Member, partition, Member.prefix) if one.role != INVITED}


def _by_name(people: Iterable[User]) -> list[User]:
    here = (user for user in people if not user.ending)
    return sorted(here, key=lambda user: (user.last_name, user.first_name, user.id))
