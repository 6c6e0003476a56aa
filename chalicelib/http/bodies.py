"""Request bodies: JSON, or form-encoded as the OGSM document allows too."""

from typing import Any, NoReturn

from chalicelib import errors, json_text
from chalicelib.http import forms
from chalicelib.validation.bounds import MAX_BODY_BYTES, MAX_DEPTH


def parse_body(content: bytes, content_type: str) -> dict[str, Any]:
    """Return the object in a body. Raises errors.TooLarge, errors.UnsupportedMediaType, errors.BadRequest."""
    require_allowed_size(len(content))
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return forms.parse_form(_decode(content))
    if media_type not in ("", "application/json") and not _has_json_suffix(media_type):
        raise errors.UnsupportedMediaType(f"Send the body as application/json, not as {media_type}.")
    value = _parse_json(_decode(content))
    if not isinstance(value, dict):
        raise errors.BadRequest("The body must be a JSON object.")
    return value


def require_allowed_size(size: int, most: int = MAX_BODY_BYTES) -> None:
    """Raise errors.TooLarge if a body of this many bytes is too large."""
    if size > most:
        raise errors.TooLarge(f"The body has {size} bytes; at most {most} are allowed.")


def _has_json_suffix(media_type: str) -> bool:
    return media_type.startswith("application/") and media_type.endswith("+json")  # RFC 6839


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")  # RFC 8259 section 8.1: JSON is UTF-8, whatever a charset parameter says
    except UnicodeDecodeError as error:
        raise errors.BadRequest(f"The body is not valid UTF-8 at byte {error.start}.") from None


def _parse_json(text: str) -> Any:
    if json_text.exceeds_depth(text, MAX_DEPTH):
        raise errors.BadRequest(f"The body is more than {MAX_DEPTH} levels deep.")
    try:
        return json_text.load(text, parse_constant=_refuse_constant)
    except json_text.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise errors.BadRequest(f"The body is not valid JSON at {position}: {error.msg}.") from None
    except ValueError as error:
        raise errors.BadRequest(f"The body is not usable JSON: {error}.") from None


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")
