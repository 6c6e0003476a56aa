"""/health: whether the service is up."""

from collections.abc import Callable

from chalicelib import errors
from chalicelib.http.request import ApiRequest
from chalicelib.http.routing import Routes
from chalicelib.schemas.health import HEALTH

routes = Routes(__name__)

# Whether the parts that run in the same process work. The local server adds its store; on AWS the list is empty.
CHECKS: list[Callable[[], bool]] = []


@routes.get("/health", is_open=True, answers=HEALTH)
def get_health(_: ApiRequest) -> dict[str, str]:
    """Returns that the service is up. Needs no credentials and does not use the database."""
    if not all(works() for works in CHECKS):
        raise errors.Unavailable("The service cannot save changes at the moment. Try again later.")
    return {"status": "ok"}
