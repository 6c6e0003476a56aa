"""Following one another: /api/users/{user}/collaborate, and the lists of both directions."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import follows
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.nouns import FOLLOWED
from chalicelib.schemas import USER
from chalicelib.storage.changes import Change

routes = Routes(__name__)


@routes.put("/api/users/{user}/collaborate", body=None, answers=USER)
def collaborate(call: Call, user: str) -> Change[dict[str, object]]:
    """Follows a user, by slug or id, and so invites that user to follow you. Returns the user."""
    change = follows.collaborate(call.caller, user)
    return change.answering(render.user(change.answer, call.addresses))


@routes.get("/api/me/follows", query=FOLLOWED, answers=Each(USER))
def list_follows(call: Call) -> Reply:
    """Returns whom you follow, by name. Another `type` than User is nobody yet."""
    found = follows.followed(call.caller, call.query.get("type", ""))
    return paging.page_of(call, [render.user(user, call.addresses) for user in found])


@routes.get("/api/me/followings", query=FOLLOWED, answers=Each(USER))
def list_followings(call: Call) -> Reply:
    """Returns who follows you, by name. Another `type` than User is nobody yet."""
    found = follows.followers(call.caller, call.query.get("type", ""))
    return paging.page_of(call, [render.user(user, call.addresses) for user in found])
