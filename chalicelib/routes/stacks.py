"""/api/workspaces/{id}/inbox and stacks: the calls of the Workspaces document about what holds items."""

from chalicelib import render
from chalicelib.domain import items, removals, stacks
from chalicelib.domain.stacks import Filled
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas import ITEM, LIST, POSITION, REMOVAL, STACK
from chalicelib.storage.changes import Change

routes = Routes(__name__)
INBOX = spelled("/{workspace_id}/inbox")
ALL = spelled("/{workspace_id}/stacks")
ONE = spelled("/{workspace_id}/stacks/{stack_id}")


def _shown(call: Call, filled: Filled) -> str:
    return render.stack(filled, call.addresses)


@routes.get(*INBOX)
def get_inbox(call: Call, workspace_id: int) -> str:
    """Returns the inbox (and everything on it) of the workspace."""
    return render.inbox(stacks.inbox(call.caller, workspace_id), call.addresses)


@routes.put(*INBOX, body=ITEM)
def put_on_inbox(call: Call, workspace_id: int) -> Change[str]:
    """Places the given item on the workspace's inbox. Returns the updated inbox."""
    if items.is_new(call.body):
        change = items.create_on_inbox(call.caller, workspace_id, call.body)
    else:
        change = items.move_to_inbox(call.caller, workspace_id, call.body["id"])
    return change.answering(render.inbox(change.answer, call.addresses))


@routes.get(*ALL, query=LIST)
def list_stacks(call: Call, workspace_id: int) -> Reply:
    """Get the workspace stacks."""
    filled = stacks.listing(call.caller, workspace_id)
    return paging.page_of(call, [{"id": one.id} for one in filled], [_shown(call, one) for one in filled])


@routes.post(*ALL, body=STACK)
def create_stack(call: Call, workspace_id: int) -> Change[Reply]:
    """Creates a new empty stack in the workspace. Returns the created stack."""
    change = stacks.create(call.caller, workspace_id, call.body)
    location = call.href(f"/api/workspaces/{workspace_id}/stacks/{change.answer.id}")
    return change.answering(Reply(_shown(call, change.answer), 201, {"Location": location}))


@routes.get(*ONE)
def get_stack(call: Call, workspace_id: int, stack_id: int) -> str:
    """Get a single workspace stack."""
    return _shown(call, stacks.show(call.caller, workspace_id, stack_id))


@routes.patch(*ONE, body=STACK)
def update_stack(call: Call, workspace_id: int, stack_id: int) -> Change[str]:
    """Updates the stack, returns the updates stack."""
    change = stacks.update(call.caller, workspace_id, stack_id, call.body)
    return change.answering(_shown(call, change.answer))


@routes.delete(*ONE, query=REMOVAL, in_steps=True)
def delete_stack(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Items on the stack will be moved to the workspace inbox."""
    return removals.delete_stack(call.caller, workspace_id, stack_id).answering(Reply("", 204))


@routes.put(*spelled("/{workspace_id}/stacks/{stack_id}/reorder"), body=POSITION)
def reorder_stack(call: Call, workspace_id: int, stack_id: int) -> Change[str]:
    """Moves a stack among the stacks: position 0 is the bottom, none is the top."""
    change = stacks.reorder(call.caller, workspace_id, stack_id, call.body.get("position"))
    return change.answering(_shown(call, change.answer))
