"""Request bodies: JSON as the documents promise, or form-encoded as the OGSM document promises too."""

from typing import Any, NoReturn

from chalicelib import errors, json_text
from chalicelib.http import forms

MAX_BODY_BYTES = 1_000_000  # bytes


def parse_body(raw: bytes, content_type: str) -> dict[str, Any]:
    """The object in a body. Raises errors.TooLarge, errors.UnsupportedMediaType, errors.BadRequest."""
    if len(raw) > MAX_BODY_BYTES:
        raise errors.TooLarge(f"the body is {len(raw)} bytes and at most {MAX_BODY_BYTES} are accepted")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "application/x-www-form-urlencoded":
        return forms.parse_form(_text(raw))
    if media_type not in ("", "application/json") and not _is_json(media_type):
        raise errors.UnsupportedMediaType(f"send application/json, not {media_type}")
    value = _json(_text(raw))
    if not isinstance(value, dict):
        raise errors.BadRequest("the body must be a JSON object")
    return value


def _is_json(media_type: str) -> bool:
    return media_type.startswith("application/") and media_type.endswith("+json")  # RFC 6839


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")  # RFC 8259 section 8.1: always UTF-8, whatever a charset parameter says
    except UnicodeDecodeError as error:
        raise errors.BadRequest(f"the body is not valid UTF-8 at byte {error.start}") from None


def _json(text: str) -> Any:
    try:
        return json_text.load(text, parse_constant=_refuse)
    except json_text.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise errors.BadRequest(f"the body is not valid JSON at {place}: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise errors.BadRequest(f"the body is not usable JSON: {error}") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")
