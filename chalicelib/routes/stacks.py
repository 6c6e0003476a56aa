"""/api/workspaces/{id}/inbox and stacks: the calls of the Workspaces document about inboxes and stacks."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from chalicelib.domain.activities import deletion, items
from chalicelib.domain.workspaces import stacks
from chalicelib.domain.workspaces.stacks import ItemWindow, StackContents
from chalicelib.http import paging
from chalicelib.http.cursors import read_cursor, write_cursor
from chalicelib.http.paging import PEOPLE_BYTES
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.items import ITEM_INPUT
from chalicelib.schemas.stacks import INBOX, POSITION, STACK
from chalicelib.serializers.common import Links
from chalicelib.serializers.stacks import serialize_inbox, serialize_stack
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"stack_id": NUMBER})
INBOX_PATH = "/api/workspaces/{workspace_id}/inbox"
ALL = "/api/workspaces/{workspace_id}/stacks"
ONE = "/api/workspaces/{workspace_id}/stacks/{stack_id}"


Serialize = Callable[[StackContents, Links], str]


def _read_window(request: ApiRequest) -> ItemWindow:
    """Return the part of a stack that the client asked for, with one more item that tells whether others follow."""
    window = paging.read_window(request.query)
    limit = None if window.size is None else window.size + 1
    return ItemWindow(read_cursor(request, str), window.skip, limit)


def _page_response(request: ApiRequest, contents: StackContents, serialize: Serialize = serialize_stack) -> ApiResponse:
    """Return the page of a stack that the client asked for, with `Link` to other pages, or else the whole stack."""
    if not request.query:
        return _contents_response(request, contents, serialize)
    window = paging.Window(size=paging.read_window(request.query).size)
    page = paging.take_page(iter(contents.entries), window, extra=PEOPLE_BYTES)
    text = serialize(contents._replace(entries=page.entries), request.addresses)
    return ApiResponse(text, headers=paging.link_headers(request, page))


def _contents_response(
    request: ApiRequest, contents: StackContents, serialize: Serialize = serialize_stack
) -> ApiResponse:
    """Return a stack with the items that fit into the answer. If some do not, `Link` leads to the rest of them."""
    page = paging.take_page(iter(contents.entries), extra=PEOPLE_BYTES)
    headers = {"Link": _rest_link(request, contents, page)} if page.goes_on else {}
    return ApiResponse(serialize(contents._replace(entries=page.entries), request.addresses), headers=headers)


def _rest_link(request: ApiRequest, contents: StackContents, page: paging.Page) -> str:
    """Return the link to the items of a stack that come after a page of them."""
    path = ONE.format(workspace_id=contents.workspace, stack_id=contents.id)
    items_path, address = f"{path}/items", request.url(path)
    cursor = {"cursor": write_cursor(request, page.entries[-1].position, items_path)} if page.entries else {}
    return f'<{request.url(items_path)}?{urlencode(cursor)}>; rel="next"; anchor="{address}"'


@routes.get(INBOX_PATH, query=LIST_PARAMETERS, answers=INBOX, answer_example="inbox")
def get_inbox(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns the inbox (and everything on it) of the workspace."""
    contents = stacks.get_inbox(request.caller, workspace_id, _read_window(request))
    return _page_response(request, contents, serialize_inbox)


@routes.put(INBOX_PATH, body=ITEM_INPUT, answers=INBOX, body_example="sent_inbox_item", answer_example="inbox")
def put_on_inbox(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Places the given item on the workspace's inbox. Returns the updated inbox."""
    if items.describes_new_item(request.body):
        change = items.create_on_inbox(request.caller, workspace_id, request.body)
    else:
        change = items.move_to_inbox(request.caller, workspace_id, request.body["id"])
    return change.with_answer(_contents_response(request, change.answer, serialize_inbox))


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(STACK), answer_example="stacks")
def list_stacks(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Get the workspace stacks."""
    contents = stacks.list_stacks(request.caller, workspace_id)
    pages = list(paging.take_pages([stack.entries for stack in contents], extra=PEOPLE_BYTES))
    shown = [stack._replace(entries=page.entries) for stack, page in zip(contents, pages, strict=True)]
    texts = [serialize_stack(stack, request.addresses) for stack in shown]
    response = paging.array_response(request, [{"id": stack.id} for stack in shown], texts)
    links = [_rest_link(request, stack, page) for stack, page in zip(shown, pages, strict=True) if page.goes_on]
    return replace(response, headers={"Link": ", ".join(links)}) if links else response


@routes.post(ALL, body=STACK, answers=STACK, creates=ONE, body_example="sent_stack", answer_example="created_stack")
def create_stack(request: ApiRequest, workspace_id: int) -> Change[str]:
    """Creates a new empty stack in the workspace. Returns the created stack."""
    change = stacks.create_stack(request.caller, workspace_id, request.body)
    return change.with_answer(serialize_stack(change.answer, request.addresses))


@routes.get(ONE, history="stack", query=LIST_PARAMETERS, answers=STACK, answer_example="stack")
def get_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> ApiResponse:
    """Get a single workspace stack."""
    contents = stacks.get_stack(request.caller, workspace_id, stack_id, _read_window(request))
    return _page_response(request, contents)


@routes.patch(ONE, body=STACK, answers=STACK, body_example="sent_stack_update", answer_example="updated_stack")
def update_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Updates the stack, returns the updates stack."""
    change = stacks.update_stack(request.caller, workspace_id, stack_id, request.body)
    return change.with_answer(_contents_response(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS)
def delete_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Steps[None]:
    """Items on the stack will be moved to the workspace inbox."""
    return deletion.delete_stack(request.caller, workspace_id, stack_id)


@routes.put(f"{ONE}/reorder", body=POSITION, body_example="sent_position", is_body_optional=True, answers=STACK)
def reorder_stack(request: ApiRequest, workspace_id: int, stack_id: int) -> Change[ApiResponse]:
    """Moves a stack to another position. 0 is the bottom; without a position the stack goes to the top."""
    change = stacks.reorder_stack(request.caller, workspace_id, stack_id, request.body.get("position"))
    return change.with_answer(_contents_response(request, change.answer))
