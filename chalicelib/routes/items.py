"""/api/workspaces/{id}/items and what else lists or takes items."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import item_list, items, outboxes, workspaces
from chalicelib.domain.activity_list import Mine
from chalicelib.domain.item_list import Listed
from chalicelib.domain.items import Placed
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas import ALL_ITEMS, ENTRY, EXISTING_ITEM, ITEM, LANDED_ENTRY, LIST, OUTBOX
from chalicelib.storage.changes import Change

routes = Routes(__name__)
OF_WORKSPACE = spelled("/{workspace_id}/items")
OF_STACK = spelled("/{workspace_id}/stacks/{stack_id}/items")
ARCHIVE = spelled("/{workspace_id}/archive")
PEOPLE = 1_200  # bytes by which creator and assignee, and times, make an item longer than it is stored


def listed(call: Call, some: Listed | Mine, rendered: Callable[..., list[str]] = render.items) -> Reply:
    """The asked part of a list; its people are read when it is known who stands in it."""
    window, place, people = paging.asked(call.query), paging.after(call.query, some.cursor), None
    while people is None:
        part = paging.cut(some.entries(place, window.reach), window, extra=PEOPLE)
        people = some.people(part.entries)
    return paging.reply(call, part, rendered(part.texts, people, call.addresses))


def _landed(call: Call, placed: Placed) -> str:
    return render.item(placed, workspaces.inbox_of(placed.workspace), call.addresses)


@routes.get("/api/workspaces/items", "/api/workspace/items", query=ALL_ITEMS, answers=Each(ENTRY))
def list_all_items(call: Call) -> Reply:
    """Returns all the items in the workspace."""
    if "workspace_id" in call.query:
        return listed(call, item_list.of_workspace(call.caller, call.query["workspace_id"]))
    return listed(call, item_list.of_all(call.caller))


@routes.get(*OF_WORKSPACE, query=LIST, answers=Each(ENTRY))
def list_items(call: Call, workspace_id: int) -> Reply:
    """Returns all the items in the workspace."""
    return listed(call, item_list.of_workspace(call.caller, workspace_id))


@routes.post(*OF_WORKSPACE, body=ITEM, answers=LANDED_ENTRY, statuses=(201, 200))
def create_item(call: Call, workspace_id: int) -> Change[Reply]:
    """Create a new item inside the workspace, or put an existing item inside it. Returns the (created) item."""
    return _put(call, workspace_id, workspaces.inbox_of(workspace_id))


@routes.get(*OF_STACK, query=LIST, answers=Each(ENTRY))
def list_stack_items(call: Call, workspace_id: int, stack_id: int) -> Reply:
    """Returns all the items on the stack."""
    return listed(call, item_list.of_stack(call.caller, workspace_id, stack_id))


@routes.post(*OF_STACK, body=ITEM, answers=LANDED_ENTRY, statuses=(201, 200))
def create_stack_item(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Create a new item on the stack, or put an existing item onto it. Returns the (created) item."""
    return _put(call, workspace_id, stack_id)


@routes.get(*ARCHIVE, query=LIST, answers=Each(ENTRY))
def list_archive(call: Call, workspace_id: int) -> Reply:
    """Returns the items that were archived in a personal workspace."""
    return listed(call, item_list.archived(call.caller, workspace_id))


@routes.put(*ARCHIVE, body=EXISTING_ITEM, answers=LANDED_ENTRY)
def archive_item(call: Call, workspace_id: int) -> Change[Reply]:
    """Puts an item into the archive; putting it on an inbox or stack brings it back."""
    change = items.move(call.caller, workspace_id, None, call.body["id"])
    return change.answering(Reply(_landed(call, change.answer)))


@routes.get(*spelled("/{workspace_id}/outboxes"), query=LIST, answers=Each(OUTBOX))
def list_outboxes(call: Call, workspace_id: int) -> Reply:
    """Returns an outbox for each person whom you have handed items of the workspace to."""
    room, fitting = paging.LARGEST_ANSWER, []
    for one in outboxes.listing(call.caller, workspace_id):
        part = paging.cut(iter(one.entries), extra=PEOPLE, room=room)
        room -= part.weight
        fitting.append(replace(one, entries=part.entries))
    texts = [render.outbox(one, call.addresses) for one in fitting]
    return paging.page_of(call, [{"id": one.id} for one in fitting], texts)


def _put(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Creates the item that the body describes, or moves the one that it names."""
    if not items.is_new(call.body):
        change = items.move(call.caller, workspace_id, stack_id, call.body["id"])
        return change.answering(Reply(_landed(call, change.answer)))
    change = items.create(call.caller, workspace_id, stack_id, call.body)
    location = call.href(f"/api/activities/{change.answer.activity}")
    return change.answering(Reply(_landed(call, change.answer), 201, {"Location": location}))
