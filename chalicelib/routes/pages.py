"""/ and /docs: a page about the service, and the reference of the API."""

import json
from functools import lru_cache

from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.pages.rendering import HTML

routes = Routes(__name__)
MAX_PREFIXES = 4  # a process is reached through at most this many stages and domains


@routes.get("/", is_open=True, media_type=HTML)
def show_landing(request: ApiRequest) -> ApiResponse:
    """Shows a page about the service, with links to everything else."""
    addresses = request.addresses
    return rendering.html_response(rendering.render_template("landing", addresses.prefix, base_url=addresses.base_url))


@routes.get("/docs", is_open=True, media_type=HTML)
def show_docs(request: ApiRequest) -> ApiResponse:
    """Shows every call with its parameters, bodies and answers, and a form to try it."""
    return rendering.html_response(_render_docs(request.addresses.prefix), policy=rendering.DOCS_POLICY)


@lru_cache(MAX_PREFIXES)
def _render_docs(prefix: str) -> str:
    from chalicelib.pages.reference import Reference  # few requests need it, and it would slow every cold start

    document = json.loads((rendering.FOLDER / "static/openapi.json").read_text())
    return rendering.render_template("docs", prefix, reference=Reference(document))
