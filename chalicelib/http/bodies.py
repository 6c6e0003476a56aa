"""Request bodies: JSON, or form-encoded as the OGSM document allows too."""

from typing import Any, NamedTuple

from chalicelib import errors, json_text
from chalicelib.http import forms
from chalicelib.validation.bounds import MAX_BODY_BYTES, MAX_DEPTH

FORM = "application/x-www-form-urlencoded"


class ParsedBody(NamedTuple):
    """The object in a body. All values of a form are text."""

    fields: dict[str, Any]
    is_form: bool


def parse_body(content: bytes, content_type: str) -> ParsedBody:
    """Return the object in a body. Raises errors.TooLarge, errors.UnsupportedMediaType, errors.BadRequest.

    curl and others declare a form unless they are told otherwise, so a form that starts with a brace is taken as JSON.
    """
    require_allowed_size(len(content))
    media_type = content_type.partition(";")[0].strip().lower()
    is_form = media_type == FORM
    if media_type and not is_form and not is_json(media_type):
        raise errors.UnsupportedMediaType(
            f"Send JSON with the header Content-Type: application/json, or a form with Content-Type: {FORM}. "
            f"The body was sent as {media_type}."
        )
    try:
        text = json_text.decode(content)
        if is_form and not text.lstrip().startswith("{"):
            return ParsedBody(forms.parse_form(text), is_form=True)
        value = json_text.parse(text, MAX_DEPTH)
    except json_text.UnusableText as error:
        raise errors.BadRequest(f"The body {error}.") from None
    if not isinstance(value, dict):
        raise errors.BadRequest("The body must be a JSON object.")
    return ParsedBody(value, is_form=False)


def is_json(media_type: str) -> bool:
    """Return whether a media type in lower case is one of JSON (RFC 6839)."""
    return media_type in ("application/json", "text/json") or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


def require_allowed_size(size: int, most: int = MAX_BODY_BYTES) -> None:
    """Raise errors.TooLarge if a body of this many bytes is too large."""
    if size > most:
        raise errors.TooLarge(f"The body has {size} bytes; at most {most} are allowed.")
