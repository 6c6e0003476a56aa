"""/api/workspaces/{id}/inbox and stacks: the calls of the Workspaces document about what holds items."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from chalicelib import render, schemas
from chalicelib.containers import Each
from chalicelib.domain import items, removals, stacks
from chalicelib.domain.stacks import Filled
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.render import Addresses
from chalicelib.routes.items import PEOPLE
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas import ITEM, LIST, POSITION, REMOVAL, STACK
from chalicelib.storage.changes import Change

routes = Routes(__name__)
INBOX = spelled("/{workspace_id}/inbox")
ALL = spelled("/{workspace_id}/stacks")
ONE = spelled("/{workspace_id}/stacks/{stack_id}")


def _shown(call: Call, filled: Filled) -> str:
    return render.stack(filled, call.addresses)


def _fitting(call: Call, filled: Filled, shown: Callable[[Filled, Addresses], str]) -> Reply:
    """A stack with the items that fit into an answer; where they do not, `Link` says where the list goes on."""
    part = paging.cut(iter(filled.entries), extra=PEOPLE)
    links = {"Link": _next(call, filled, part)} if part.goes_on else {}
    return Reply(shown(replace(filled, entries=part.entries), call.addresses), headers=links)


def _next(call: Call, filled: Filled, part: paging.Cut) -> str:
    path = call.href(f"/api/workspaces/{filled.workspace}/stacks/{filled.id}")
    return f'<{path}/items?{urlencode(part.cursor)}>; rel="next"; anchor="{path}"'


@routes.get(*INBOX, answers=schemas.INBOX)
def get_inbox(call: Call, workspace_id: int) -> Reply:
    """Returns the inbox (and everything on it) of the workspace."""
    return _fitting(call, stacks.inbox(call.caller, workspace_id), render.inbox)


@routes.put(*INBOX, body=ITEM, answers=schemas.INBOX)
def put_on_inbox(call: Call, workspace_id: int) -> Change[Reply]:
    """Places the given item on the workspace's inbox. Returns the updated inbox."""
    if items.is_new(call.body):
        change = items.create_on_inbox(call.caller, workspace_id, call.body)
    else:
        change = items.move_to_inbox(call.caller, workspace_id, call.body["id"])
    return change.answering(_fitting(call, change.answer, render.inbox))


@routes.get(*ALL, query=LIST, answers=Each(STACK))
def list_stacks(call: Call, workspace_id: int) -> Reply:
    """Get the workspace stacks."""
    room = paging.LARGEST_ANSWER
    filled, links = [], []
    for one in stacks.listing(call.caller, workspace_id):
        part = paging.cut(iter(one.entries), extra=PEOPLE, room=room)
        room -= part.weight
        filled.append(replace(one, entries=part.entries))
        links += [_next(call, one, part)] if part.goes_on else []
    answer = paging.page_of(call, [{"id": one.id} for one in filled], [_shown(call, one) for one in filled])
    return replace(answer, headers={"Link": ", ".join(links)}) if links else answer


@routes.post(*ALL, body=STACK, answers=STACK, statuses=(201,))
def create_stack(call: Call, workspace_id: int) -> Change[Reply]:
    """Creates a new empty stack in the workspace. Returns the created stack."""
    change = stacks.create(call.caller, workspace_id, call.body)
    location = call.href(f"/api/workspaces/{workspace_id}/stacks/{change.answer.id}")
    return change.answering(Reply(_shown(call, change.answer), 201, {"Location": location}))


@routes.get(*ONE, answers=STACK)
def get_stack(call: Call, workspace_id: int, stack_id: int) -> Reply:
    """Get a single workspace stack."""
    return _fitting(call, stacks.show(call.caller, workspace_id, stack_id), render.stack)


@routes.patch(*ONE, body=STACK, answers=STACK)
def update_stack(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Updates the stack, returns the updates stack."""
    change = stacks.update(call.caller, workspace_id, stack_id, call.body)
    return change.answering(_fitting(call, change.answer, render.stack))


@routes.delete(*ONE, query=REMOVAL, in_steps=True, statuses=(204,))
def delete_stack(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Items on the stack will be moved to the workspace inbox."""
    return removals.delete_stack(call.caller, workspace_id, stack_id).answering(Reply("", 204))


@routes.put(*spelled("/{workspace_id}/stacks/{stack_id}/reorder"), body=POSITION, needs_no_body=True, answers=STACK)
def reorder_stack(call: Call, workspace_id: int, stack_id: int) -> Change[Reply]:
    """Moves a stack among the stacks: position 0 is the bottom, none is the top."""
    change = stacks.reorder(call.caller, workspace_id, stack_id, call.body.get("position"))
    return change.answering(_fitting(call, change.answer, render.stack))
