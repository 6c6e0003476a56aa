"""/api/workspaces: the calls of the Workspaces document about workspaces and their members."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import members, removals, workspace_list, workspaces
from chalicelib.domain.workspaces import Owned
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.schemas import LIST, REMOVAL, USER, WORKSPACE
from chalicelib.storage.changes import Change

routes = Routes(__name__)
Answer = dict[str, object]


def spelled(path: str = "") -> tuple[str, str]:
    """A path under /api/workspaces, and the documents' other spelling of it."""
    return f"/api/workspaces{path}", f"/api/workspace{path}"


ALL = spelled()
ONE = spelled("/{workspace_id}")


def _shown(call: Call, owned: Owned) -> Answer:
    return render.workspace(owned, call.addresses)


@routes.get(*ALL, query=LIST, answers=Each(WORKSPACE))
def list_workspaces(call: Call) -> Reply:
    """Returns all the workspaces available to you."""
    return paging.page_of(call, [_shown(call, owned) for owned in workspace_list.available(call.caller)])


@routes.get(*spelled("/invited"), query=LIST, answers=Each(WORKSPACE))
def list_invited_workspaces(call: Call) -> Reply:
    """Workspaces where you are invited."""
    return paging.page_of(call, [_shown(call, owned) for owned in workspace_list.invited(call.caller)])


@routes.get(*ONE, answers=WORKSPACE)
def get_workspace(call: Call, workspace_id: int) -> Answer:
    """Get a single workspace."""
    return _shown(call, workspaces.show(call.caller, workspace_id))


@routes.post(*ALL, body=WORKSPACE, answers=WORKSPACE, statuses=(201,))
def create_workspace(call: Call) -> Change[Reply]:
    """Creates a workspace, returns the created workspace."""
    change = workspaces.create(call.caller, call.body)
    location = call.href(f"/api/workspaces/{change.answer.workspace.id}")
    return change.answering(Reply(_shown(call, change.answer), 201, {"Location": location}))


@routes.post(*ONE, body=WORKSPACE, ignores_ids=True, answers=WORKSPACE, statuses=(201,))
def create_workspace_with_an_id(call: Call) -> Change[Reply]:
    """Creates a workspace, returns the created workspace. The document's form; the id in the path means nothing."""
    return create_workspace(call)


@routes.patch(*ONE, body=WORKSPACE, answers=WORKSPACE)
def update_workspace(call: Call, workspace_id: int) -> Change[Answer]:
    """Updates a workspace. Returns the updated workspaces."""
    change = workspaces.update(call.caller, workspace_id, call.body)
    return change.answering(_shown(call, change.answer))


@routes.delete(*ONE, query=REMOVAL, in_steps=True, statuses=(204,))
def delete_workspace(call: Call, workspace_id: int) -> Change[Reply]:
    """Deletes the requested workspace. Returns a Status: 204 if the resource has been deleted."""
    change = removals.delete_workspace(call.caller, workspace_id, call.query.get("archive_items", False))
    return change.answering(Reply("", 204))


@routes.get(*spelled("/{workspace_id}/members"), query=LIST, answers=Each(USER))
def list_members(call: Call, workspace_id: int) -> Reply:
    """The people of a workspace, its owner first."""
    people = members.listing(call.caller, workspace_id)
    return paging.page_of(call, [render.user(user, call.addresses) for user in people])


@routes.delete(*spelled("/{workspace_id}/members/{user_id}"), query=REMOVAL, statuses=(204,))
def remove_member(call: Call, workspace_id: int, user_id: str) -> Change[Reply]:
    """Removes somebody from a workspace; members may leave it themselves."""
    return members.remove(call.caller, workspace_id, user_id).answering(Reply("", 204))
