"""/api/changes: every change of the account's objects, in order."""

from datetime import datetime
from typing import Any

from chalicelib.http import paging
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.changes import CHANGE, CHANGE_PARAMETERS, DEFAULT_LIMIT, OBJECT_KINDS
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"seq": NUMBER})
ALL = "/api/changes"
ONE = "/api/changes/{seq}"


@routes.get(ALL, query=CHANGE_PARAMETERS, answers=ListOf(CHANGE), answer_example="changes", more_errors=(410,))
def list_changes(request: ApiRequest) -> ApiResponse:
    """Returns the changes behind a place in the feed, oldest first. `Link` leads to the changes behind them."""
    from chalicelib.domain.changes import feed  # only the feed needs them, and they make cold starts slower
    from chalicelib.serializers.changes import serialize_change

    query = request.query
    after, limit, seconds = query.get("after"), query.get("limit", DEFAULT_LIMIT), query.get("wait", 0)
    page = feed.wait_for_changes(request.caller, after, limit, feed.Filters(**_read_filters(query)), seconds)
    texts = [serialize_change(change, request.addresses) for change in page.changes]
    link = paging.link_to(request, "next", {"after": page.last})
    return ApiResponse(f"[{','.join(texts)}]", headers={"Link": link})


@routes.get(ONE, answers=CHANGE, answer_example="change")
def get_change(request: ApiRequest, seq: int) -> str:
    """Returns one change."""
    from chalicelib.domain.changes import feed
    from chalicelib.serializers.changes import serialize_change

    return serialize_change(feed.get_change(request.caller, seq), request.addresses)


def _read_filters(query: dict[str, Any]) -> dict[str, Any]:
    """Return the filters that the parameters describe. `object` is an id, or a kind and an id: action/7."""
    kind, object_id = query.get("kind"), query.get("object")
    if object_id is not None and object_id.partition("/")[0] in OBJECT_KINDS:
        kind, _, object_id = object_id.partition("/")
    since = query.get("since")
    milliseconds = int(datetime.fromisoformat(since).timestamp() * 1000) if since else None
    return {"kind": kind, "object_id": object_id, "actor": query.get("actor"), "since": milliseconds}
