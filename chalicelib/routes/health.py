"""/health: whether the service answers at all."""

from chalicelib.http.call import Call
from chalicelib.http.routing import Routes
from chalicelib.schemas import HEALTH

routes = Routes(__name__)


@routes.get("/health", is_open=True, answers=HEALTH)
def get_health(_: Call) -> dict[str, str]:
    """Says that the service is up, without credentials and without touching the database."""
    return {"status": "ok"}
