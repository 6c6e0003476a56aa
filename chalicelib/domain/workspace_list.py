"""Lists of workspaces: the caller's own, those joined, those only invited to."""

from collections.abc import Iterator

from chalicelib.domain import workspaces
from chalicelib.domain.access import INVITED, MEMBER, OWNER, Caller
from chalicelib.domain.workspaces import PERSONAL, Owned
from chalicelib.storage import table
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Membership, Workspace


def available(caller: Caller) -> list[Owned]:
    """Those that the caller owns or has joined."""
    return _mine(caller, OWNER, MEMBER)


def invited(caller: Caller) -> list[Owned]:
    """Those that the caller is invited to and has not joined."""
    return _mine(caller, INVITED)


def joined_by(caller: Caller) -> list[Membership]:
    """The caller's places in all workspaces but those only invited to, by the ids of the workspaces."""
    return [one for one in _memberships(caller) if one.role != INVITED]


def _mine(caller: Caller, *roles: str) -> list[Owned]:
    """The caller's workspaces in these roles, the personal one first, then the oldest."""
    memberships = [one for one in _memberships(caller) if one.role in roles]
    keys = [Workspace.key(caller.account, one.workspace) for one in memberships]
    owners = [User.key(caller.account, one.owner) for one in memberships]
    items = table.get_many([*keys, *owners]).values()
    people = workspaces.people_in(items)
    spaces = [item for item in items if isinstance(item, Workspace) and not item.ending]
    spaces.sort(key=lambda one: (one.type != PERSONAL or one.owner != caller.user, one.id))
    held = {one.workspace: one.role for one in memberships}
    return [Owned(one, people[one.owner], held[one.id]) for one in spaces]


def _memberships(caller: Caller) -> Iterator[Membership]:
    partition = Membership.key(caller.account, caller.user, 0)[0]
    return table.having(Membership, partition, Membership.prefix)
