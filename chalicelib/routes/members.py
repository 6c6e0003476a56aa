"""/api/workspaces/{id}/members: the people in a workspace."""

from chalicelib.domain.people import members
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.users import USER
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.unit_of_work import Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ALL = "/api/workspaces/{workspace_id}/members"


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(USER))
def list_members(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns the members of a workspace, its owner first."""
    users = members.list_members(request.caller, workspace_id)
    return paging.array_response(request, [serialize_user(user, request.addresses) for user in users])


@routes.delete(f"{ALL}/{{user_id}}", query=DELETE_PARAMETERS)
def remove_member(request: ApiRequest, workspace_id: int, user_id: str) -> Steps[None]:
    """Removes a member from a workspace. Members may also leave it themselves."""
    return members.remove_member(request.caller, workspace_id, user_id)
