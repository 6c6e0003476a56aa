"""Workspaces, in which users share stacks of activities. Every user has a personal one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, MEMBER, OWNER, Caller
from chalicelib.json_text import JsonObject
from chalicelib.schemas.workspaces import DEFAULT_SETTINGS, WORKSPACE_TYPES
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace, is_open
from chalicelib.storage.unit_of_work import Change, Precondition

People = dict[str, User]  # by their ids

PERSONAL, SHARED = WORKSPACE_TYPES
PERSONAL_IDS = 4


@dataclass(frozen=True)
class WorkspaceContext:
    """A workspace, the caller's membership in it, and the other rows that were read with them."""

    workspace: Workspace
    member: Member
    people: People
    rows: dict[Key, Row]

    @property
    def owner(self) -> User:
        """Return the owner of the workspace, who must be among `people`."""
        return self.people[self.workspace.owner]


class WorkspaceView(NamedTuple):
    """A workspace with its owner and the role of the user who looks at it."""

    workspace: Workspace
    owner: User
    role: str = OWNER


def enter_workspace(
    caller: Caller, workspace_id: int, verb: str, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> WorkspaceContext:
    """Return a workspace in which the caller has the permission `verb`, with these people and the rows of `more`.

    It takes one request. Raises NotFound and Forbidden.
    """
    context = read_workspace(caller, workspace_id, people=people, more=more)
    access.require_permission(context.workspace, context.member, verb)
    return context


def read_workspace(
    caller: Caller, workspace_id: int, *, people: Iterable[str] = (), more: Iterable[Key] = ()
) -> WorkspaceContext:
    """Return what `enter_workspace` returns without checking any permission.

    If the workspace does not exist or the caller is not a member, `workspace` or `member` is None. Pass both to
    `access.require_permission` before using them.
    """
    workspace_key = Workspace.key(caller.account, workspace_id)
    member_key = Member.key(caller.account, workspace_id, caller.user)
    user_keys = [User.key(caller.account, user) for user in {caller.user, *people}]
    rows = table.get_many([workspace_key, member_key, *user_keys, *more])
    workspace: Any = rows.get(workspace_key)
    member: Any = rows.get(member_key)
    return WorkspaceContext(workspace, member, users_by_id(rows.values()), rows)


def get_people(caller: Caller, users: Iterable[str]) -> People:
    """Return these users of the caller's account. Without users it makes no request."""
    return users_by_id(table.get_many(User.key(caller.account, user) for user in users).values())


def users_by_id(rows: Iterable[Row]) -> People:
    """Return the users among these rows."""
    return {row.id: row for row in rows if isinstance(row, User)}


def read_open_workspaces(caller: Caller, spaces: Iterable[int], users: Iterable[str]) -> tuple[People, set[int]]:
    """Return these users, and the ids of those of these workspaces that exist and are not being deleted.

    It takes one request.
    """
    workspace_keys = [Workspace.key(caller.account, workspace_id) for workspace_id in spaces]
    user_keys = [User.key(caller.account, user) for user in users]
    rows = table.get_many([*workspace_keys, *user_keys]).values()
    return users_by_id(rows), {workspace.id for workspace in _open_workspaces(rows)}


def people_if_open(caller: Caller, spaces: set[int], users: Iterable[str], closing: set[int]) -> People | None:
    """Return these users, or None if some of these workspaces do not exist or are being deleted.

    The ids of those workspaces are added to `closing`.
    """
    people, open_spaces = read_open_workspaces(caller, spaces, users)
    closing |= spaces - open_spaces
    return people if spaces <= open_spaces else None


def require_workspace_open(caller: Caller, workspace_id: int, lost: str = access.WORKSPACE_NOT_FOUND) -> Precondition:
    """Return the precondition that a workspace exists and is not being deleted when a change is committed.

    `lost` is the message of the NotFound error otherwise. The workspace also counts the change among its `arrivals`, so
    that a deletion which read the workspace before the change is planned again.
    """
    key = Workspace.key(caller.account, workspace_id)
    return Precondition(key, is_open(Workspace), errors.NotFound(lost), Workspace.additions)


def inbox_id(workspace_id: int) -> int:
    """Return the id of a workspace's inbox. The two ids are always drawn together."""
    return workspace_id + 1


def get_workspace(caller: Caller, workspace_id: int) -> WorkspaceView:
    """Return one workspace. Users who are only invited to it may see it too. Raises NotFound."""
    context = enter_workspace(caller, workspace_id, "see")
    owner_id = context.workspace.owner
    people = context.people if owner_id in context.people else get_people(caller, [owner_id])
    return WorkspaceView(context.workspace, people[owner_id], context.member.role)


def create_workspace(caller: Caller, fields: JsonObject) -> Change[WorkspaceView]:
    """Create a shared workspace that the caller owns. Raises Forbidden if the caller has left the account."""
    owner = access.require_active(table.get(User, caller.account, caller.user))
    workspace_id, _ = new_ids(caller.account, 2)
    rows = build_workspace(caller.account, caller.user, workspace_id, SHARED, fields)
    return Change(
        WorkspaceView(rows[0], owner),
        save=rows,
        preconditions=[access.require_user_active(caller.account, caller.user)],
    )


def new_personal_ids(account: int) -> range:
    """Draw the ids of a new personal workspace: one for itself, one for its inbox and two for its stacks."""
    return new_ids(account, PERSONAL_IDS)


def build_personal_workspace(account: int, user: str, ids: Iterable[int]) -> list[Any]:
    """Return the rows of a user's personal workspace, which starts with an inbox and two stacks.

    The first row is the workspace. `ids` come from `new_personal_ids`.
    """
    workspace_id, _, action_id, waiting_id = ids
    fields = {"name": "Personal workspace"}
    return [
        *build_workspace(account, user, workspace_id, PERSONAL, fields, stacks=[action_id, waiting_id]),
        *build_stack(account, workspace_id, action_id, {"name": "Action"}),
        *build_stack(account, workspace_id, waiting_id, {"name": "Waiting"}),
    ]


def build_stack(account: int, workspace_id: int, stack_id: int, fields: JsonObject) -> tuple[Stack, StackLookup]:
    """Return the rows of a new stack: the stack itself, and the row that finds its workspace by the id of the stack."""
    stack = Stack.at(account, workspace_id, stack_id, id=stack_id, **fields)
    return stack, StackLookup.at(account, stack_id, workspace=workspace_id)


def build_workspace(
    account: int, user: str, workspace_id: int, kind: str, fields: JsonObject, stacks: Iterable[int] = ()
) -> list[Any]:
    """Return the rows of a new workspace: the workspace itself first, then the membership of its owner `user`."""
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
    """Return the rows of a new membership: one lists the members of a workspace, one the workspaces of a user."""
    member = Member.at(account, workspace.id, user, user=user, role=role)
    details = {"workspace": workspace.id, "owner": workspace.owner, "role": role}
    return member, Membership.at(account, user, workspace.id, **details)


def update_workspace(caller: Caller, workspace_id: int, fields: JsonObject) -> Change[WorkspaceView]:
    """Change the given fields and settings of a workspace and keep all others.

    Raises NotFound, and Forbidden if the caller is not its owner.
    """
    context = enter_workspace(caller, workspace_id, "change")
    workspace = context.workspace
    before = (workspace.name, workspace.description, workspace.setting)
    workspace.name = fields.get("name", workspace.name)
    workspace.description = fields.get("description", workspace.description)
    workspace.setting = workspace.setting | fields.get("setting", {})
    is_changed = before != (workspace.name, workspace.description, workspace.setting)
    return Change(WorkspaceView(workspace, context.owner), save=[workspace] if is_changed else [])


def list_workspaces(caller: Caller) -> list[WorkspaceView]:
    """Return the workspaces that the caller owns or has joined."""
    return _list_by_role(caller, OWNER, MEMBER)


def list_invited_workspaces(caller: Caller) -> list[WorkspaceView]:
    """Return the workspaces that the caller is invited to and has not joined."""
    return _list_by_role(caller, INVITED)


def list_memberships(caller: Caller) -> list[Membership]:
    """Return the caller's memberships in the order of the workspaces' ids, without workspaces only invited to."""
    return [membership for membership in _read_memberships(caller) if membership.role != INVITED]


def _list_by_role(caller: Caller, *roles: str) -> list[WorkspaceView]:
    """Return the caller's workspaces in these roles: first the personal one, then the others, oldest first."""
    memberships = [membership for membership in _read_memberships(caller) if membership.role in roles]
    workspace_keys = [Workspace.key(caller.account, membership.workspace) for membership in memberships]
    owner_keys = [User.key(caller.account, membership.owner) for membership in memberships]
    rows = table.get_many([*workspace_keys, *owner_keys]).values()
    people = users_by_id(rows)
    role_in = {membership.workspace: membership.role for membership in memberships}
    own_first = sorted(
        _open_workspaces(rows),
        key=lambda workspace: (workspace.type != PERSONAL or workspace.owner != caller.user, workspace.id),
    )
    return [WorkspaceView(workspace, people[workspace.owner], role_in[workspace.id]) for workspace in own_first]


def _open_workspaces(rows: Iterable[Row]) -> list[Workspace]:
    """Return the workspaces among these rows that are not being deleted."""
    return [row for row in rows if isinstance(row, Workspace) and not row.deletion_state]


def _read_memberships(caller: Caller) -> Iterator[Membership]:
    partition = Membership.key(caller.account, caller.user, 0)[0]
    return table.query(Membership, partition, Membership.prefix)
