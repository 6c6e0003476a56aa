"""/api/v2/goals/<id>/series.json, and the same for KPIs: target and actual over time."""

from chalicelib import json_text
from chalicelib.domain.ogsm.canvas_items import GOALS, KPIS
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.ogsm_series import SERIES

routes = Routes(__name__)
TOO_LARGE = (413,)
ADVICE = "Read the list of measurements, which has pages."


@routes.get(
    "/api/v2/goals/{goal_id}/series.json",
    noun="goals",
    answers=SERIES,
    answer_example="series",
    more_errors=TOO_LARGE,
)
def get_goal_series(request: ApiRequest, goal_id: int) -> ApiResponse:
    """Return target and actual of a goal by day, quarter and year. With sub-goals they are computed from those."""
    return _answer(request, GOALS, goal_id)


@routes.get(
    "/api/v2/kpis/{kpi_id}/series.json",
    noun="kpis",
    answers=SERIES,
    answer_example="series",
    more_errors=TOO_LARGE,
)
def get_kpi_series(request: ApiRequest, kpi_id: int) -> ApiResponse:
    """Return target and actual of a KPI by day, quarter and year. With sub-KPIs they are computed from those."""
    return _answer(request, KPIS, kpi_id)


def _answer(request: ApiRequest, noun: OgsmNoun, item_id: int) -> ApiResponse:
    from chalicelib.domain.ogsm.rollup import read_series  # only series need it, and it makes cold starts slower

    return paging.whole_response([json_text.dump(read_series(request.caller, noun, item_id))], ADVICE)
