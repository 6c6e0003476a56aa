"""HTML pages for errors. A browser that asks for a page gets one; every other client gets problem details."""

import re
from collections.abc import Callable, Mapping

from chalicelib.errors import Problem
from chalicelib.http.endpoint import Endpoint
from chalicelib.http.response import ApiResponse

HTML = "text/html"
JSON_TYPES = ("application/json", "application/problem+json")
QUALITY = re.compile(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)")

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
    """Return whether an Accept header ranks HTML above JSON (RFC 9110 section 12.5.1)."""
    qualities = dict(map(_read_range, accept.lower().split(",")))
    return _quality(qualities, HTML) > max(_quality(qualities, media_type) for media_type in JSON_TYPES)


def _read_range(text: str) -> tuple[str, float]:
    """Return a media range of an Accept header with its quality. One that is no number counts as 0."""
    media_range, *parameters = "".join(text.split()).split(";")
    quality = next((parameter for parameter in parameters if parameter.startswith("q=")), "q=1")
    return media_range, float(quality[2:]) if QUALITY.fullmatch(quality) else 0.0


def _quality(qualities: Mapping[str, float], media_type: str) -> float:
    """Return the quality of the most specific range that contains a media type, or 0 if none does."""
    family = media_type.partition("/")[0]
    return next((qualities[one] for one in (media_type, f"{family}/*", "*/*") if one in qualities), 0.0)
