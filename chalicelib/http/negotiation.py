"""Checks of request headers: the media types that a client accepts, and the sites that may write."""

from collections.abc import Mapping

from chalicelib import config, errors
from chalicelib.validation.bounds import MAX_HEADER_LENGTH

READ_HEADERS = ("accept", "content-type", "if-match", "if-none-match", "origin", "prefer", "sec-fetch-site")


def require_allowed_lengths(headers: Mapping[str, str]) -> None:
    """Raises errors.BadRequest if a header that the service reads is too long."""
    for name in READ_HEADERS:
        if len(headers.get(name, "")) > MAX_HEADER_LENGTH:
            raise errors.BadRequest(f"The header {name.title()} must have at most {MAX_HEADER_LENGTH} characters.")


def require_acceptable(accept: str | None, offered: str) -> None:
    """Raises errors.NotAcceptable if Accept rules out the offered media type (RFC 9110 section 12.5.1)."""
    family = offered.partition("/")[0]
    matching = {offered, f"{family}/*", "*/*", "application/problem+json"}
    if accept and not any(media_type in matching for media_type in _accepted_types(accept)):
        raise errors.NotAcceptable(f"The answer is {offered}, which the Accept header rules out.")


def require_allowed_origin(headers: Mapping[str, str], own_origin: str) -> None:
    """Raises errors.Forbidden for a write that a page of another site sends through a browser.

    A browser remembers Basic credentials and sends them along, so any site could write in its user's name.
    """
    origin = headers.get("origin")
    if origin in (None, own_origin):
        is_foreign = headers.get("sec-fetch-site") == "cross-site"
    else:
        is_foreign = origin not in config.ALLOWED_ORIGINS
    if is_foreign:
        raise errors.Forbidden("Pages of other sites may not change anything here.")


def _accepted_types(accept: str) -> list[str]:
    """Return the media types in an Accept header, without those of quality 0."""
    ranges = (part.replace(" ", "").lower().split(";") for part in accept.split(","))
    return [media_type for media_type, *parameters in ranges if not any(map(_is_zero_quality, parameters))]


def _is_zero_quality(parameter: str) -> bool:
    return parameter.startswith("q=") and not parameter[2:].strip("0.")
