"""Access tokens for the key and secret of a credential (OAuth 2 client credentials, RFC 6749 section 4.4).

Only the hash of a token is stored. A token stops working with its credential. When the secret is rotated, tokens that
were issued for the old one stop working at once or, if there is an overlap, at its end.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from chalicelib import clock, errors, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import credentials
from chalicelib.storage import table
from chalicelib.storage.models.access_tokens import AccessToken
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.unit_of_work import Change

LIFETIME_SECONDS = 10_800  # three hours
GRANT_TYPE = "client_credentials"
SCOPE_TEXTS = {"read": "read", "write": "read write"}  # what clients see, by the stored scope
# The key in a token finds both the token and its credential with one request.
TOKEN_PATTERN = re.compile(rf"({credentials.KEY_PATTERN.pattern})\.[A-Za-z0-9_-]{{43}}")


class IssuedToken(NamedTuple):
    """A new token, which is shown only once, its lifetime in seconds, and its scope as clients see it."""

    token: str
    expires_in: int
    scope: str


def issue_token(kind: str, key: str, secret: str, asked: str) -> Change[IssuedToken]:
    """Issue a token for the key and secret of a credential.

    `kind` is the grant type and `asked` the requested scope. Raises a subclass of Refused.
    """
    if kind != GRANT_TYPE:
        raise errors.UnsupportedGrant(f"The grant_type must be {GRANT_TYPE}.")
    verification = credentials.verify_secret(key, secret)
    credential = verification.answer
    if credential is None:
        raise errors.UnknownClient("The client_id and client_secret must be the key and secret of a valid credential.")
    scope = _select_scope(asked, credential.scope)
    lifetime = _lifetime(credential)
    token = f"{key}.{randomness.url_safe_token()}"
    digest, secret_hash = credentials.hash_secret(token), credentials.hash_secret(secret)
    ttl = clock.after(timedelta(seconds=lifetime))
    row = AccessToken.at(credential.account, key, digest, scope=scope, secret_hash=secret_hash, ttl=ttl)
    author = credentials.caller_of(credential).as_author()
    change = replace(verification.and_save(row), author=author)
    return change.with_answer(IssuedToken(token, lifetime, SCOPE_TEXTS[scope]))


def authenticate(token: str) -> Change[Caller | None]:
    """Find the caller that a token belongs to. The answer is None if the token or its credential is not valid.

    It takes one request. The change records the first use of the credential in a day.
    """
    match = TOKEN_PATTERN.fullmatch(token)
    if match is None:
        return Change(None)
    key = match[1]
    account = credentials.account_of(key)
    token_ref = AccessToken.ref(account, key, credentials.hash_secret(token))
    credential_ref = Credential.ref(account, key)
    rows = table.get_many([token_ref, credential_ref])
    row, credential = rows.get(token_ref), rows.get(credential_ref)
    if row is None or credential is None or not _is_valid(row, credential):
        return Change(None)
    caller = credentials.caller_of(credential)._replace(scope=row.scope, has_token=True)
    return Change(caller, save=credentials.record_use(credential))


def _is_valid(row: AccessToken, credential: Credential) -> bool:
    # DynamoDB may keep a row for days after it has expired.
    now = clock.now()
    return (
        now < clock.format_timestamp(row.ttl)
        and credentials.is_live(credential, now)
        and credentials.matches_secret(credential, row.secret_hash)
    )


def _lifetime(credential: Credential) -> int:
    """Return the seconds for which a token of this credential works: never longer than the credential itself."""
    if not credential.expires_at:
        return LIFETIME_SECONDS
    return min(LIFETIME_SECONDS, clock.seconds_until(credential.expires_at))


def _select_scope(asked: str, available: str) -> str:
    """Return the scope to store for a token. Without a requested scope it is that of the credential.

    Raises InvalidScope for unknown words, and if the credential's scope is not enough.
    """
    words = set(asked.replace("+", " ").split(" ")) - {""}
    if not words <= SCOPE_TEXTS.keys():
        raise errors.InvalidScope("The scope must consist of the words read and write.")
    if "write" in words and available != "write":
        raise errors.InvalidScope("This credential may only read.")
    return "read" if words == {"read"} else available
