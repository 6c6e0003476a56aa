"""The page that a browser shows for an error."""

from chalicelib.errors import Problem
from chalicelib.http.response import ApiResponse
from chalicelib.pages import rendering


def render_error(problem: Problem, stage: str, request_id: str) -> ApiResponse:
    """Return the page for an error, with its status and headers. No cache may store it."""
    text = rendering.render_template("error", stage, problem=problem, request_id=request_id)
    return rendering.html_response(text, problem.status, headers=problem.headers | {"Cache-Control": "no-store"})
