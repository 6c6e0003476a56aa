"""/api/users: the people of the account."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import colleagues, departures
from chalicelib.domain.colleagues import Seen
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.schemas import COLLEAGUE, LIST, REMOVAL
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ALL = "/api/users"
ONE = "/api/users/{user}"
Answer = dict[str, object]


def _shown(call: Call, seen: Seen) -> Answer:
    return render.colleague(seen, call.addresses)


@routes.get(ALL, query=LIST, answers=Each(COLLEAGUE))
def list_users(call: Call) -> Reply:
    """Returns the users of your account by name; to admins, with their roles."""
    return paging.page_of(call, [_shown(call, seen) for seen in colleagues.listing(call.caller)])


@routes.post(ALL, body=COLLEAGUE, answers=COLLEAGUE, statuses=(201,))
def create_user(call: Call) -> Change[Reply]:
    """Creates a user with a personal workspace; a credential has to be created besides. For admins."""
    change = colleagues.create(call.caller, call.body)
    location = call.href(f"{ALL}/{change.answer.user.id}")
    return change.answering(Reply(_shown(call, change.answer), 201, {"Location": location}))


@routes.get(ONE, answers=COLLEAGUE)
def get_user(call: Call, user: str) -> Answer:
    """Returns a user, by slug or id."""
    return _shown(call, colleagues.show(call.caller, user))


@routes.patch(ONE, body=COLLEAGUE, answers=COLLEAGUE)
def update_user(call: Call, user: str) -> Change[Answer]:
    """Changes names, e-mail address and role of a user. For admins."""
    change = colleagues.update(call.caller, user, call.body)
    return change.answering(_shown(call, change.answer))


@routes.delete(ONE, query=REMOVAL, in_steps=True, statuses=(204,))
def delete_user(call: Call, user: str) -> Change[Reply]:
    """Has a user leave the account, with all credentials, memberships and open invitations. For admins."""
    return departures.remove(call.caller, user).answering(Reply("", 204))
