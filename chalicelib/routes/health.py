"""/health: whether the service is up."""

from chalicelib.http.request import ApiRequest
from chalicelib.http.routing import Routes
from chalicelib.schemas.health import HEALTH

routes = Routes(__name__)


@routes.get("/health", is_open=True, answers=HEALTH)
def get_health(_: ApiRequest) -> dict[str, str]:
    """Returns that the service is up. Needs no credentials and does not use the database."""
    return {"status": "ok"}
