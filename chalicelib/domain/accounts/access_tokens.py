"""Access tokens (OAuth 2 client credentials, RFC 6749 section 4.4): given for a key and secret, kept only as a hash.

A token works as long as the secret that it was given for: it ends with its credential, and with that secret when the
secret is rotated, at once or at the end of the overlap.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from chalicelib import clock, errors, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credentials
from chalicelib.storage import table
from chalicelib.storage.models.access_tokens import AccessToken
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.unit_of_work import Change

LIFETIME_SECONDS = 10_800  # seconds
GRANT_TYPE = "client_credentials"
SCOPE_TEXTS = {"read": "read", "write": "read write"}  # by the scope that is kept
TOKEN_PATTERN = re.compile(
    rf"({credentials.KEY_PATTERN.pattern})\.[A-Za-z0-9_-]{{43}}"
)  # one read finds it and its credential


@dataclass(frozen=True)
class IssuedToken:
    """A token, this once, for how many seconds it works, and the words for what it may."""

    token: str
    expires_in: int
    scope: str


def issue_token(kind: str, key: str, secret: str, asked: str) -> Change[IssuedToken]:
    """A token of the credential with this key and secret, as far as the asked scope reaches. Raises errors.Refused."""
    if kind != GRANT_TYPE:
        raise errors.UnsupportedGrant(f"grant_type must be {GRANT_TYPE}")
    credential = credentials.verify_secret(key, secret)
    if credential is None:
        raise errors.UnknownClient("client_id and client_secret must be the key and secret of a valid credential")
    scope = _granted_scope(asked, credential.scope)
    lasts = (
        min(LIFETIME_SECONDS, clock.seconds_until(credential.expires_at)) if credential.expires_at else LIFETIME_SECONDS
    )
    token = f"{key}.{randomness.url_safe_token()}"
    about = {
        "scope": scope,
        "secret_hash": credentials.hash_secret(secret),
        "ttl": clock.after(timedelta(seconds=lasts)),
    }
    kept = AccessToken.at(credential.account, key, credentials.hash_secret(token), **about)
    return Change(IssuedToken(token, lasts, SCOPE_TEXTS[scope]), save=[kept])


def authenticate(token: str) -> Caller | None:
    """Who presents this token: one request. None where it is not valid (any more), as its credential may not be."""
    match = TOKEN_PATTERN.fullmatch(token)
    if match is None:
        return None
    key, account = match[1], int(match[2])
    places = AccessToken.key(account, key, credentials.hash_secret(token)), Credential.key(account, key)
    kept, credential = map(table.get_many(places).get, places)
    if not isinstance(kept, AccessToken) or not isinstance(credential, Credential) or not _is_valid(kept, credential):
        return None
    credentials.record_use(credential)
    return Caller(account, credential.user, key, kept.scope)


def _is_valid(kept: AccessToken, credential: Credential) -> bool:
    # DynamoDB removes what has expired within days.
    lasts = clock.now() < clock.format_timestamp(kept.ttl)
    return (
        lasts
        and credentials.is_live(credential, clock.now())
        and credentials.matches_secret(credential, kept.secret_hash)
    )


def _granted_scope(asked: str, held: str) -> str:
    """The scope to keep. Raises errors.InvalidScope for words that mean nothing, and for more than is held."""
    words = set(asked.replace("+", " ").split(" ")) - {""}
    if not words <= SCOPE_TEXTS.keys():
        raise errors.InvalidScope("scope must be of the words read and write")
    if "write" in words and held != "write":
        raise errors.InvalidScope("this credential may only read")
    return "read" if words == {"read"} else held
