"""/api/workspaces/{id}/outboxes: what the caller has delegated."""

from chalicelib.http import paging
from chalicelib.http.paging import PEOPLE_BYTES
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.outboxes import OUTBOX
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)


@routes.get("/api/workspaces/{workspace_id}/outboxes", query=LIST_PARAMETERS, answers=ListOf(OUTBOX))
def list_outboxes(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns an outbox for each person to whom you have delegated items of the workspace."""
    from chalicelib.domain.activities import outboxes  # only this call needs them
    from chalicelib.serializers.outboxes import serialize_outbox

    contents = outboxes.list_outboxes(request.caller, workspace_id)
    pages = paging.take_pages([outbox.entries for outbox in contents], extra=PEOPLE_BYTES)
    shown = [outbox._replace(entries=page.entries) for outbox, page in zip(contents, pages, strict=True)]
    texts = [serialize_outbox(outbox, request.addresses) for outbox in shown]
    return paging.array_response(request, [{"id": outbox.id} for outbox in shown], texts)
