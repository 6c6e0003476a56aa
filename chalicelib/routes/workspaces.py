"""/api/workspaces: the calls of the Workspaces document about workspaces and their members."""

from chalicelib.domain.activities import deletion
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import WorkspaceView
from chalicelib.http import paging
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.workspaces import WORKSPACE
from chalicelib.serializers.workspaces import serialize_workspace
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"workspace_id": NUMBER})
ALL = "/api/workspaces"
ONE = "/api/workspaces/{workspace_id}"
Answer = dict[str, object]


def _serialize(request: ApiRequest, view: WorkspaceView) -> Answer:
    return serialize_workspace(view, request.addresses)


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(WORKSPACE), answer_example="workspaces")
def list_workspaces(request: ApiRequest) -> ApiResponse:
    """Returns all the workspaces available to you."""
    views = workspaces.list_workspaces(request.caller)
    return paging.array_response(request, [_serialize(request, view) for view in views])


@routes.get(f"{ALL}/invited", query=LIST_PARAMETERS, answers=ListOf(WORKSPACE))
def list_invited_workspaces(request: ApiRequest) -> ApiResponse:
    """Workspaces where you are invited."""
    views = workspaces.list_invited_workspaces(request.caller)
    return paging.array_response(request, [_serialize(request, view) for view in views])


@routes.get(ONE, history="workspace", answers=WORKSPACE, answer_example="workspace")
def get_workspace(request: ApiRequest, workspace_id: int) -> Answer:
    """Get a single workspace."""
    return _serialize(request, workspaces.get_workspace(request.caller, workspace_id))


@routes.post(
    ALL,
    body=WORKSPACE,
    answers=WORKSPACE,
    creates=ONE,
    body_example="sent_workspace",
    answer_example="created_workspace",
)
def create_workspace(request: ApiRequest) -> Change[Answer]:
    """Creates a workspace, returns the created workspace."""
    change = workspaces.create_workspace(request.caller, request.body)
    return change.with_answer(_serialize(request, change.answer))


@routes.post(
    ONE, body=WORKSPACE, body_example="sent_workspace", ignores_path_variables=True, answers=WORKSPACE, creates=ONE
)
def create_workspace_with_an_id(request: ApiRequest) -> Change[Answer]:
    """Creates a workspace, returns the created workspace. The id in the path, as in the document, has no meaning."""
    return create_workspace(request)


@routes.patch(
    ONE,
    body=WORKSPACE,
    answers=WORKSPACE,
    body_example="sent_workspace_update",
    answer_example="created_workspace",
)
def update_workspace(request: ApiRequest, workspace_id: int) -> Change[Answer]:
    """Updates a workspace. Returns the updated workspaces."""
    change = workspaces.update_workspace(request.caller, workspace_id, request.body)
    return change.with_answer(_serialize(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS)
def delete_workspace(request: ApiRequest, workspace_id: int) -> Steps[None]:
    """Deletes the requested workspace. Returns a Status: 204 if the resource has been deleted."""
    return deletion.delete_workspace(request.caller, workspace_id, request.query.get("archive_items", False))
