"""/api/session: who is calling, and how many requests are allowed."""

from chalicelib.http.request import ApiRequest
from chalicelib.http.routing import Routes
from chalicelib.schemas.session import CONTEXT_CHOICE, RATE_LIMIT, SESSION

routes = Routes(__name__)
Answer = dict[str, object]


@routes.get("/api/session/rate_limit", answers=RATE_LIMIT)
def get_rate_limit(_: ApiRequest) -> Answer:
    """Returns the daily number of requests allowed for the account. Beyond it API Gateway answers 429."""
    from chalicelib.domain.accounts import session  # few requests are about the session
    from chalicelib.serializers.session import serialize_rate_limit

    return serialize_rate_limit(session.get_rate_limit())


@routes.get("/api/session/context", answers=SESSION)
def get_context(request: ApiRequest) -> Answer:
    """Returns who is calling, with which credential, and what the request may do."""
    from chalicelib.domain.accounts import session  # few requests are about the session
    from chalicelib.serializers.session import serialize_context

    return serialize_context(session.get_context(request.caller), request.addresses)


@routes.put("/api/session/switch_context", body=CONTEXT_CHOICE, body_example="sent_context", answers=SESSION)
def switch_context(request: ApiRequest) -> Answer:
    """Returns the context that you name by its type and slug. The only one is that of your own user."""
    from chalicelib.domain.accounts import session  # few requests are about the session
    from chalicelib.serializers.session import serialize_context

    return serialize_context(session.switch_context(request.caller, request.body["slug"]), request.addresses)
