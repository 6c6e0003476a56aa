"""/ and /docs: what this is, and its reference, for people."""

import json
from functools import lru_cache

from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.pages.rendering import HTML

routes = Routes(__name__)
STAGES = 4  # that one process is reached through, at most: the stage itself and domains


@routes.get("/", is_open=True, media_type=HTML)
def show_landing(request: ApiRequest) -> ApiResponse:
    """Shows what this is, and where to go on."""
    at = request.addresses
    return rendering.html_response(rendering.render_template("landing", at.prefix, origin=at.origin))


@routes.get("/docs", is_open=True, media_type=HTML)
def show_docs(request: ApiRequest) -> ApiResponse:
    """Shows every call with its parameters, bodies and answers, and a form to try it."""
    return rendering.html_response(_docs(request.addresses.prefix), policy=rendering.DOCS_POLICY)


@lru_cache(STAGES)
def _docs(prefix: str) -> str:
    from chalicelib.pages.reference import Reference  # few requests need it, and every cold start would pay

    document = json.loads((rendering.FOLDER / "static/openapi.json").read_text())
    return rendering.render_template("docs", prefix, reference=Reference(document))
