"""Credentials: generated, shown once, kept only as a hash; and who it is that presents one."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.unit_of_work import Change

KEY_PATTERN = re.compile(
    r"([1-9][0-9]{0,8})-[0-9a-f]{16}"
)  # the account stands in the key, so that one GetItem finds it
NO_HASH = "0" * 64  # of no secret


@dataclass(frozen=True)
class IssuedCredential:
    """A credential, and its new secret this once."""

    credential: Credential
    secret: str


def issue_credential(
    caller: Caller, user: str, *, label: str = "", scope: str = "write", expires_at: str | None = None
) -> Change[IssuedCredential]:
    """A new credential of a user. Its secret is 256 random bits, of which only the hash is kept."""
    account, secret = caller.account, randomness.url_safe_token()
    key = f"{account}-{randomness.hex_digits(16)}"
    about = {"user": user, "label": label, "scope": scope, "expires_at": expires_at}
    ids = {"id": key, "account": account, "secret_hash": hash_secret(secret), "created_at": clock.now()}
    credential = Credential.at(account, key, **ids, **about)
    event = audit.build_event(caller, "create", audit.CREDENTIAL, key, about)
    return Change(IssuedCredential(credential, secret), save=[credential, event])


def revoke_by_key(key: str) -> Change[Credential]:
    """Ends a credential for good, on behalf of the operator; again changes nothing. Raises errors.NotFound."""
    credential = _find(key)
    if credential is None:
        raise errors.NotFound(f"there is no credential {key}")
    return plan_revocation(access.operator(credential.account), credential)


def plan_revocation(caller: Caller, credential: Credential) -> Change[Credential]:
    """The same credential, ended for good; doing so again changes nothing."""
    if credential.revoked_at:
        return Change(credential)
    credential.revoked_at = clock.now()
    about = {"user": credential.user, "label": credential.label}
    return Change(
        credential, save=[credential, audit.build_event(caller, "revoke", audit.CREDENTIAL, credential.id, about)]
    )


def plan_rotation(caller: Caller, credential: Credential, overlap: int) -> Change[IssuedCredential]:
    """A credential with a new secret; for so many seconds the old one works too, and none before it."""
    secret = randomness.url_safe_token()
    credential.old_secret_hash = credential.secret_hash if overlap else None
    credential.old_secret_until = clock.in_seconds(overlap) if overlap else None
    credential.secret_hash = hash_secret(secret)
    about = {"user": credential.user, "label": credential.label, "overlap": overlap}
    event = audit.build_event(caller, "rotate", audit.CREDENTIAL, credential.id, about)
    return Change(IssuedCredential(credential, secret), save=[credential, event])


def list_credentials(account: int) -> Iterator[Credential]:
    """All credentials of an account, revoked ones too."""
    return table.query(Credential, Credential.key(account, "")[0], Credential.prefix)


def authenticate(key: str, secret: str) -> Caller | None:
    """Who presents this key and secret: one read, in constant time. None where they are not valid (any more)."""
    credential = verify_secret(key, secret)
    return Caller(credential.account, credential.user, key, credential.scope) if credential else None


def verify_secret(key: str, secret: str) -> Credential | None:
    """The credential of this key and secret, whose use is noted. None where they are not valid (any more)."""
    credential = _find(key)
    if (
        not matches_secret(credential, hash_secret(secret))
        or credential is None
        or not is_live(credential, clock.now())
    ):
        return None
    record_use(credential)
    return credential


def is_live(credential: Credential, at: str) -> bool:
    """Whether it is not revoked and will not have expired by then."""
    return not credential.revoked_at and (credential.expires_at is None or at < credential.expires_at)


def matches_secret(credential: Credential | None, presented: str) -> bool:
    """Whether this is the hash of its secret, or of the old one while that works. Compares as much in every case."""
    current = credential.secret_hash if credential else NO_HASH
    old = credential.old_secret_hash or NO_HASH if credential else NO_HASH
    overlaps = clock.now() < (credential.old_secret_until or "" if credential else "")
    is_current, is_old = hmac.compare_digest(current, presented), hmac.compare_digest(old, presented)
    return is_current or (is_old and overlaps)


def _find(key: str) -> Credential | None:
    match = KEY_PATTERN.fullmatch(key)
    return table.get(Credential, int(match[1]), key) if match else None


def record_use(credential: Credential) -> None:
    """Notes the day of its use, once a day."""
    if (credential.last_used_at or "").startswith(clock.today()):
        return
    credential.last_used_at = f"{clock.today()}T00:00:00Z"
    try:
        unit_of_work.commit(Change(None, save=[credential]))
    except errors.Conflict:
        return  # somebody else noted it, or is revoking it: this day's note can wait for the next request


def hash_secret(secret: str) -> str:
    """All that is kept of a secret or token."""
    return hashlib.sha256(secret.encode()).hexdigest()
