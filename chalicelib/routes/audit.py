"""/api/audit: who changed which user or credential."""

from chalicelib.containers import Each
from chalicelib.domain import audit
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.schemas import EVENT, LIST

routes = Routes(__name__)


@routes.get("/api/audit", query=LIST, answers=Each(EVENT))
def list_events(call: Call) -> Reply:
    """Returns the changes of users and credentials of the last ninety days, the newest first. For admins."""
    after = paging.after(call.query)
    return paging.page(call, lambda reach: audit.listing(call.caller, after, reach))
