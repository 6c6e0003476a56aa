"""/api/workspaces/{id}/inbox and stacks: the calls of the Workspaces document about what holds items."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from chalicelib.domain.activities import deletion, items
from chalicelib.domain.workspaces import stacks
from chalicelib.domain.workspaces.stacks import StackContents
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.items import PEOPLE
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.items import ITEM_INPUT
from chalicelib.schemas.stacks import INBOX, POSITION, STACK
from chalicelib.serializers.common import Links
from chalicelib.serializers.stacks import serialize_inbox, serialize_stack
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
INBOX_PATHS = spelled("/{workspace_id}/inbox")
ALL = spelled("/{workspace_id}/stacks")
ONE = spelled("/{workspace_id}/stacks/{stack_id}")


def _shown(request: ApiRequest, filled: StackContents) -> str:
    return serialize_stack(filled, request.addresses)


def _fitting(request: ApiRequest, filled: StackContents, shown: Callable[[StackContents, Links], str]) -> ApiResponse:
    """A stack with the items that fit into an answer; where they do not, `Link` says where the list goes on."""
    part = paging.take_page(iter(filled.entries), extra=PEOPLE)
    links = {"Link": _next(request, filled, part)} if part.goes_on else {}
    return ApiResponse(shown(replace(filled, entries=part.entries), request.addresses), headers=links)


def _next(request: ApiRequest, filled: StackContents, part: paging.Page) -> str:
    path = request.href(f"/api/workspaces/{filled.workspace}/stacks/{filled.id}")
    return f'<{path}/items?{urlencode(part.cursor)}>; rel="next"; anchor="{path}"'


@routes.get(*INBOX_PATHS, answers=INBOX)
def get_inbox(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns the inbox (and everything on it) of the workspace."""
    return _fitting(request, stacks.get_inbox(request.caller, workspace_id), serialize_inbox)


@routes.put(*INBOX_PATHS, body=ITEM_INPUT, answers=INBOX)
def put_on_inbox(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Places the given item on the workspace's inbox. Returns the updated inbox."""
    if items.describes_new_item(request.body):
        change = items.create_on_inbox(request.caller, workspace_id, request.body)
    else:
        change = items.move_to_inbox(request.caller, workspace_id, request.body["id"])
    return change.with_answer(_fitting(request, change.answer, serialize_inbox))


@routes.get(*ALL, query=LIST_PARAMETERS, answers=ListOf(STACK))
def list_stacks(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Get the workspace stacks."""
    room = paging.MAX_ANSWER_BYTES
    filled, links = [], []
    for one in stacks.list_stacks(request.caller, workspace_id):
        part = paging.take_page(iter(one.entries), extra=PEOPLE, room=room)
        room -= part.weight
        filled.append(replace(one, entries=part.entries))
        links += [_next(request, one, part)] if part.goes_on else []
    answer = paging.array_response(
        request, [{"id": one.id} for one in filled], [_shown(request, one) for one in filled]
    )
    return replace(answer, headers={"Link": ", ".join(links)}) if links else answer


@routes.post(*ALL, body=STACK, answers=STACK, statuses=(201,))
def create_stack(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Creates a new empty stack in the workspace. Returns the created stack."""
    change = stacks.create_stack(request.caller, workspace_id, request.body)
    location = request.href(f"/api/workspaces/{workspace_id}/stacks/{change.answer.id}")
    return change.with_answer(ApiResponse(_shown(request, change.answer), 201, {"Location": location}))


@routes.get(*ONE, answers=STACK)
def get_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> ApiResponse:
    """Get a single workspace stack."""
    return _fitting(request, stacks.get_stack(request.caller, workspace_id, stack_id), serialize_stack)


@routes.patch(*ONE, body=STACK, answers=STACK)
def update_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Updates the stack, returns the updates stack."""
    change = stacks.update_stack(request.caller, workspace_id, stack_id, request.body)
    return change.with_answer(_fitting(request, change.answer, serialize_stack))


@routes.delete(*ONE, query=DELETE_PARAMETERS, in_steps=True, statuses=(204,))
def delete_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Items on the stack will be moved to the workspace inbox."""
    return deletion.delete_stack(request.caller, workspace_id, stack_id).with_answer(ApiResponse("", 204))


@routes.put(*spelled("/{workspace_id}/stacks/{stack_id}/reorder"), body=POSITION, needs_no_body=True, answers=STACK)
def reorder_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Moves a stack among the stacks: position 0 is the bottom, none is the top."""
    change = stacks.reorder_stack(request.caller, workspace_id, stack_id, request.body.get("position"))
    return change.with_answer(_fitting(request, change.answer, serialize_stack))
