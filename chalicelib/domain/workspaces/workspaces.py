"""Workspaces: where people share stacks of activities. Everybody has a personal one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, MEMBER, OWNER, Caller
from chalicelib.schemas.workspaces import DEFAULT_SETTINGS, WORKSPACE_TYPES
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace, is_open
from chalicelib.storage.unit_of_work import Change, Precondition

Fields = dict[str, Any]
People = dict[str, User]

PERSONAL, SHARED = WORKSPACE_TYPES
PERSONAL_IDS = 4


@dataclass(frozen=True)
class WorkspaceContext:
    """A workspace that the caller was admitted to, and what was read with it."""

    workspace: Workspace
    member: Member
    people: People
    rows: dict[Key, Row]

    @property
    def owner(self) -> User:
        """Whose workspace it is."""
        return self.people[self.workspace.owner]


@dataclass(frozen=True)
class WorkspaceView:
    """A workspace with its owner, as somebody in this role sees it."""

    workspace: Workspace
    owner: User
    role: str = OWNER


def enter_workspace(
    caller: Caller, workspace_id: int, verb: str, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> WorkspaceContext:
    """The workspace, if the caller may do this in it, with people and other items, in one request.

    Raises errors.NotFound, errors.Forbidden.
    """
    found = read_workspace(caller, workspace_id, people=people, more=more)
    access.require_permission(found.workspace, found.member, verb)
    return found


def read_workspace(
    caller: Caller, workspace_id: int, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> WorkspaceContext:
    """What enter reads, before it is checked: there may be neither workspace nor member."""
    place = Workspace.key(caller.account, workspace_id)
    membership = Member.key(caller.account, workspace_id, caller.user)
    cards = [User.key(caller.account, user) for user in {caller.user, *people}]
    items = table.get_many([place, membership, *cards, *more])
    member: Any = items.get(membership)
    workspace: Any = items.get(place)
    return WorkspaceContext(workspace, member, people_among(items.values()), items)


def get_people(caller: Caller, users: Iterable[str]) -> People:
    """These users of the caller's account; none costs nothing."""
    return people_among(table.get_many(User.key(caller.account, user) for user in users).values())


def people_among(items: Iterable[Row]) -> People:
    """The users among what was read, by their ids."""
    return {item.id: item for item in items if isinstance(item, User)}


def read_open_workspaces(caller: Caller, spaces: Iterable[int], users: Iterable[str]) -> tuple[People, set[int]]:
    """These users, and which of these workspaces are there and not being deleted, in one request."""
    keys = [Workspace.key(caller.account, one) for one in spaces]
    items = table.get_many([*keys, *(User.key(caller.account, user) for user in users)]).values()
    return people_among(items), {item.id for item in items if isinstance(item, Workspace) and not item.deletion_state}


def people_if_open(caller: Caller, spaces: set[int], users: Iterable[str], closing: set[int]) -> People | None:
    """These users; None where some of these workspaces are not (any more) open: `closing` has them then."""
    people, open_ones = read_open_workspaces(caller, spaces, users)
    closing |= spaces - open_ones
    return None if spaces - open_ones else people


def require_workspace_open(caller: Caller, workspace_id: int, lost: str = access.WORKSPACE_NOT_FOUND) -> Precondition:
    """That a workspace is still there, and not being deleted, when a change is committed; what arrives is counted."""
    key = Workspace.key(caller.account, workspace_id)
    return Precondition(Workspace, key, is_open(Workspace), errors.NotFound(lost), Workspace.arrivals)


def inbox_id(workspace_id: int) -> int:
    """The id of a workspace's inbox: both are always taken together."""
    return workspace_id + 1


def get_workspace(caller: Caller, workspace_id: int) -> WorkspaceView:
    """One workspace, also for those invited to it."""
    found = enter_workspace(caller, workspace_id, "see")
    people = found.people | get_people(caller, {found.workspace.owner} - found.people.keys())
    return WorkspaceView(found.workspace, people[found.workspace.owner], found.member.role)


def create_workspace(caller: Caller, fields: Fields) -> Change[WorkspaceView]:
    """A shared workspace, owned by the caller."""
    owner = access.require_active(table.get(User, caller.account, caller.user))
    workspace_id, _ = new_ids(caller.account, 2)
    items = build_workspace(caller.account, caller.user, workspace_id, SHARED, fields)
    return Change(
        WorkspaceView(items[0], owner),
        save=items,
        preconditions=[access.require_user_active(caller.account, caller.user)],
    )


def new_personal_ids(account: int) -> range:
    """New ids for a personal workspace: its own, its inbox's, and those of two stacks."""
    return new_ids(account, PERSONAL_IDS)


def build_personal_workspace(account: int, user: str, ids: Iterable[int]) -> list[Any]:
    """The personal workspace that every user is made with: an inbox and two stacks."""
    workspace_id, _, action, waiting = ids
    items = build_workspace(
        account, user, workspace_id, PERSONAL, {"name": "Personal workspace"}, stacks=[action, waiting]
    )
    return [
        *items,
        *build_stack(account, workspace_id, action, {"name": "Action"}),
        *build_stack(account, workspace_id, waiting, {"name": "Waiting"}),
    ]


def build_stack(account: int, workspace_id: int, stack_id: int, fields: Fields) -> tuple[Stack, StackLookup]:
    """A new stack, as it is found in its workspace and by its id alone."""
    stack = Stack.at(account, workspace_id, stack_id, id=stack_id, **fields)
    return stack, StackLookup.at(account, stack_id, workspace=workspace_id)


def build_workspace(
    account: int, user: str, workspace_id: int, kind: str, fields: Fields, stacks: Iterable[int] = ()
) -> list[Any]:
    """A new workspace, first, and its owner's place in it."""
    workspace = Workspace.at(
        account,
        workspace_id,
        id=workspace_id,
        owner=user,
        created_at=clock.now(),
        name=fields["name"],
        type=kind,
        description=fields.get("description"),
        setting=DEFAULT_SETTINGS | fields.get("setting", {}),
        stacks=list(stacks),
    )
    return [workspace, *build_membership(account, workspace, user, OWNER)]


def build_membership(account: int, workspace: Workspace, user: str, role: str) -> tuple[Member, Membership]:
    """A user's new place in a workspace: as its members are found, and as the user's workspaces are."""
    member = Member.at(account, workspace.id, user, user=user, role=role)
    details = {"workspace": workspace.id, "owner": workspace.owner, "role": role}
    return member, Membership.at(account, user, workspace.id, **details)


def update_workspace(caller: Caller, workspace_id: int, fields: Fields) -> Change[WorkspaceView]:
    """Changes name, description and single settings. Only its owner may."""
    found = enter_workspace(caller, workspace_id, "change")
    workspace = found.workspace
    before = (workspace.name, workspace.description, workspace.setting)
    workspace.name = fields.get("name", workspace.name)
    workspace.description = fields.get("description", workspace.description)
    workspace.setting = workspace.setting | fields.get("setting", {})
    changed = before != (workspace.name, workspace.description, workspace.setting)
    return Change(WorkspaceView(workspace, found.owner), save=[workspace] if changed else [])


def list_workspaces(caller: Caller) -> list[WorkspaceView]:
    """Those that the caller owns or has joined."""
    return _list_by_role(caller, OWNER, MEMBER)


def list_invited_workspaces(caller: Caller) -> list[WorkspaceView]:
    """Those that the caller is invited to and has not joined."""
    return _list_by_role(caller, INVITED)


def list_memberships(caller: Caller) -> list[Membership]:
    """The caller's places in all workspaces but those only invited to, by the ids of the workspaces."""
    return [one for one in _read_memberships(caller) if one.role != INVITED]


def _list_by_role(caller: Caller, *roles: str) -> list[WorkspaceView]:
    """The caller's workspaces in these roles, the personal one first, then the oldest."""
    memberships = [one for one in _read_memberships(caller) if one.role in roles]
    keys = [Workspace.key(caller.account, one.workspace) for one in memberships]
    owners = [User.key(caller.account, one.owner) for one in memberships]
    items = table.get_many([*keys, *owners]).values()
    people = people_among(items)
    spaces = [item for item in items if isinstance(item, Workspace) and not item.deletion_state]
    spaces.sort(key=lambda one: (one.type != PERSONAL or one.owner != caller.user, one.id))
    held = {one.workspace: one.role for one in memberships}
    return [WorkspaceView(one, people[one.owner], held[one.id]) for one in spaces]


def _read_memberships(caller: Caller) -> Iterator[Membership]:
    partition = Membership.key(caller.account, caller.user, 0)[0]
    return table.query(Membership, partition, Membership.prefix)
