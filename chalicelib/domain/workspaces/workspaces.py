"""Workspaces, in which users share stacks of activities. Every user has a personal one."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import INVITED, MEMBER, OWNER, Caller
from chalicelib.json_text import JsonObject
from chalicelib.schemas.workspaces import DEFAULT_SETTINGS, WORKSPACE_TYPES
from chalicelib.storage import table
from chalicelib.storage.ids import new_ids
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Membership, Workspace, is_open
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Precondition

People = dict[str, User]  # by their ids

PERSONAL, SHARED = WORKSPACE_TYPES
PERSONAL_IDS = 4


class WorkspaceContext(NamedTuple):
    """A workspace, the caller's membership in it, and the other rows that were read with them."""

    workspace: Workspace
    member: Member
    people: People
    rows: Rows

    @property
    def owner(self) -> User:
        """Return the owner of the workspace, who must be among `people`."""
        return self.people[self.workspace.owner]


class UncheckedContext(NamedTuple):
    """A workspace and the rows that were read with it, before the caller's permission is checked.

    `workspace` is None if it does not exist, and `member` is None if the caller is not a member of it.
    """

    workspace: Workspace | None
    member: Member | None
    people: People
    rows: Rows

    def require_permission(self, permission: str) -> WorkspaceContext:
        """Return the workspace if the caller has the permission with this name. Raises NotFound and Forbidden."""
        workspace, member = access.require_permission(self.workspace, self.member, permission)
        return WorkspaceContext(workspace, member, self.people, self.rows)


class WorkspaceView(NamedTuple):
    """A workspace with its owner and the role of the user who looks at it."""

    workspace: Workspace
    owner: User
    role: str = OWNER


def enter_workspace(
    caller: Caller,
    workspace_id: int,
    permission: str,
    *,
    people: Iterable[str] = (),
    refs: Iterable[Ref[Row]] = (),
) -> WorkspaceContext:
    """Return a workspace in which the caller has a permission, with these people and the rows that `refs` name.

    It takes one request. Raises NotFound and Forbidden.
    """
    context = read_workspace(caller, workspace_id, people=people, refs=refs)
    return context.require_permission(permission)


def require_may_enter(caller: Caller, workspace_id: int) -> None:
    """Raise NotFound or Forbidden unless the caller may see what is in a workspace.

    Call it before contents are read: otherwise the time of a refusal would tell how much a hidden workspace has in it.
    `enter_workspace` checks again afterwards, because the deletion of the workspace may have begun meanwhile.
    """
    rows = table.get_many(workspace_refs(caller, workspace_id))
    find_workspace(caller, workspace_id, rows).require_permission("enter")


def read_workspace(
    caller: Caller,
    workspace_id: int,
    *,
    people: Iterable[str] = (),
    refs: Iterable[Ref[Row]] = (),
) -> UncheckedContext:
    """Return what `enter_workspace` returns, without checking any permission."""
    user_refs = [User.ref(caller.account, user) for user in {caller.user, *people}]
    rows = table.get_many([*workspace_refs(caller, workspace_id), *user_refs, *refs])
    return find_workspace(caller, workspace_id, rows)


def workspace_refs(caller: Caller, workspace_id: int) -> list[Ref[Row]]:
    """Return the references that `find_workspace` needs: to a workspace and to the caller's place in it."""
    return [Workspace.ref(caller.account, workspace_id), Member.ref(caller.account, workspace_id, caller.user)]


def find_workspace(caller: Caller, workspace_id: int, rows: Rows) -> UncheckedContext:
    """Return a workspace that has been read with other rows, together with the users among these rows."""
    workspace = rows.get(Workspace.ref(caller.account, workspace_id))
    member = rows.get(Member.ref(caller.account, workspace_id, caller.user))
    return UncheckedContext(workspace, member, users_by_id(rows), rows)


def get_people(caller: Caller, users: Iterable[str]) -> People:
    """Return these users of the caller's account. Without users it makes no request."""
    return users_by_id(table.get_many(User.ref(caller.account, user) for user in users))


def users_by_id(rows: Rows) -> People:
    """Return the users among these rows."""
    return {user.id: user for user in rows.all(User)}


def read_open_workspaces(caller: Caller, spaces: Iterable[int], users: Iterable[str]) -> tuple[People, set[int]]:
    """Return these users, and the ids of those of these workspaces that exist and have not been deleted.

    It takes one request.
    """
    refs: list[Ref[Row]] = [Workspace.ref(caller.account, workspace_id) for workspace_id in spaces]
    rows = table.get_many([*refs, *(User.ref(caller.account, user) for user in users)])
    return users_by_id(rows), {workspace.id for workspace in open_workspaces(rows)}


def people_if_open(caller: Caller, spaces: set[int], users: Iterable[str]) -> tuple[People | None, set[int]]:
    """Return these users, and the ids of those of these workspaces that do not exist or were deleted.

    If there are such workspaces, the users are None, and the ids contain those of all deleted workspaces of the caller,
    so that a list which is read again without them meets no further one.
    """
    people, open_spaces = read_open_workspaces(caller, spaces, users)
    if spaces <= open_spaces:
        return people, set()
    known = spaces | {membership.workspace for membership in _read_memberships(caller)}
    _, all_open = read_open_workspaces(caller, known, ())
    return None, known - all_open


def require_workspace_open(caller: Caller, workspace_id: int, lost: str = access.WORKSPACE_NOT_FOUND) -> Precondition:
    """Return the precondition that a workspace exists and has not been deleted when a change is committed.

    `lost` is the message of the NotFound error otherwise. The workspace also counts the change among its `additions`,
    so that a deletion which read the workspace before the change is planned again.
    """
    key = Workspace.ref(caller.account, workspace_id)
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
    owner = access.require_active(table.get(User.ref(caller.account, caller.user)))
    workspace_id, _ = new_ids(caller.account, 2)
    workspace, *membership = build_workspace(caller.account, caller.user, workspace_id, SHARED, fields)
    return Change(
        WorkspaceView(workspace, owner),
        save=[workspace, *membership],
        preconditions=[access.require_user_active(caller.account, caller.user)],
    )


def new_personal_ids(account: int) -> range:
    """Draw the ids of a new personal workspace: one for itself, one for its inbox and two for its stacks."""
    return new_ids(account, PERSONAL_IDS)


def build_personal_workspace(account: int, user: str, ids: Iterable[int]) -> list[Row]:
    """Return the rows of a user's personal workspace, which starts with an inbox and two stacks.

    `ids` come from `new_personal_ids`. The first one is the id of the workspace.
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
) -> tuple[Workspace, Member, Membership]:
    """Return the rows of a new workspace: the workspace itself, and both rows of its owner `user` in it."""
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
    return workspace, *build_membership(account, workspace, user, OWNER)


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
    refs: list[Ref[Row]] = [Workspace.ref(caller.account, membership.workspace) for membership in memberships]
    rows = table.get_many([*refs, *(User.ref(caller.account, membership.owner) for membership in memberships)])
    people = users_by_id(rows)
    role_in = {membership.workspace: membership.role for membership in memberships}
    own_first = sorted(
        open_workspaces(rows),
        key=lambda workspace: (workspace.type != PERSONAL or workspace.owner != caller.user, workspace.id),
    )
    return [WorkspaceView(workspace, people[workspace.owner], role_in[workspace.id]) for workspace in own_first]


def open_workspaces(rows: Rows) -> list[Workspace]:
    """Return the workspaces among these rows that have not been deleted."""
    return [workspace for workspace in rows.all(Workspace) if not workspace.deletion_state]


def _read_memberships(caller: Caller) -> Iterator[Membership]:
    return table.query(Membership.of_user(caller.account, caller.user))
