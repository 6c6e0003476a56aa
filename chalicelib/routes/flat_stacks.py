"""/api/stacks: stacks by their id alone, whatever workspace they are in."""

from chalicelib.domain.workspaces.stacks import workspace_of_stack
from chalicelib.http.endpoint import Created
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes import items, stacks
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.items import ITEM, ITEM_INPUT, PLACED_ITEM
from chalicelib.schemas.stacks import STACK
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ONE = "/api/stacks/{stack_id}"
# The call that names the workspace has the links already.
CREATES_ACTIVITY = Created(items.CREATES_ACTIVITY.path, items.CREATES_ACTIVITY.id_pointer, has_links=False)


@routes.get(ONE, history="stack", query=LIST_PARAMETERS, answers=STACK)
def get_flat_stack(request: ApiRequest, stack_id: int) -> ApiResponse:
    """Get a single stack by its id alone."""
    with workspace_of_stack(request.caller, stack_id) as workspace_id:
        return stacks.get_stack(request, workspace_id, stack_id)


@routes.patch(ONE, body=STACK, body_example="sent_stack_update", answers=STACK)
def update_flat_stack(request: ApiRequest, stack_id: int) -> Change[ApiResponse]:
    """Updates the stack, returns the updated stack."""
    with workspace_of_stack(request.caller, stack_id) as workspace_id:
        return stacks.update_stack(request, workspace_id, stack_id)


@routes.delete(ONE, query=DELETE_PARAMETERS)
def delete_flat_stack(request: ApiRequest, stack_id: int) -> Steps[None]:
    """Items on the stack will be moved to the inbox of its workspace."""
    with workspace_of_stack(request.caller, stack_id) as workspace_id:
        return (yield from stacks.delete_stack(request, workspace_id, stack_id))


@routes.get(f"{ONE}/items", query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_flat_stack_items(request: ApiRequest, stack_id: int) -> ApiResponse:
    """Returns all the items on the stack."""
    with workspace_of_stack(request.caller, stack_id) as workspace_id:
        return items.list_stack_items(request, workspace_id, stack_id)


@routes.post(
    f"{ONE}/items",
    body=ITEM_INPUT,
    body_example="sent_item",
    answers=PLACED_ITEM,
    creates=CREATES_ACTIVITY,
    statuses=items.CREATED_OR_MOVED,
)
def create_flat_stack_item(request: ApiRequest, stack_id: int) -> Change[str | ApiResponse]:
    """Create a new item on the stack, or put an existing item onto it. Returns the (created) item."""
    with workspace_of_stack(request.caller, stack_id) as workspace_id:
        return items.create_stack_item(request, workspace_id, stack_id)
