"""/api/me: the caller as a user."""

from chalicelib.domain.accounts import user_management
from chalicelib.domain.accounts.user_management import UserView
from chalicelib.domain.people import follows
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.me import ME
from chalicelib.schemas.users import PERSON, USER
from chalicelib.serializers.users import serialize_user, serialize_user_with_role
from chalicelib.storage.unit_of_work import Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ONE = "/api/me"
Answer = dict[str, object]


def _serialize(request: ApiRequest, view: UserView) -> Answer:
    return serialize_user_with_role(view, request.addresses)


@routes.get(ONE, answers=USER)
def get_me(request: ApiRequest) -> Answer:
    """Returns you as a user."""
    return _serialize(request, user_management.get_user(request.caller, request.caller.user))


@routes.patch(ONE, body=ME, body_example="sent_me", answers=USER)
def update_me(request: ApiRequest) -> Steps[Answer]:
    """Changes your names and, when the link in a mail to it was opened, your e-mail address. `user` may wrap them."""
    sent = request.body | request.body.get("user", {})
    fields = {name: value for name, value in sent.items() if name in PERSON}
    change = yield from user_management.update_self(request.caller, fields, request.request_id)
    return change.with_answer(_serialize(request, change.answer))


@routes.get(f"{ONE}/connections", query=LIST_PARAMETERS, answers=ListOf(USER))
def list_connections(request: ApiRequest) -> ApiResponse:
    """Returns the users who share a workspace with you, follow you or are followed by you, by name."""
    users = follows.list_connections(request.caller)
    return paging.array_response(request, [serialize_user(user, request.addresses) for user in users])
