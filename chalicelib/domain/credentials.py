"""Credentials: generated, shown once, kept only as a hash; and who it is that presents one."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, audit, times
from chalicelib.domain.access import Caller
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Credential

KEY = re.compile(r"([1-9][0-9]{0,8})-[0-9a-f]{16}")  # the account stands in the key, so that one GetItem finds it
NO_HASH = "0" * 64  # of no secret


@dataclass(frozen=True)
class Issued:
    """A credential, and its new secret this once."""

    credential: Credential
    secret: str


def create(
    caller: Caller, user: str, *, label: str = "", scope: str = "write", expires_at: str | None = None
) -> Change[Issued]:
    """A new credential of a user. Its secret is 256 random bits, of which only the hash is kept."""
    account, secret = caller.account, secrets.token_urlsafe(32)
    key = f"{account}-{secrets.token_hex(8)}"
    about = {"user": user, "label": label, "scope": scope, "expires_at": expires_at}
    ids = {"id": key, "account": account, "secret_hash": hashed(secret), "created_at": times.now()}
    credential = Credential.at(account, key, **ids, **about)
    event = audit.event(caller, "create", audit.CREDENTIAL, key, about)
    return Change(Issued(credential, secret), saves=[credential, event])


def revoke(key: str) -> Change[Credential]:
    """Ends a credential for good, on behalf of the operator; again changes nothing. Raises errors.NotFound."""
    credential = _find(key)
    if credential is None:
        raise errors.NotFound(f"there is no credential {key}")
    return revoked(access.operator(credential.account), credential)


def revoked(caller: Caller, credential: Credential) -> Change[Credential]:
    """The same credential, ended for good; doing so again changes nothing."""
    if credential.revoked_at:
        return Change(credential)
    credential.revoked_at = times.now()
    about = {"user": credential.user, "label": credential.label}
    return Change(credential, saves=[credential, audit.event(caller, "revoke", audit.CREDENTIAL, credential.id, about)])


def rotated(caller: Caller, credential: Credential, overlap: int) -> Change[Issued]:
    """A credential with a new secret; for so many seconds the old one works too, and none before it."""
    secret = secrets.token_urlsafe(32)
    credential.old_secret_hash = credential.secret_hash if overlap else None
    credential.old_secret_until = times.later(overlap) if overlap else None
    credential.secret_hash = hashed(secret)
    about = {"user": credential.user, "label": credential.label, "overlap": overlap}
    event = audit.event(caller, "rotate", audit.CREDENTIAL, credential.id, about)
    return Change(Issued(credential, secret), saves=[credential, event])


def listing(account: int) -> Iterator[Credential]:
    """All credentials of an account, revoked ones too."""
    return table.having(Credential, Credential.key(account, "")[0], Credential.prefix)


def authenticate(key: str, secret: str) -> Caller | None:
    """Who presents this key and secret: one read, in constant time. None where they are not valid (any more)."""
    credential = proven(key, secret)
    return Caller(credential.account, credential.user, key, credential.scope) if credential else None


def proven(key: str, secret: str) -> Credential | None:
    """The credential of this key and secret, whose use is noted. None where they are not valid (any more)."""
    credential = _find(key)
    if not matches(credential, hashed(secret)) or credential is None or not is_live(credential, times.now()):
        return None
    note_use(credential)
    return credential


def is_live(credential: Credential, at: str) -> bool:
    """Whether it is not revoked and will not have expired by then."""
    return not credential.revoked_at and (credential.expires_at is None or at < credential.expires_at)


def matches(credential: Credential | None, presented: str) -> bool:
    """Whether this is the hash of its secret, or of the old one while that works. Compares as much in every case."""
    current = credential.secret_hash if credential else NO_HASH
    old = credential.old_secret_hash or NO_HASH if credential else NO_HASH
    overlaps = times.now() < (credential.old_secret_until or "" if credential else "")
    is_current, is_old = hmac.compare_digest(current, presented), hmac.compare_digest(old, presented)
    return is_current or (is_old and overlaps)


def _find(key: str) -> Credential | None:
    match = KEY.fullmatch(key)
    return table.get(Credential, int(match[1]), key) if match else None


def note_use(credential: Credential) -> None:
    """Notes the day of its use, once a day."""
    if (credential.last_used_at or "").startswith(times.today()):
        return
    credential.last_used_at = f"{times.today()}T00:00:00Z"
    try:
        changes.commit(Change(None, saves=[credential]))
    except errors.Conflict:
        return  # somebody else noted it, or is revoking it: this day's note can wait for the next request


def hashed(secret: str) -> str:
    """All that is kept of a secret or token."""
    return hashlib.sha256(secret.encode()).hexdigest()
