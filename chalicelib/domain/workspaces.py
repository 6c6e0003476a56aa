"""Workspaces: where people share stacks of activities. Everybody has a personal one."""

from collections.abc import Iterable
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, times
from chalicelib.domain.access import OWNER, Caller
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Item, Key
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Member, Membership, Stack, Whereabouts, Workspace, is_open

Fields = dict[str, Any]
People = dict[str, User]

PERSONAL, SHARED = "PersonalWorkspace", "SharedWorkspace"
PERSONAL_IDS = 4
SETTINGS = {
    "allow_take_over_by_members": False,
    "can_change_background": True,
    "allow_invitations": True,
    "members_can_change_blocks": False,
}


@dataclass(frozen=True)
class Found:
    """A workspace that the caller was admitted to, and what was read with it."""

    workspace: Workspace
    member: Member
    people: People
    items: dict[Key, Item]

    @property
    def owner(self) -> User:
        """Whose workspace it is."""
        return self.people[self.workspace.owner]


@dataclass(frozen=True)
class Owned:
    """A workspace with its owner, as somebody in this role sees it."""

    workspace: Workspace
    owner: User
    role: str = OWNER


def enter(
    caller: Caller, workspace_id: int, verb: str, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> Found:
    """The workspace, if the caller may do this in it, with people and other items, in one request.

    Raises errors.NotFound, errors.Forbidden.
    """
    found = look(caller, workspace_id, people=people, more=more)
    access.admit(found.workspace, found.member, verb)
    return found


def look(caller: Caller, workspace_id: int, *, people: Iterable[str] = (), more: Iterable[Key] = ()) -> Found:
    """What enter reads, before it is checked: there may be neither workspace nor member."""
    place = Workspace.key(caller.account, workspace_id)
    membership = Member.key(caller.account, workspace_id, caller.user)
    cards = [User.key(caller.account, user) for user in {caller.user, *people}]
    items = table.get_many([place, membership, *cards, *more])
    member: Any = items.get(membership)
    workspace: Any = items.get(place)
    return Found(workspace, member, people_in(items.values()), items)


def people_of(caller: Caller, users: Iterable[str]) -> People:
    """These users of the caller's account; none costs nothing."""
    return people_in(table.get_many(User.key(caller.account, user) for user in users).values())


def people_in(items: Iterable[Item]) -> People:
    """The users among what was read, by their ids."""
    return {item.id: item for item in items if isinstance(item, User)}


def there(caller: Caller, spaces: Iterable[int], users: Iterable[str]) -> tuple[People, set[int]]:
    """These users, and which of these workspaces are there and not being deleted, in one request."""
    keys = [Workspace.key(caller.account, one) for one in spaces]
    items = table.get_many([*keys, *(User.key(caller.account, user) for user in users)]).values()
    return people_in(items), {item.id for item in items if isinstance(item, Workspace) and not item.ending}


def still_open(caller: Caller, spaces: set[int], users: Iterable[str], closing: set[int]) -> People | None:
    """These users; None where some of these workspaces are not (any more) open: `closing` has them then."""
    people, open_ones = there(caller, spaces, users)
    closing |= spaces - open_ones
    return None if spaces - open_ones else people


def stays(caller: Caller, workspace_id: int, lost: str = access.ABSENT) -> Requirement:
    """That a workspace is still there, and not being deleted, when a change is committed; what arrives is counted."""
    key = Workspace.key(caller.account, workspace_id)
    return Requirement(Workspace, key, is_open(Workspace), errors.NotFound(lost), Workspace.arrivals)


def inbox_of(workspace_id: int) -> int:
    """The id of a workspace's inbox: both are always taken together."""
    return workspace_id + 1


def show(caller: Caller, workspace_id: int) -> Owned:
    """One workspace, also for those invited to it."""
    found = enter(caller, workspace_id, "see")
    people = found.people | people_of(caller, {found.workspace.owner} - found.people.keys())
    return Owned(found.workspace, people[found.workspace.owner], found.member.role)


def create(caller: Caller, fields: Fields) -> Change[Owned]:
    """A shared workspace, owned by the caller."""
    owner = access.known(table.get(User, caller.account, caller.user))
    workspace_id, _ = table.new_ids(caller.account, 2)
    items = founded(caller.account, caller.user, workspace_id, SHARED, fields)
    return Change(Owned(items[0], owner), saves=items, requires=[access.here(caller.account, caller.user)])


def personal_ids(account: int) -> range:
    """New ids for a personal workspace: its own, its inbox's, and those of two stacks."""
    return table.new_ids(account, PERSONAL_IDS)


def personal(account: int, user: str, ids: Iterable[int]) -> list[Any]:
    """The personal workspace that every user is made with: an inbox and two stacks."""
    workspace_id, _, action, waiting = ids
    items = founded(account, user, workspace_id, PERSONAL, {"name": "Personal workspace"}, stacks=[action, waiting])
    return [
        *items,
        *stacked(account, workspace_id, action, {"name": "Action"}),
        *stacked(account, workspace_id, waiting, {"name": "Waiting"}),
    ]


def stacked(account: int, workspace_id: int, stack_id: int, fields: Fields) -> tuple[Stack, Whereabouts]:
    """A new stack, as it is found in its workspace and by its id alone."""
    stack = Stack.at(account, workspace_id, stack_id, id=stack_id, **fields)
    return stack, Whereabouts.at(account, stack_id, workspace=workspace_id)


def founded(
    account: int, user: str, workspace_id: int, kind: str, fields: Fields, stacks: Iterable[int] = ()
) -> list[Any]:
    """A new workspace, first, and its owner's place in it."""
    workspace = Workspace.at(
        account,
        workspace_id,
        id=workspace_id,
        owner=user,
        created_at=times.now(),
        name=fields["name"],
        type=kind,
        description=fields.get("description"),
        setting=SETTINGS | fields.get("setting", {}),
        stacks=list(stacks),
    )
    return [workspace, *joined(account, workspace, user, OWNER)]


def joined(account: int, workspace: Workspace, user: str, role: str) -> tuple[Member, Membership]:
    """A user's new place in a workspace: as its members are found, and as the user's workspaces are."""
    member = Member.at(account, workspace.id, user, user=user, role=role)
    details = {"workspace": workspace.id, "owner": workspace.owner, "role": role}
    return member, Membership.at(account, user, workspace.id, **details)


def update(caller: Caller, workspace_id: int, fields: Fields) -> Change[Owned]:
    """Changes name, description and single settings. Only its owner may."""
    found = enter(caller, workspace_id, "change")
    workspace = found.workspace
    before = (workspace.name, workspace.description, workspace.setting)
    workspace.name = fields.get("name", workspace.name)
    workspace.description = fields.get("description", workspace.description)
    workspace.setting = workspace.setting | fields.get("setting", {})
    changed = before != (workspace.name, workspace.description, workspace.setting)
    return Change(Owned(workspace, found.owner), saves=[workspace] if changed else [])
