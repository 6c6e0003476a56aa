"""Users who follow each other: /api/users/{user}/collaborate, and the lists in both directions."""

from chalicelib.domain.people import follows
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.follows import FOLLOW_PARAMETERS
from chalicelib.schemas.users import USER
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)


@routes.put("/api/users/{user}/collaborate", answers=USER)
def collaborate(request: ApiRequest, user: str) -> Change[dict[str, object]]:
    """Follows a user, by slug or id, and invites that user to follow you. Returns the user."""
    change = follows.follow(request.caller, user)
    return change.with_answer(serialize_user(change.answer, request.addresses))


@routes.get("/api/me/follows", query=FOLLOW_PARAMETERS, answers=ListOf(USER))
def list_follows(request: ApiRequest) -> ApiResponse:
    """Returns the users whom you follow, by name. For a `type` other than User the list is empty."""
    users = follows.list_followed(request.caller, request.query.get("type", ""))
    return paging.array_response(request, [serialize_user(user, request.addresses) for user in users])


@routes.get("/api/me/followings", query=FOLLOW_PARAMETERS, answers=ListOf(USER))
def list_followings(request: ApiRequest) -> ApiResponse:
    """Returns the users who follow you, by name. For a `type` other than User the list is empty."""
    users = follows.list_followers(request.caller, request.query.get("type", ""))
    return paging.array_response(request, [serialize_user(user, request.addresses) for user in users])
