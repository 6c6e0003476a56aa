"""/api/workspaces: the calls of the Workspaces document about workspaces and their members."""

from chalicelib.domain.activities import deletion
from chalicelib.domain.people import members
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import WorkspaceView
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.users import USER
from chalicelib.schemas.workspaces import WORKSPACE
from chalicelib.serializers.users import serialize_user
from chalicelib.serializers.workspaces import serialize_workspace
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
Answer = dict[str, object]


def spelled(path: str = "") -> tuple[str, str]:
    """A path under /api/workspaces, and the documents' other spelling of it."""
    return f"/api/workspaces{path}", f"/api/workspace{path}"


ALL = spelled()
ONE = spelled("/{workspace_id}")


def _shown(request: ApiRequest, owned: WorkspaceView) -> Answer:
    return serialize_workspace(owned, request.addresses)


@routes.get(*ALL, query=LIST_PARAMETERS, answers=ListOf(WORKSPACE))
def list_workspaces(request: ApiRequest) -> ApiResponse:
    """Returns all the workspaces available to you."""
    return paging.array_response(
        request, [_shown(request, owned) for owned in workspaces.list_workspaces(request.caller)]
    )


@routes.get(*spelled("/invited"), query=LIST_PARAMETERS, answers=ListOf(WORKSPACE))
def list_invited_workspaces(request: ApiRequest) -> ApiResponse:
    """Workspaces where you are invited."""
    return paging.array_response(
        request, [_shown(request, owned) for owned in workspaces.list_invited_workspaces(request.caller)]
    )


@routes.get(*ONE, answers=WORKSPACE)
def get_workspace(request: ApiRequest, workspace_id: int) -> Answer:
    """Get a single workspace."""
    return _shown(request, workspaces.get_workspace(request.caller, workspace_id))


@routes.post(*ALL, body=WORKSPACE, answers=WORKSPACE, statuses=(201,))
def create_workspace(request: ApiRequest) -> Change[ApiResponse]:
    """Creates a workspace, returns the created workspace."""
    change = workspaces.create_workspace(request.caller, request.body)
    location = request.href(f"/api/workspaces/{change.answer.workspace.id}")
    return change.with_answer(ApiResponse(_shown(request, change.answer), 201, {"Location": location}))


@routes.post(*ONE, body=WORKSPACE, ignores_path_ids=True, answers=WORKSPACE, statuses=(201,))
def create_workspace_with_an_id(request: ApiRequest) -> Change[ApiResponse]:
    """Creates a workspace, returns the created workspace. The document's form; the id in the path means nothing."""
    return create_workspace(request)


@routes.patch(*ONE, body=WORKSPACE, answers=WORKSPACE)
def update_workspace(request: ApiRequest, workspace_id: int) -> Change[Answer]:
    """Updates a workspace. Returns the updated workspaces."""
    change = workspaces.update_workspace(request.caller, workspace_id, request.body)
    return change.with_answer(_shown(request, change.answer))


@routes.delete(*ONE, query=DELETE_PARAMETERS, in_steps=True, statuses=(204,))
def delete_workspace(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Deletes the requested workspace. Returns a Status: 204 if the resource has been deleted."""
    change = deletion.delete_workspace(request.caller, workspace_id, request.query.get("archive_items", False))
    return change.with_answer(ApiResponse("", 204))


@routes.get(*spelled("/{workspace_id}/members"), query=LIST_PARAMETERS, answers=ListOf(USER))
def list_members(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """The people of a workspace, its owner first."""
    people = members.list_members(request.caller, workspace_id)
    return paging.array_response(request, [serialize_user(user, request.addresses) for user in people])


@routes.delete(*spelled("/{workspace_id}/members/{user_id}"), query=DELETE_PARAMETERS, statuses=(204,))
def remove_member(request: ApiRequest, workspace_id: int, user_id: str) -> Change[ApiResponse]:
    """Removes somebody from a workspace; members may leave it themselves."""
    return members.remove_member(request.caller, workspace_id, user_id).with_answer(ApiResponse("", 204))
