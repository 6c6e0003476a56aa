"""/ and /docs: a page about the service, and the reference of the API."""

from functools import lru_cache

from chalicelib.http.endpoint import MARKDOWN
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.pages.rendering import HTML
from chalicelib.routes.agent_docs import show_overview
from chalicelib.routes.contract import WRITTEN_FOR

routes = Routes(__name__)
MAX_ADDRESSES = 4  # a process is reached through at most this many stages and domains


@routes.get("/", is_open=True, media_type=HTML)
def show_landing(request: ApiRequest) -> ApiResponse:
    """Shows a page about the service, with links to everything else."""
    addresses = request.addresses
    return rendering.html_response(rendering.render_template("landing", addresses.prefix, base_url=addresses.base_url))


@routes.get("/docs", is_open=True, media_type=HTML, other_media_types=(MARKDOWN,))
def show_docs(request: ApiRequest) -> ApiResponse:
    """Shows every call with its parameters, bodies and answers, and a form to try it."""
    if request.media_type == MARKDOWN:
        return show_overview(request)
    return rendering.html_response(
        _render_docs(request.addresses.prefix, request.addresses.base_url), policy=rendering.DOCS_POLICY
    )


@lru_cache(MAX_ADDRESSES)
def _render_docs(prefix: str, base_url: str) -> str:
    content = rendering.read_markup("reference.html")
    return rendering.render_template("docs", prefix, content=content, written_for=WRITTEN_FOR, api=base_url)
