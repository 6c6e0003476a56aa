"""Pages for people: Jinja2 templates, the policy that browsers hold them to, and the files that they load."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import errors
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
ASSETS_PATH = "/assets/app"
HTML = "text/html"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CACHE_ONE_YEAR = "public, max-age=31536000, immutable"

# What a page may do: look like itself and send its forms home. What its scripts may comes on top of that.
PLAIN_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPT_POLICY = f"{PLAIN_POLICY}; script-src 'self'"
DOCS_POLICY = f"{SCRIPT_POLICY}; connect-src 'self'"


def page_response(
    request: ApiRequest, name: str, words: dict[str, Any], status: int = 200, policy: str = PLAIN_POLICY
) -> ApiResponse:
    """The page of that name with these words in it, made harmless; kept nowhere."""
    return html_response(
        render_template(name, request.addresses.prefix, **words), status, policy, {"Cache-Control": "no-store"}
    )


def html_response(
    text: str, status: int = 200, policy: str = PLAIN_POLICY, headers: dict[str, str] | None = None
) -> ApiResponse:
    """A rendered page as an answer."""
    fixed = {
        "Content-Type": f"{HTML}; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",  # an address may hold a token; no-referrer would make a form's Origin null
    }
    return ApiResponse(text, status, fixed | (headers or {}))


def require_same_origin_form(request: ApiRequest) -> None:
    """Lets a form pass that a page of this service has sent. Raises errors.Forbidden.

    The browser holds the Basic credentials of whoever looks, and adds them to what other sites' pages send here too.
    No token has to tell these apart: every browser says of a POST where it comes from, in Origin or Sec-Fetch-Site, and
    no page can change either. What has neither of them is no form in a browser, and has the API for its purposes.
    """
    headers = request.raw.headers
    if request.addresses.origin != headers.get("origin") and headers.get("sec-fetch-site") != "same-origin":
        raise errors.Forbidden("only forms of this service's own pages may be sent here; programs use the API")


def render_template(name: str, prefix: str, **words: Any) -> str:
    """A template's text; `prefix` is the stage that goes before every address."""
    return _templates().get_template(f"{name}.html").render(words, prefix=prefix)


def asset_response(name: str) -> ApiResponse:
    """A file that pages load. Its address changes with its content, so it may be kept."""
    kind = MEDIA_TYPES[Path(name).suffix]
    return ApiResponse(_read(name), headers={"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": CACHE_ONE_YEAR})


def asset_url(name: str) -> str:
    """Where a file is, with what stands for its content."""
    return f"{ASSETS_PATH}/{name}?v={hashlib.sha256(_read(name).encode()).hexdigest()[:8]}"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # 45 ms, which only pages need

    loader = FileSystemLoader(FOLDER / "templates")
    templates = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals["address"] = cache(asset_url)
    return templates


@cache
def _read(name: str) -> str:
    return (FOLDER / "static" / name).read_text()
