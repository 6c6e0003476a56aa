"""/ogsm: pages that show the OGSM canvases of the account, and each of them on one page."""

from chalicelib import clock
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.pages.rendering import HTML

routes = Routes(__name__, path_variables={"canvas_id": NUMBER})
PATH = "/ogsm"


@routes.get(PATH, media_type=HTML)
def show_canvases(request: ApiRequest) -> ApiResponse:
    """Shows the OGSM canvases of the account, with the number of items that are on track."""
    from chalicelib.domain.ogsm import canvas_overview  # only pages need it
    from chalicelib.pages.canvas_list import build_list

    cards = build_list(canvas_overview.list_overviews(request.caller))
    return rendering.page_response(request, "ogsm_canvases", {"cards": cards})


@routes.get(f"{PATH}/{{canvas_id}}", media_type=HTML)
def show_canvas(request: ApiRequest, canvas_id: int) -> ApiResponse:
    """Shows an OGSM canvas on one page: objectives and goals, and below them strategies with KPIs and actions."""
    from chalicelib.domain.ogsm import canvas_overview  # only pages need what draws them
    from chalicelib.domain.ogsm.plan import read_plan
    from chalicelib.pages.canvas_page import CanvasPage

    plan = read_plan(request.caller, canvas_id)
    page = CanvasPage(plan, canvas_overview.find_team(request.caller, plan.canvas), clock.today()).build()
    return rendering.page_response(request, "ogsm_canvas", {"page": page})
