"""Pages for people: Jinja2 templates, the policy that browsers hold them to, and the files that they load."""

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib import errors
from chalicelib.http.call import Call, Reply

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent.parent / "pages"
ASSETS = "/assets/app"
HTML = "text/html"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
YEAR = "public, max-age=31536000, immutable"

# What a page may do: look like itself and send its forms home. What its scripts may comes on top of that.
PLAIN = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED = f"{PLAIN}; script-src 'self'"
TRYING = f"{SCRIPTED}; connect-src 'self'"


def page(call: Call, name: str, words: dict[str, Any], status: int = 200, policy: str = PLAIN) -> Reply:
    """The page of that name with these words in it, made harmless; kept nowhere."""
    return reply(render(name, call.addresses.prefix, **words), status, policy, {"Cache-Control": "no-store"})


def reply(text: str, status: int = 200, policy: str = PLAIN, headers: dict[str, str] | None = None) -> Reply:
    """A rendered page as an answer."""
    fixed = {
        "Content-Type": f"{HTML}; charset=utf-8",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "same-origin",  # an address may hold a token; no-referrer would make a form's Origin null
    }
    return Reply(text, status, fixed | (headers or {}))


def check_own(call: Call) -> None:
    """Lets a form pass that a page of this service has sent. Raises errors.Forbidden.

    The browser holds the Basic credentials of whoever looks, and adds them to what other sites' pages send here too.
    No token has to tell these apart: every browser says of a POST where it comes from, in Origin or Sec-Fetch-Site, and
    no page can change either. What has neither of them is no form in a browser, and has the API for its purposes.
    """
    headers = call.request.headers
    if call.addresses.origin != headers.get("origin") and headers.get("sec-fetch-site") != "same-origin":
        raise errors.Forbidden("only forms of this service's own pages may be sent here; programs use the API")


def render(name: str, prefix: str, **words: Any) -> str:
    """A template's text; `prefix` is the stage that goes before every address."""
    return _templates().get_template(f"{name}.html").render(words, prefix=prefix)


def asset(name: str) -> Reply:
    """A file that pages load. Its address changes with its content, so it may be kept."""
    kind = KINDS[Path(name).suffix]
    return Reply(_read(name), headers={"Content-Type": f"{kind}; charset=utf-8", "Cache-Control": YEAR})


def address(name: str) -> str:
    """Where a file is, with what stands for its content."""
    return f"{ASSETS}/{name}?v={hashlib.sha256(_read(name).encode()).hexdigest()[:8]}"


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # 45 ms, which only pages need

    loader = FileSystemLoader(FOLDER)
    templates = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.globals["address"] = cache(address)
    return templates


@cache
def _read(name: str) -> str:
    return (FOLDER / name).read_text()
