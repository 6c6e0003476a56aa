"""Plans and reviews of OGSM canvases."""

from infra.testing.noun import Noun
from infra.testing.request_cases import QUERY, RequestCase
from infra.testing.world import World, location_of

PLAN = "/api/v2/ogsm_canvases/{ogsm_canvas_id}/plan.json"
REVIEW = "/api/v2/ogsm_canvases/{ogsm_canvas_id}/review.json"
TEAM_REVIEW = "/api/v2/teams/{team_id}/review.json"
ADDRESS_PARTS = {"{ogsm_canvas_id}": "ogsm_canvases", "{team_id}": "teams"}


def create_for(path: str, world: World) -> str:
    """Create the canvas or team of a path, and return the address that the path then has."""
    [(variable, noun)] = [one for one in ADDRESS_PARTS.items() if one[0] in path]
    location = location_of(world.owner.post(f"/api/v2/{noun}.json", json={"name": "x"}))
    return path.replace(variable, location.rpartition("/")[2].removesuffix(".json"))


def _case(path: str) -> RequestCase:
    return RequestCase("GET", path, [QUERY], address=lambda world: create_for(path, world))


NOUN = Noun(request_cases=[_case(path) for path in (PLAN, REVIEW, TEAM_REVIEW)])
