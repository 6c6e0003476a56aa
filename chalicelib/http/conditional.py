"""Conditional requests (RFC 9110 section 13), with strong entity tags of the answers' text."""

import hashlib

from chalicelib import errors


def etag(text: str) -> str:
    """Return the strong entity tag of an answer."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def matches_etag(text: str, if_none_match: str | None) -> bool:
    """Return whether the client has this answer already (If-None-Match, weak comparison)."""
    return if_none_match is not None and _names_etag(if_none_match.replace("W/", ""), text)


def require_match(text: str, if_match: str | None) -> None:
    """Raises errors.PreconditionFailed if If-Match is given and does not name the current answer."""
    if if_match is not None and not _names_etag(if_match, text):
        raise errors.PreconditionFailed("The object has changed since you read it (If-Match). Nothing was changed.")


def _names_etag(header: str, text: str) -> bool:
    tags = {tag.strip() for tag in header.split(",")}
    return "*" in tags or etag(text) in tags
