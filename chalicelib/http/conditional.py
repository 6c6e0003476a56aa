"""Conditional requests (RFC 9110 section 13): strong tags over the very bytes that are answered."""

import hashlib

from chalicelib import errors


def etag(text: str) -> str:
    """The strong entity tag of a representation."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def matches_etag(text: str, if_none_match: str | None) -> bool:
    """Whether the client holds this representation already (If-None-Match, weak comparison)."""
    return if_none_match is not None and _lists(if_none_match.replace("W/", ""), text)


def require_match(text: str, if_match: str | None) -> None:
    """Lets a write pass that is about the current representation. Raises errors.PreconditionFailed."""
    if if_match is not None and not _lists(if_match, text):
        raise errors.PreconditionFailed("the object is not (any more) the one that If-Match names; nothing was changed")


def _lists(header: str, text: str) -> bool:
    tags = {tag.strip() for tag in header.split(",")}
    return "*" in tags or etag(text) in tags
