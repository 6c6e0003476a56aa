"""Access tokens (OAuth 2 client credentials, RFC 6749 section 4.4): given for a key and secret, kept only as a hash.

A token works as long as the secret that it was given for: it ends with its credential, and with that secret when the
secret is rotated, at once or at the end of the overlap.
"""

import re
import secrets
from datetime import timedelta

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import credentials, times
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Credential
from chalicelib.storage.records import Grant

LASTS = 10_800  # seconds
KIND = "client_credentials"
IMPLIED = {"read": "read", "write": "read write"}  # by the scope that is kept
TOKEN = re.compile(rf"({credentials.KEY.pattern})\.[A-Za-z0-9_-]{{43}}")  # one read finds it and its credential


@dataclass(frozen=True)
class Granted:
    """A token, this once, for how many seconds it works, and the words for what it may."""

    token: str
    expires_in: int
    scope: str


def grant(kind: str, key: str, secret: str, asked: str) -> Change[Granted]:
    """A token of the credential with this key and secret, as far as the asked scope reaches. Raises errors.Refused."""
    if kind != KIND:
        raise errors.UnsupportedGrant(f"grant_type must be {KIND}")
    credential = credentials.proven(key, secret)
    if credential is None:
        raise errors.UnknownClient("client_id and client_secret must be the key and secret of a valid credential")
    scope = _scope(asked, credential.scope)
    lasts = min(LASTS, times.until(credential.expires_at)) if credential.expires_at else LASTS
    token = f"{key}.{secrets.token_urlsafe(32)}"
    about = {"scope": scope, "secret_hash": credentials.hashed(secret), "ttl": timedelta(seconds=lasts)}
    kept = Grant.at(credential.account, key, credentials.hashed(token), **about)
    return Change(Granted(token, lasts, IMPLIED[scope]), saves=[kept])


def authenticate(token: str) -> Caller | None:
    """Who presents this token: one request. None where it is not valid (any more), as its credential may not be."""
    match = TOKEN.fullmatch(token)
    if match is None:
        return None
    key, account = match[1], int(match[2])
    places = Grant.key(account, key, credentials.hashed(token)), Credential.key(account, key)
    kept, credential = map(table.get_many(places).get, places)
    if not isinstance(kept, Grant) or not isinstance(credential, Credential) or not _works(kept, credential):
        return None
    credentials.note_use(credential)
    return Caller(account, credential.user, key, kept.scope)


def _works(kept: Grant, credential: Credential) -> bool:
    # DynamoDB removes what has expired within days.
    lasts = times.now() < times.written(kept.ttl)
    return lasts and credentials.is_live(credential, times.now()) and credentials.matches(credential, kept.secret_hash)


def _scope(asked: str, held: str) -> str:
    """The scope to keep. Raises errors.InvalidScope for words that mean nothing, and for more than is held."""
    words = set(asked.replace("+", " ").split(" ")) - {""}
    if not words <= IMPLIED.keys():
        raise errors.InvalidScope("scope must be of the words read and write")
    if "write" in words and held != "write":
        raise errors.InvalidScope("this credential may only read")
    return "read" if words == {"read"} else held
