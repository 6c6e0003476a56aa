"""The series of goals and KPIs."""

from functools import partial

from infra.testing.noun import Noun
from infra.testing.request_cases import QUERY, RequestCase
from infra.testing.world import World, location_of

PATHS = ("/api/v2/goals/{goal_id}/series.json", "/api/v2/kpis/{kpi_id}/series.json")


def create_for(path: str, world: World) -> str:
    """Create a goal or KPI with a measurement, and return the address of its series."""
    every = path.partition("/{")[0]
    item = location_of(world.owner.post(f"{every}.json", json={"title": "x"})).removesuffix(".json")
    assert world.owner.put(f"{item}/measurements/2024-06-30.json", json={"actual": 66.5}).status_code == 201
    return f"{item}/series.json"


NOUN = Noun(request_cases=[RequestCase("GET", path, [QUERY], address=partial(create_for, path)) for path in PATHS])
