"""/api/users: the people of the account."""

from chalicelib.domain.accounts import user_management
from chalicelib.domain.accounts.user_management import UserView
from chalicelib.domain.people import offboarding
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.users import USER_WITH_ROLE
from chalicelib.serializers.users import serialize_user_with_role
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ALL = "/api/users"
ONE = "/api/users/{user}"
Answer = dict[str, object]


def _shown(request: ApiRequest, seen: UserView) -> Answer:
    return serialize_user_with_role(seen, request.addresses)


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(USER_WITH_ROLE))
def list_users(request: ApiRequest) -> ApiResponse:
    """Returns the users of your account by name; to admins, with their roles."""
    return paging.array_response(
        request, [_shown(request, seen) for seen in user_management.list_users(request.caller)]
    )


@routes.post(ALL, body=USER_WITH_ROLE, answers=USER_WITH_ROLE, statuses=(201,))
def create_user(request: ApiRequest) -> Change[ApiResponse]:
    """Creates a user with a personal workspace; a credential has to be created besides. For admins."""
    change = user_management.create_user(request.caller, request.body)
    location = request.href(f"{ALL}/{change.answer.user.id}")
    return change.with_answer(ApiResponse(_shown(request, change.answer), 201, {"Location": location}))


@routes.get(ONE, answers=USER_WITH_ROLE)
def get_user(request: ApiRequest, user: str) -> Answer:
    """Returns a user, by slug or id."""
    return _shown(request, user_management.get_user(request.caller, user))


@routes.patch(ONE, body=USER_WITH_ROLE, answers=USER_WITH_ROLE)
def update_user(request: ApiRequest, user: str) -> Change[Answer]:
    """Changes names, e-mail address and role of a user. For admins."""
    change = user_management.update_user(request.caller, user, request.body)
    return change.with_answer(_shown(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS, in_steps=True, statuses=(204,))
def delete_user(request: ApiRequest, user: str) -> Change[ApiResponse]:
    """Has a user leave the account, with all credentials, memberships and open invitations. For admins."""
    return offboarding.remove_user(request.caller, user).with_answer(ApiResponse("", 204))
