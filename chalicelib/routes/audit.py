"""/api/audit: who changed which user, credential or webhook."""

from chalicelib.domain.accounts import audit
from chalicelib.http import paging
from chalicelib.http.cursors import read_cursor
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.audit import AUDIT_EVENT
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)


@routes.get("/api/audit", query=LIST_PARAMETERS, answers=ListOf(AUDIT_EVENT))
def list_events(request: ApiRequest) -> ApiResponse:
    """Returns the changes to users and credentials in the last ninety days, newest first. For admins."""
    position = read_cursor(request, str)
    return paging.list_response(request, lambda limit: audit.list_events(request.caller, position, limit))
