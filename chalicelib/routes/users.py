"""/api/users: the people of the account."""

from chalicelib.domain.accounts import user_management
from chalicelib.domain.accounts.user_management import UserView
from chalicelib.domain.people import offboarding
from chalicelib.http import paging
from chalicelib.http.endpoint import Created
from chalicelib.http.path_variables import SLUG_OR_ID, USER_ID
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.users import USER
from chalicelib.serializers.users import serialize_user_with_role
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"user": SLUG_OR_ID, "user_id": USER_ID})
ALL = "/api/users"
ONE = "/api/users/{user}"
Answer = dict[str, object]


def _serialize(request: ApiRequest, view: UserView) -> Answer:
    return serialize_user_with_role(view, request.addresses)


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(USER))
def list_users(request: ApiRequest) -> ApiResponse:
    """Returns the users of your account by name. Admins see their roles too."""
    views = user_management.list_users(request.caller)
    return paging.array_response(request, [_serialize(request, view) for view in views])


@routes.post(ALL, body=USER, body_example="sent_user", answers=USER, creates=Created(ONE, has_links=False))
def create_user(request: ApiRequest) -> Change[Answer]:
    """Creates a user with a personal workspace, but without a credential. For admins."""
    change = user_management.create_user(request.caller, request.body)
    return change.with_answer(_serialize(request, change.answer))


@routes.get(ONE, history="user", answers=USER)
def get_user(request: ApiRequest, user: str) -> Answer:
    """Returns a user, by slug or id."""
    return _serialize(request, user_management.get_user(request.caller, user))


@routes.patch(ONE, body=USER, body_example="sent_user_update", answers=USER)
def update_user(request: ApiRequest, user: str) -> Steps[Answer]:
    """Changes the names and role of a user. A new e-mail address must be confirmed. For admins."""
    change = yield from user_management.update_user(request.caller, user, request.body, request.request_id)
    return change.with_answer(_serialize(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS)
def delete_user(request: ApiRequest, user: str) -> Steps[None]:
    """Removes a user from the account, with all credentials, memberships and open invitations. For admins."""
    return offboarding.remove_user(request.caller, user)
