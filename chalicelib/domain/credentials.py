"""Credentials: generated, shown once, kept only as a hash; and who it is that presents one."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib import errors
from chalicelib.domain import times
from chalicelib.domain.access import Caller
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Credential

KEY = re.compile(r"([1-9][0-9]{0,8})-[0-9a-f]{16}")  # the account stands in the key, so that one GetItem finds it


@dataclass(frozen=True)
class Issued:
    """A new credential, and its secret this once."""

    credential: Credential
    secret: str


def create(
    account: int, user: str, *, label: str = "", scope: str = "write", expires_at: str | None = None
) -> Change[Issued]:
    """A new credential of a user. Its secret is 256 random bits, of which only the hash is kept."""
    secret = secrets.token_urlsafe(32)
    key = f"{account}-{secrets.token_hex(8)}"
    credential = Credential.at(
        account,
        key,
        id=key,
        account=account,
        user=user,
        label=label,
        scope=scope,
        secret_hash=_hash(secret),
        created_at=times.now(),
        expires_at=expires_at,
    )
    return Change(Issued(credential, secret), saves=[credential])


def revoke(key: str) -> Change[Credential]:
    """Ends a credential for good; doing so again changes nothing. Raises errors.NotFound."""
    credential = _find(key)
    if credential is None:
        raise errors.NotFound(f"there is no credential {key}")
    if credential.revoked_at:
        return Change(credential)
    credential.revoked_at = times.now()
    return Change(credential, saves=[credential])


def listing(account: int) -> Iterator[Credential]:
    """All credentials of an account, revoked ones too."""
    return table.having(Credential, Credential.key(account, "")[0], Credential.prefix)


def authenticate(key: str, secret: str) -> Caller | None:
    """Who presents this key and secret: one read, in constant time. None where they are not valid (any more)."""
    credential = _find(key)
    stored = credential.secret_hash if credential else _hash("")
    matches = hmac.compare_digest(stored, _hash(secret))
    if credential is None or not matches or not _is_live(credential):
        return None
    _note_use(credential)
    return Caller(credential.account, credential.user, key, credential.scope)


def _find(key: str) -> Credential | None:
    match = KEY.fullmatch(key)
    return table.get(Credential, int(match[1]), key) if match else None


def _is_live(credential: Credential) -> bool:
    return not credential.revoked_at and (credential.expires_at is None or times.now() < credential.expires_at)


def _note_use(credential: Credential) -> None:
    if (credential.last_used_at or "").startswith(times.today()):
        return
    credential.last_used_at = f"{times.today()}T00:00:00Z"
    try:
        changes.commit(Change(None, saves=[credential]))
    except errors.Conflict:
        return  # somebody else noted it, or is revoking it: this day's note can wait for the next request


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
