"""/llms.txt, /docs.md and /docs/: the documentation as Markdown, for agents.

`make generate` writes the pages. They are made of what /docs is made of, so neither says more than the other.
"""

from functools import cache

from chalicelib import errors
from chalicelib.http.endpoint import MARKDOWN
from chalicelib.http.path_variables import PathVariable
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.routes.contract import WRITTEN_FOR

# The names of files: letters and hyphens only, so that no name leads out of their folder.
routes = Routes(__name__, path_variables={"page_name": PathVariable(r"[a-z-]{1,50}\.md")})
PLAIN = "text/plain"


@routes.get("/llms.txt", is_open=True, media_type=PLAIN, other_media_types=(MARKDOWN,))
def show_index(request: ApiRequest) -> ApiResponse:
    """Returns the list of the pages for agents, in the format of llmstxt.org."""
    return _text_response(request, "llms.txt")


@routes.get("/docs.md", is_open=True, media_type=MARKDOWN)
def show_overview(request: ApiRequest) -> ApiResponse:
    """Returns the rules of all calls as Markdown, and the addresses of the pages that describe the calls."""
    return _text_response(request, "docs.md")


@routes.get("/docs/{page_name}", is_open=True, media_type=MARKDOWN)
def show_docs_page(request: ApiRequest, page_name: str) -> ApiResponse:
    """Returns the calls of a noun as Markdown, with their parameters, bodies and answers, or a page of the guide."""
    return _text_response(request, f"docs/{page_name}")


def _text_response(request: ApiRequest, name: str) -> ApiResponse:
    """Return a page with the address at which the client reached the service. Raises errors.NotFound."""
    try:
        text = _read_page(name)
    except FileNotFoundError:
        index = request.url("/llms.txt")
        raise errors.NotFound(f"There is no page {name}. {index} lists all pages.") from None
    headers = {"Content-Type": f"{request.media_type}; charset=utf-8", "Cache-Control": "public, max-age=3600"}
    return ApiResponse(text.replace(WRITTEN_FOR, request.addresses.base_url), headers=headers)


@cache
def _read_page(name: str) -> str:
    """Return the text of a page. Raises FileNotFoundError, which is not cached: requests may name any page."""
    return (rendering.FOLDER / "static" / name).read_text()
