"""The marks of deleted workspaces and stacks: set a mark, which hides the object at once, and take it away again.

A marked object keeps its rows until the scheduled function purges it. To restore it is one write, because everything in
it has stayed in its place. A note of each purge is kept as a row of its own, so that nobody has to search for marks.
"""

from chalicelib import clock, config, errors
from chalicelib.domain import access
from chalicelib.domain.access import OWNER, WORKSPACE_NOT_FOUND, Caller
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.stacks import STACK_NOT_IN_WORKSPACE, StackContents
from chalicelib.domain.workspaces.workspaces import UncheckedContext, WorkspaceView
from chalicelib.storage.models.deletion_states import ARCHIVING, DELETED, PURGING
from chalicelib.storage.models.purges import Purge
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.unit_of_work import Change

SECONDS_PER_DAY = 86_400
MARK_WRITES = 3  # of the mark of a stack: the stack, its workspace and the note of its purge


def plan_workspace_mark(account: int, workspace: Workspace) -> Change[None]:
    """Mark a workspace as deleted. Its rows are removed after PURGE_DAYS."""
    workspace.deletion_state, workspace.purge_at = DELETED, _purge_time()
    return Change(None, save=[workspace, Purge.build(workspace.purge_at, account, workspace.id)])


def plan_stack_mark(account: int, workspace: Workspace, stack: Stack) -> Change[None]:
    """Mark a stack without items as deleted, and take it out of the order of stacks."""
    workspace.stacks = [stack_id for stack_id in workspace.stacks if stack_id != stack.id]
    stack.deletion_state, stack.purge_at = DELETED, _purge_time()
    return Change(None, save=[workspace, stack, Purge.build(stack.purge_at, account, workspace.id, stack.id)])


def plan_immediate_purge(account: int, workspace: Workspace) -> Change[None]:
    """Let the next run of the scheduled function finish what an earlier release has begun to remove."""
    workspace.deletion_state, workspace.purge_at = PURGING, clock.now()
    return Change(None, save=[workspace, Purge.build(workspace.purge_at, account, workspace.id)])


def _purge_time() -> str:
    return clock.in_seconds(config.PURGE_DAYS * SECONDS_PER_DAY)


def restore_workspace(caller: Caller, workspace_id: int) -> Change[WorkspaceView]:
    """Restore a deleted workspace with everything that was in it. Only its owner may do so.

    Raises errors.NotFound, also if it was deleted and the caller is not the owner, or if the purge has begun. Raises
    errors.Conflict if it was not deleted or its items are still moving to the archive, and errors.Forbidden.
    """
    context = workspaces.read_workspace(caller, workspace_id)
    workspace = _require_restorable(context)
    owner = access.require_active(context.people.get(caller.user))
    purge = Purge.at(workspace.purge_at, caller.account, workspace_id)
    workspace.deletion_state = workspace.purge_at = None
    owner_active = access.require_user_active(caller.account, caller.user)
    return Change(WorkspaceView(workspace, owner), [workspace], [purge], preconditions=[owner_active])


def _require_restorable(context: UncheckedContext) -> Workspace:
    """Return the workspace if it can be restored and the caller is its owner. Raises as `restore_workspace`."""
    workspace, member = context.workspace, context.member
    if workspace is None or member is None:
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    if not workspace.deletion_state:
        access.require_permission(workspace, member, "delete")
        raise errors.Conflict("This workspace has not been deleted.")
    if member.role != OWNER or workspace.deletion_state not in (ARCHIVING, DELETED):
        raise errors.NotFound(WORKSPACE_NOT_FOUND)
    if workspace.deletion_state == ARCHIVING:
        raise errors.Conflict("The items of this workspace are still being archived. Repeat its deletion first.")
    return workspace


def restore_stack(
    caller: Caller, workspace_id: int, stack_id: int, position: int | None = None
) -> Change[StackContents]:
    """Restore a deleted stack at a position among the others, counted from the bottom. None is the top.

    It is empty, because its items moved to the inbox when it was deleted. Raises errors.NotFound, errors.Forbidden, and
    errors.Conflict if it was not deleted, if its items are still moving, for the inbox, and if there is no room for it.
    """
    stack_ref = Stack.ref(caller.account, workspace_id, stack_id)
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=[stack_ref])
    workspace, stack = context.workspace, context.rows.get(stack_ref)
    if stack is None and not stacks.is_inbox(workspace_id, stack_id):
        raise errors.NotFound(STACK_NOT_IN_WORKSPACE)
    if stack is None or not stack.is_deleted:
        raise errors.Conflict("This stack has not been deleted.")
    stacks.require_room(workspace)
    purge = Purge.at(stack.purge_at, caller.account, workspace_id, stack_id)
    stack.deletion_state = stack.purge_at = None
    workspace.stacks = stacks.order_with(workspace, stack_id, position)
    contents = stacks.with_name(StackContents(workspace_id, stack_id, [], {}), stack)
    return Change(contents, save=[workspace, stack], delete=[purge])
