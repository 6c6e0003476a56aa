"""The secrets and signatures of Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from chalicelib import randomness

PREFIX = "whsec_"
KEY_BYTES = 32  # the specification asks for 24 to 64


def create_secret() -> str:
    """Return a new secret with 256 random bits, as receivers enter it: `whsec_` and Base64."""
    key = bytes.fromhex(randomness.hex_digits(2 * KEY_BYTES))
    return PREFIX + base64.b64encode(key).decode()


def sign_message(secrets: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header webhook-signature: a signature for each secret, separated by spaces.

    `timestamp` is the time of the attempt in seconds since 1970.
    """
    content = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_sign(secret, content)}" for secret in secrets)


def _sign(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
