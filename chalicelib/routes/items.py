"""/api/workspaces/{id}/items, and the other calls that list or accept items: stacks and the archive."""

from chalicelib.domain.activities import item_lists, items
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.workspaces import workspaces
from chalicelib.http import paging
from chalicelib.http.endpoint import Created
from chalicelib.http.paging import ListWithPeople
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.items import ALL_ITEMS_PARAMETERS, EXISTING_ITEM_INPUT, ITEM, ITEM_INPUT, PLACED_ITEM
from chalicelib.serializers.items import serialize_items, serialize_placed_item
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
OF_WORKSPACE = "/api/workspaces/{workspace_id}/items"
OF_STACK = "/api/workspaces/{workspace_id}/stacks/{stack_id}/items"
ARCHIVE = "/api/workspaces/{workspace_id}/archive"
# An item that exists already is moved there; then the answer is 200.
CREATED_OR_MOVED = (201, 200)
CREATES_ACTIVITY = Created("/api/activities/{activity_id}", id_pointer="/activity/id")


def _items_response(request: ApiRequest, source: ListWithPeople) -> ApiResponse:
    return paging.people_list_response(request, source, serialize_items)


def _serialize(request: ApiRequest, item: PlacedActivity, stack_id: int | None) -> str:
    return serialize_placed_item(item, workspaces.inbox_id(item.workspace), stack_id, request.addresses)


def _create_or_move(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[str | ApiResponse]:
    """Create the item that the body describes, or move the one that it names."""
    if items.describes_new_item(request.body):
        created = items.create_item(request.caller, workspace_id, stack_id, request.body)
        return created.with_answer(_serialize(request, created.answer, stack_id))
    moved = items.move_item(request.caller, workspace_id, stack_id, request.body["id"])
    return moved.with_answer(ApiResponse(_serialize(request, moved.answer, stack_id), 200))


@routes.get("/api/workspaces/items", query=ALL_ITEMS_PARAMETERS, answers=ListOf(ITEM))
def list_all_items(request: ApiRequest) -> ApiResponse:
    """Returns all the items in the workspace."""
    if "workspace_id" in request.query:
        return list_items(request, request.query["workspace_id"])
    return _items_response(request, item_lists.all_items(request.caller))


@routes.get(OF_WORKSPACE, query=LIST_PARAMETERS, answers=ListOf(ITEM), answer_example="items")
def list_items(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns all the items in the workspace."""
    return _items_response(request, item_lists.workspace_items(request.caller, workspace_id))


@routes.post(
    OF_WORKSPACE,
    body=ITEM_INPUT,
    answers=PLACED_ITEM,
    creates=CREATES_ACTIVITY,
    statuses=CREATED_OR_MOVED,
    body_example="sent_item",
    answer_example="created_item",
)
def create_item(request: ApiRequest, workspace_id: int) -> Change[str | ApiResponse]:
    """Create a new item inside the workspace, or put an existing item inside it. Returns the (created) item."""
    return _create_or_move(request, workspace_id, workspaces.inbox_id(workspace_id))


@routes.get(OF_STACK, query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_stack_items(request: ApiRequest, workspace_id: int, stack_id: int) -> ApiResponse:
    """Returns all the items on the stack."""
    return _items_response(request, item_lists.stack_items(request.caller, workspace_id, stack_id))


@routes.post(
    OF_STACK,
    body=ITEM_INPUT,
    answers=PLACED_ITEM,
    creates=CREATES_ACTIVITY,
    statuses=CREATED_OR_MOVED,
    body_example="sent_item",
    answer_example="created_item",
)
def create_stack_item(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[str | ApiResponse]:
    """Create a new item on the stack, or put an existing item onto it. Returns the (created) item."""
    return _create_or_move(request, workspace_id, stack_id)


@routes.get(ARCHIVE, query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_archive(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns the items that were archived in a personal workspace."""
    return _items_response(request, item_lists.archived_items(request.caller, workspace_id))


@routes.put(ARCHIVE, body=EXISTING_ITEM_INPUT, body_example="sent_archived_item", answers=PLACED_ITEM)
def archive_item(request: ApiRequest, workspace_id: int) -> Change[str]:
    """Puts an item into the archive. To bring it back, put it on an inbox or stack."""
    change = items.move_item(request.caller, workspace_id, None, request.body["id"])
    return change.with_answer(_serialize(request, change.answer, None))
