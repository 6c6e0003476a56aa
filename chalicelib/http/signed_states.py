"""State that passes through a client between two requests: signed, for one caller and one request, for five minutes.

The client can read the state, and it cannot change it. The key is derived from the stored hash of the caller's secret,
so that the service needs no secret of its own. Signing and reading take one GetItem each.
"""

import base64
import hashlib
import hmac

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credentials
from chalicelib.json_text import JsonObject

LIFETIME_SECONDS = 300
KEY_PURPOSE = "signed states"
MAX_LEVELS = 10  # of the JSON of a state, which are far fewer


def sign(caller: Caller, purpose: str, state: JsonObject, bound_to: object) -> str:
    """Return a state as text that only this caller can give back, with the same purpose and the same `bound_to`.

    `bound_to` is a JSON value that both requests have, such as the arguments of a call. Raises errors.Forbidden if the
    credential of the caller is not valid any more.
    """
    content = _encode(json_text.dump_sorted([clock.in_seconds(LIFETIME_SECONDS), state]))
    return f"{content}.{_compute_mac(caller, purpose, content, bound_to)}"


def read(caller: Caller, purpose: str, text: str, bound_to: object) -> JsonObject:
    """Return the state in a text that `sign` has returned. `purpose` and `bound_to` must be the same as then.

    Raises errors.ExpiredState after five minutes. Raises errors.WrongState if it was changed, or if it was signed for
    another caller, purpose or `bound_to`, or before the secret was rotated. Raises errors.Forbidden as `sign`.
    """
    content, _, mac = text.partition(".")
    expected = _compute_mac(caller, purpose, content, bound_to)
    # Texts are compared, because decoding Base64 ignores what follows the padding.
    if not hmac.compare_digest(mac.encode(errors="replace"), expected.encode()):
        raise errors.WrongState("This state was not made for this request. Send the request again without it.")
    expires_at, state = json_text.load(_decode(content))
    if clock.now() >= expires_at:
        raise errors.ExpiredState(
            f"This state is more than {LIFETIME_SECONDS} seconds old. Send the request again without it."
        )
    signed: JsonObject = state
    return signed


def peek(text: str) -> JsonObject | None:
    """Return the state in a text without checking who has signed it, or None if there is none. Do not trust it."""
    try:
        _, state = json_text.parse(_decode(text.partition(".")[0]), MAX_LEVELS)
    except (ValueError, TypeError):  # no Base64, no UTF-8, no JSON, too deep, or something else
        return None
    return state if isinstance(state, dict) else None


def _compute_mac(caller: Caller, purpose: str, content: str, bound_to: object) -> str:
    key = credentials.derive_key(caller, KEY_PURPOSE)
    signed = json_text.dump_sorted([caller.user, purpose, content, bound_to])
    return hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(content: str) -> str:
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)).decode()
