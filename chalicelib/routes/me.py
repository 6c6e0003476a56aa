"""/api/me: the caller as a user."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import colleagues, follows
from chalicelib.domain.colleagues import Seen
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.nouns import ME
from chalicelib.schemas import COLLEAGUE, LIST, PERSON, USER
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ONE = "/api/me"
Answer = dict[str, object]


def _shown(call: Call, seen: Seen) -> Answer:
    return render.colleague(seen, call.addresses)


@routes.get(ONE, answers=COLLEAGUE)
def get_me(call: Call) -> Answer:
    """Returns you as a user."""
    return _shown(call, colleagues.show(call.caller, call.caller.user))


@routes.patch(ONE, body=ME, answers=COLLEAGUE)
def update_me(call: Call) -> Change[Answer]:
    """Changes your names and e-mail address, alone or within `user`."""
    sent = call.body | call.body.get("user", {})
    change = colleagues.update_self(call.caller, {name: value for name, value in sent.items() if name in PERSON})
    return change.answering(_shown(call, change.answer))


@routes.get(f"{ONE}/connections", query=LIST, answers=Each(USER))
def list_connections(call: Call) -> Reply:
    """Returns who shares a workspace with you, follows you or is followed by you, by name."""
    return paging.page_of(call, [render.user(user, call.addresses) for user in follows.connections(call.caller)])
