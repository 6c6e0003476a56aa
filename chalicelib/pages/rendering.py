"""Render HTML pages from Jinja2 templates, with the security policy of each, and serve the files that they load."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import errors
from chalicelib.http import error_pages
from chalicelib.http.request import ApiRequest, own_origin
from chalicelib.http.response import ApiResponse

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = Path(__file__).parent
ASSETS_PATH = "/assets/app"
HTML = error_pages.HTML
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
IMPORTED_MODULE = re.compile(r'(?<= from "\./)[a-z-]+\.js(?=")')
CACHE_ONE_YEAR = "public, max-age=31536000, immutable"

# Content-Security-Policy: a page may load its own styles and images and send forms to its own service. Pages with a
# script may also load that, and /docs may send requests to the API.
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT_POLICY = f"{PLAIN_POLICY}; script-src 'self'"
DOCS_POLICY = f"{SCRIPT_POLICY}; connect-src 'self'"


def page_response(
    request: ApiRequest, name: str, variables: dict[str, Any], status: int = 200, policy: str = PLAIN_POLICY
) -> ApiResponse:
    """Render a page that is meant for one user, so that no cache may store it."""
    text = render_template(name, request.addresses.prefix, **variables)
    return html_response(text, status, policy, {"Cache-Control": "no-store"})


def html_response(
    text: str, status: int = 200, policy: str = PLAIN_POLICY, headers: dict[str, str] | None = None
) -> ApiResponse:
    """Return a rendered page as a response."""
    page_headers = {
        "Content-Type": f"{HTML}; charset=utf-8",
        "Content-Security-Policy": policy,
        # A URL may contain a token, which other sites must not see. With no-referrer a form would send Origin: null.
        "Referrer-Policy": "same-origin",
    }
    return ApiResponse(text, status, page_headers | (headers or {}))


def require_same_origin_form(request: ApiRequest) -> None:
    """Require that a form was sent from a page of this service. Raises errors.Forbidden.

    The browser stores the user's Basic credentials and also sends them with forms that other sites post to this
    service. No token is needed to tell these forms apart: browsers say in Origin or Sec-Fetch-Site where a POST comes
    from, and a page cannot change these headers. A request with neither header does not come from a form in a browser.
    """
    headers = request.raw.headers
    origin = headers.get("origin")
    is_own = bool(origin) and origin == own_origin(request.raw)
    if not is_own and headers.get("sec-fetch-site") != "same-origin":
        raise errors.Forbidden("Only pages of this service may send forms here. Programs must use the API instead.")


def render_template(name: str, prefix: str, **variables: Any) -> str:
    """Render a template with escaped variables. `prefix` is the stage, which starts every path in the page."""
    return _templates().get_template(f"{name}.html").render(variables, prefix=prefix)


def asset_response(name: str) -> ApiResponse:
    """Return a file that pages load. Its URL changes with its content, so caches may store it for a year."""
    media_type = MEDIA_TYPES[Path(name).suffix]
    headers = {"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": CACHE_ONE_YEAR}
    return ApiResponse(_read(name), headers=headers)


def read_picture(name: str) -> bytes:
    """Return the content of a picture."""
    return (FOLDER / "static" / name).read_bytes()


def asset_url(name: str) -> str:
    """Return the path of a file that pages load, with a hash of its content."""
    return f"{ASSETS_PATH}/{name}?v={_version(name)}"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # takes 45 ms, and only pages need it

    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["asset_url"] = cache(asset_url)
    return templates


def read_markup(name: str) -> "Markup":
    """Return a generated file of HTML, which templates insert as it is."""
    from markupsafe import Markup  # comes with the template engine, and only pages need it

    return Markup(_read(name))  # noqa: S704 - infra.reference escapes what it writes


@cache
def _read(name: str) -> str:
    """Return the text of a file. A script names the modules that it imports by their URLs, as caches keep these."""
    text = (FOLDER / "static" / name).read_text()
    return (
        IMPORTED_MODULE.sub(lambda match: f"{match[0]}?v={_version(match[0])}", text) if name.endswith(".js") else text
    )


def _version(name: str) -> str:
    return hashlib.sha256(_read(name).encode()).hexdigest()[:8]
