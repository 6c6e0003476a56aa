"""/api/session: what the request stands for."""

from chalicelib import render
from chalicelib.domain import session
from chalicelib.http.call import Call
from chalicelib.http.routing import Routes
from chalicelib.signing import RATE_LIMIT, SESSION

routes = Routes(__name__)
Answer = dict[str, object]


@routes.get("/api/session/rate_limit", answers=RATE_LIMIT)
def get_rate_limit(_: Call) -> Answer:
    """Returns how many requests of all callers are answered in a day. Beyond that API Gateway answers 429."""
    return render.limit(session.rate_limit())


@routes.get("/api/session/context", answers=SESSION)
def get_context(call: Call) -> Answer:
    """Returns who is calling, with which credential, and what the request may."""
    return render.context(session.context(call.caller), call.addresses)
