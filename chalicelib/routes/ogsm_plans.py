"""/api/v2/ogsm_canvases/<id>/plan.json and the reviews: everything on a canvas, and how it is going.

The modules that compute plans and reviews are loaded on first use, because others would have slower cold starts.
"""

from chalicelib import json_text
from chalicelib.domain.ogsm.plan_schema import PLAN
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_plans import PLAN_PARAMETERS, REVIEW, REVIEW_PARAMETERS
from chalicelib.serializers.ogsm_documents import select_fields
from chalicelib.validation.schema import PartOf

routes = Routes(__name__)
CANVAS, TEAM = "/api/v2/ogsm_canvases/{ogsm_canvas_id}", "/api/v2/teams/{team_id}"
TOO_LARGE = (413,)
ADVICE = "Use `fields` to request one part at a time, or read the lists, which have pages."


@routes.get(
    f"{CANVAS}/plan.json",
    query=PLAN_PARAMETERS,
    answers=PartOf(PLAN),
    answer_example="plan",
    more_errors=TOO_LARGE,
)
def get_plan(request: ApiRequest, ogsm_canvas_id: int) -> ApiResponse:
    """Return everything on an OGSM canvas, in the order of `row_order`. KPIs and actions are with their strategies."""
    from chalicelib.domain.ogsm.plan import read_plan  # only plans need it
    from chalicelib.domain.ogsm.plan_text import write_plan

    plan = read_plan(request.caller, ogsm_canvas_id, include_archived=request.query.get("include_archived", False))
    return paging.whole_response(write_plan(plan, request.query.get("fields")), ADVICE)


@routes.get(
    f"{CANVAS}/review.json",
    query=REVIEW_PARAMETERS,
    answers=PartOf(REVIEW),
    answer_example="review",
    more_errors=TOO_LARGE,
)
def review_canvas(request: ApiRequest, ogsm_canvas_id: int) -> ApiResponse:
    """Return how everything on an OGSM canvas is going, and what needs attention."""
    from chalicelib.domain.ogsm import review  # only reviews need it

    return _answer(request, review.review_canvas(request.caller, ogsm_canvas_id))


@routes.get(
    f"{TEAM}/review.json",
    query=REVIEW_PARAMETERS,
    answers=PartOf(REVIEW),
    answer_example="review",
    more_errors=TOO_LARGE,
)
def review_team(request: ApiRequest, team_id: int) -> ApiResponse:
    """Return how everything on the canvases of a team and of its subordinate teams is going."""
    from chalicelib.domain.ogsm import review  # only reviews need it

    return _answer(request, review.review_team(request.caller, team_id))


def _answer(request: ApiRequest, document: JsonObject) -> ApiResponse:
    text = json_text.dump(select_fields(document, request.query.get("fields")))
    return paging.whole_response([text], ADVICE)
