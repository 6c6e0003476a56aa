"""/api/stacks: stacks by their id alone, in whichever workspace they are."""

from chalicelib.containers import Each
from chalicelib.domain import flat_stacks
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.routes import items, stacks
from chalicelib.schemas import ENTRY, ITEM, LANDED_ENTRY, LIST, REMOVAL, STACK
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ONE = "/api/stacks/{stack_id}"


@routes.get(ONE, answers=STACK)
def get_flat_stack(call: Call, stack_id: int) -> Reply:
    """Get a single stack, in whichever workspace."""
    with flat_stacks.within(call.caller, stack_id) as workspace_id:
        return stacks.get_stack(call, workspace_id, stack_id)


@routes.patch(ONE, body=STACK, answers=STACK)
def update_flat_stack(call: Call, stack_id: int) -> Change[Reply]:
    """Updates the stack, returns the updated stack."""
    with flat_stacks.within(call.caller, stack_id) as workspace_id:
        return stacks.update_stack(call, workspace_id, stack_id)


@routes.delete(ONE, query=REMOVAL, in_steps=True, statuses=(204,))
def delete_flat_stack(call: Call, stack_id: int) -> Change[Reply]:
    """Items on the stack will be moved to the inbox of its workspace."""
    with flat_stacks.within(call.caller, stack_id) as workspace_id:
        return stacks.delete_stack(call, workspace_id, stack_id)


@routes.get(f"{ONE}/items", query=LIST, answers=Each(ENTRY))
def list_flat_stack_items(call: Call, stack_id: int) -> Reply:
    """Returns all the items on the stack."""
    with flat_stacks.within(call.caller, stack_id) as workspace_id:
        return items.list_stack_items(call, workspace_id, stack_id)


@routes.post(f"{ONE}/items", body=ITEM, answers=LANDED_ENTRY, statuses=(201, 200))
def create_flat_stack_item(call: Call, stack_id: int) -> Change[Reply]:
    """Create a new item on the stack, or put an existing item onto it. Returns the (created) item."""
    with flat_stacks.within(call.caller, stack_id) as workspace_id:
        return items.create_stack_item(call, workspace_id, stack_id)
