"""Checks of request headers: the media types that a client accepts, and the sites that may write."""

from collections.abc import Mapping, Sequence

from chalicelib import config, errors
from chalicelib.http.bodies import is_json
from chalicelib.http.cors import cors_headers
from chalicelib.http.endpoint import MARKDOWN
from chalicelib.http.weights import find_weight, read_weights
from chalicelib.validation.bounds import MAX_HEADER_LENGTH

DRY_RUN_PREFERENCE = "dry-run"  # the preference with which a client asks what a write would do
READ_HEADERS = (
    *("accept", "accept-encoding", "confirm-token", "content-type", "if-match", "if-none-match"),
    *("mcp-method", "mcp-name", "mcp-protocol-version", "origin", "prefer", "sec-fetch-site"),
)


def require_allowed_lengths(headers: Mapping[str, str]) -> None:
    """Raises errors.BadRequest if a header that the service reads is too long."""
    for name in READ_HEADERS:
        if len(headers.get(name, "")) > MAX_HEADER_LENGTH:
            raise errors.BadRequest(f"The header {name.title()} must have at most {MAX_HEADER_LENGTH} characters.")


def choose_media_type(accept: str | None, offered: Sequence[str]) -> str:
    """Return the offered media type that a client prefers, the first one if it has no preference.

    Of equal ones it is the first one, but Markdown if the client names it: browsers never do, and agents prefer it.

    Raises errors.NotAcceptable if Accept rules out all of them (RFC 9110 section 12.5.1). A malformed header rules
    nothing out.
    """
    weights = read_weights(accept or "")
    if not weights or not all("/" in name for name in weights):
        return offered[0]
    preferred = max(offered, key=lambda one: (_weigh(one, weights), one == MARKDOWN and one in weights))
    if _weigh(preferred, weights) == 0:
        raise errors.NotAcceptable(f"The answer is {' or '.join(offered)}, which the Accept header rules out.")
    return preferred


def _weigh(offered: str, weights: Mapping[str, float]) -> float:
    """Return how much a client wants a media type. Clients that accept some kind of JSON can read all of them."""
    kinds_of_json = [weight for name, weight in weights.items() if is_json(name)]
    if offered not in weights and is_json(offered) and any(kinds_of_json):
        return max(kinds_of_json)
    return find_weight(weights, offered) or 0


def require_allowed_origin(headers: Mapping[str, str], own_origin: str) -> None:
    """Raises errors.Forbidden for a write that a page of another site sends through a browser.

    A browser remembers Basic credentials and sends them along, so any site could write in its user's name.
    """
    origin = headers.get("origin")
    if origin is None or (own_origin and origin == own_origin):
        is_foreign = headers.get("sec-fetch-site") == "cross-site"
    else:
        is_foreign = origin not in config.ALLOWED_ORIGINS
    if is_foreign:
        raise errors.Forbidden("Pages of other sites may not change anything here.")


def is_lenient(headers: Mapping[str, str]) -> bool:
    """Return whether unknown parameters and fields are ignored instead of refused (RFC 7240 section 4.4)."""
    return _read_preferences(headers).get("handling") == "lenient"


def prefers_dry_run(headers: Mapping[str, str]) -> bool:
    """Return whether the client asks what a write would do (RFC 7240: a preference that it defines as it likes)."""
    return DRY_RUN_PREFERENCE in _read_preferences(headers)


def _read_preferences(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the preferences of a request, in lower case (RFC 7240 section 2: only the first one of a name counts)."""
    preferences: dict[str, str] = {}
    for preference in headers.get("prefer", "").lower().split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        preferences.setdefault(name.strip(), value.strip().strip('"'))
    return preferences


def negotiated_headers(headers: Mapping[str, str], *, has_choice: bool = False) -> dict[str, str]:
    """Return the CORS headers of an answer, and Vary with the request headers on which the answer depends.

    It is compressed or not by Accept-Encoding, on AWS by API Gateway. `has_choice` says that Accept chooses its type.
    """
    answered = cors_headers(headers)
    vary = ["Accept" if has_choice else None, "Accept-Encoding", answered.get("Vary")]
    return answered | {"Vary": ", ".join(filter(None, vary))}
