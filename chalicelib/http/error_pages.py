"""HTML pages for errors. A browser that asks for a page gets one; every other client gets problem details."""

from collections.abc import Callable, Mapping

from chalicelib.errors import Problem
from chalicelib.http.endpoint import Endpoint
from chalicelib.http.response import ApiResponse
from chalicelib.http.weights import find_weight, read_weights

HTML = "text/html"
JSON_TYPES = ("application/json", "application/problem+json")

# Renders the page for an error, from the error, the stage in front of every path, and the request id. The package
# `pages` builds on this one, so it registers its function here.
PageRenderer = Callable[[Problem, str, str], ApiResponse]
_renderers: list[PageRenderer] = []


def register(renderer: PageRenderer) -> None:
    """Let this function render the pages of all errors."""
    _renderers[:] = [renderer]


def build_page(problem: Problem, stage: str, request_id: str) -> ApiResponse:
    """Return the page for an error, with the status and the headers of the error."""
    [renderer] = _renderers
    return renderer(problem, stage, request_id)


def is_wanted(headers: Mapping[str, str], endpoints: list[Endpoint]) -> bool:
    """Return whether the error of a request is to be a page. `endpoints` are those of the address, if there are any.

    It is a page if the client prefers HTML to JSON, and the address is that of a page or of nothing.
    """
    is_of_api = any(endpoint.media_type != HTML for endpoint in endpoints)
    return not is_of_api and prefers_html(headers.get("accept", ""))


def prefers_html(accept: str) -> bool:
    """Return whether an Accept header ranks HTML above JSON (RFC 9110 section 12.5.1). A malformed header does not."""
    weights = read_weights(accept) or {}
    html, *json = (find_weight(weights, media_type) or 0 for media_type in (HTML, *JSON_TYPES))
    return html > max(json)
