"""The pages of OGSM canvases."""

from infra.testing.noun import Noun
from infra.testing.request_cases import GET_ITEM, QUERY, RequestCase
from infra.testing.world import World, location_of

CANVASES, CANVAS = "/ogsm", "/ogsm/{canvas_id}"


def create_canvas(world: World) -> str:
    """Create a canvas of a team, and return the address of its page."""
    team = location_of(world.owner.post("/api/v2/teams.json", json={"name": "x"}))
    body = {"name": "x", "team": {"id": _id_in(team)}}
    return f"{CANVASES}/{_id_in(location_of(world.owner.post('/api/v2/ogsm_canvases.json', json=body)))}"


def _id_in(location: str) -> str:
    return location.rpartition("/")[2].removesuffix(".json")


NOUN = Noun(
    request_cases=[
        RequestCase("GET", CANVASES, [QUERY]),
        RequestCase("GET", CANVAS, [QUERY, GET_ITEM], address=create_canvas),  # the plan, then its team
    ]
)
