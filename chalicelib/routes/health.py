"""/health: whether the service answers at all."""

from chalicelib.http.request import ApiRequest
from chalicelib.http.routing import Routes
from chalicelib.schemas.health import HEALTH

routes = Routes(__name__)


@routes.get("/health", is_open=True, answers=HEALTH)
def get_health(_: ApiRequest) -> dict[str, str]:
    """Says that the service is up, without credentials and without touching the database."""
    return {"status": "ok"}
