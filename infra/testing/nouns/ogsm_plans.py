"""Plans and reviews of OGSM canvases."""

from infra.testing.noun import Noun
from infra.testing.request_cases import QUERY, RequestCase
from infra.testing.world import World, location_of

PATHS = (
    "/api/v2/ogsm_canvases/{ogsm_canvas_id}/plan.json",
    "/api/v2/ogsm_canvases/{ogsm_canvas_id}/review.json",
    "/api/v2/teams/{team_id}/review.json",
)
NOUNS_OF_VARIABLES = {"{ogsm_canvas_id}": "ogsm_canvases", "{team_id}": "teams"}


def create_for(path: str, world: World) -> str:
    """Create the canvas or team of a path, and return the address that the path then has."""
    [(variable, noun)] = [one for one in NOUNS_OF_VARIABLES.items() if one[0] in path]
    location = location_of(world.owner.post(f"/api/v2/{noun}.json", json={"name": "x"}))
    return path.replace(variable, location.rpartition("/")[2].removesuffix(".json"))


def _case(path: str) -> RequestCase:
    return RequestCase("GET", path, [QUERY], address=lambda world: create_for(path, world))


NOUN = Noun(request_cases=[_case(path) for path in PATHS])
