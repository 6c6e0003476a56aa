"""/api/workspaces/{id}/items and what else lists or takes items."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.activities import item_lists, items, outboxes
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.item_lists import ItemList
from chalicelib.domain.activities.own_lists import OwnList
from chalicelib.domain.workspaces import workspaces
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.items import ALL_ITEMS_PARAMETERS, EXISTING_ITEM_INPUT, ITEM, ITEM_INPUT, PLACED_ITEM
from chalicelib.schemas.outboxes import OUTBOX
from chalicelib.serializers.items import serialize_items, serialize_placed_item
from chalicelib.serializers.outboxes import serialize_outbox
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
OF_WORKSPACE = spelled("/{workspace_id}/items")
OF_STACK = spelled("/{workspace_id}/stacks/{stack_id}/items")
ARCHIVE = spelled("/{workspace_id}/archive")
PEOPLE = 1_200  # bytes by which creator and assignee, and times, make an item longer than it is stored


def listed(
    request: ApiRequest, some: ItemList | OwnList, rendered: Callable[..., list[str]] = serialize_items
) -> ApiResponse:
    """The asked part of a list; its people are read when it is known who stands in it."""
    window, place, people = paging.read_window(request.query), paging.read_cursor(request.query, some.cursor), None
    while people is None:
        part = paging.take_page(some.entries(place, window.reach), window, extra=PEOPLE)
        people = some.people(part.entries)
    return paging.page_response(request, part, rendered(part.texts, people, request.addresses))


def _landed(request: ApiRequest, placed: PlacedActivity) -> str:
    return serialize_placed_item(placed, workspaces.inbox_id(placed.workspace), request.addresses)


@routes.get("/api/workspaces/items", "/api/workspace/items", query=ALL_ITEMS_PARAMETERS, answers=ListOf(ITEM))
def list_all_items(request: ApiRequest) -> ApiResponse:
    """Returns all the items in the workspace."""
    if "workspace_id" in request.query:
        return listed(request, item_lists.workspace_items(request.caller, request.query["workspace_id"]))
    return listed(request, item_lists.all_items(request.caller))


@routes.get(*OF_WORKSPACE, query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_items(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns all the items in the workspace."""
    return listed(request, item_lists.workspace_items(request.caller, workspace_id))


@routes.post(*OF_WORKSPACE, body=ITEM_INPUT, answers=PLACED_ITEM, statuses=(201, 200))
def create_item(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Create a new item inside the workspace, or put an existing item inside it. Returns the (created) item."""
    return _put(request, workspace_id, workspaces.inbox_id(workspace_id))


@routes.get(*OF_STACK, query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_stack_items(request: ApiRequest, workspace_id: int, stack_id: int) -> ApiResponse:
    """Returns all the items on the stack."""
    return listed(request, item_lists.stack_items(request.caller, workspace_id, stack_id))


@routes.post(*OF_STACK, body=ITEM_INPUT, answers=PLACED_ITEM, statuses=(201, 200))
def create_stack_item(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Create a new item on the stack, or put an existing item onto it. Returns the (created) item."""
    return _put(request, workspace_id, stack_id)


@routes.get(*ARCHIVE, query=LIST_PARAMETERS, answers=ListOf(ITEM))
def list_archive(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns the items that were archived in a personal workspace."""
    return listed(request, item_lists.archived_items(request.caller, workspace_id))


@routes.put(*ARCHIVE, body=EXISTING_ITEM_INPUT, answers=PLACED_ITEM)
def archive_item(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Puts an item into the archive; putting it on an inbox or stack brings it back."""
    change = items.move_item(request.caller, workspace_id, None, request.body["id"])
    return change.with_answer(ApiResponse(_landed(request, change.answer)))


@routes.get(*spelled("/{workspace_id}/outboxes"), query=LIST_PARAMETERS, answers=ListOf(OUTBOX))
def list_outboxes(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns an outbox for each person whom you have handed items of the workspace to."""
    room, fitting = paging.MAX_ANSWER_BYTES, []
    for one in outboxes.list_outboxes(request.caller, workspace_id):
        part = paging.take_page(iter(one.entries), extra=PEOPLE, room=room)
        room -= part.weight
        fitting.append(replace(one, entries=part.entries))
    texts = [serialize_outbox(one, request.addresses) for one in fitting]
    return paging.array_response(request, [{"id": one.id} for one in fitting], texts)


def _put(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Creates the item that the body describes, or moves the one that it names."""
    if not items.describes_new_item(request.body):
        change = items.move_item(request.caller, workspace_id, stack_id, request.body["id"])
        return change.with_answer(ApiResponse(_landed(request, change.answer)))
    change = items.create_item(request.caller, workspace_id, stack_id, request.body)
    location = request.href(f"/api/activities/{change.answer.activity}")
    return change.with_answer(ApiResponse(_landed(request, change.answer), 201, {"Location": location}))
