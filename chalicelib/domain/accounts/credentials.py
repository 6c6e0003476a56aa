"""Credentials, which consist of a key and a secret, and how they authenticate callers.

Both are generated. A secret is shown only once, and only its hash is stored.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit
from chalicelib.storage import table
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.unit_of_work import Change

KEY_PATTERN = re.compile(r"[1-9][0-9]{0,8}-[0-9a-f]{16}")  # starts with the account, so that one GetItem finds it
NO_HASH = "0" * 64  # a hash that no secret has


class IssuedCredential(NamedTuple):
    """A credential with its new secret, which is shown only once."""

    credential: Credential
    secret: str


def issue_credential(
    caller: Caller,
    user: str,
    *,
    label: str = "",
    scope: str = "write",
    expires_at: str | None = None,
    confirms_deletions: bool | None = None,
) -> Change[IssuedCredential]:
    """Create a credential for a user. Its secret has 256 random bits. `confirms_deletions` is that of the account."""
    account, secret = caller.account, randomness.url_safe_token()
    key = f"{account}-{randomness.hex_digits(16)}"
    details = {"user": user, "label": label, "scope": scope, "expires_at": expires_at}
    ids = {"id": key, "account": account, "secret_hash": hash_secret(secret), "created_at": clock.now()}
    credential = Credential.at(account, key, **ids, **details, confirms_deletions=confirms_deletions or None)
    event = audit.build_event(caller, "create", audit.CREDENTIAL, key, details)
    return Change(IssuedCredential(credential, secret), save=[credential, event])


def revoke_by_key(key: str) -> Change[Credential]:
    """Revoke a credential on behalf of the operator. Revoking it again changes nothing. Raises NotFound."""
    credential = _find_credential(key)
    if credential is None:
        raise errors.NotFound(f"There is no credential {key}.")
    return plan_revocation(access.operator(credential.account), credential)


def plan_revocation(caller: Caller, credential: Credential) -> Change[Credential]:
    """Return the change that revokes a credential permanently. Revoking it again changes nothing."""
    if credential.revoked_at:
        return Change(credential)
    credential.revoked_at = clock.now()
    details = {"user": credential.user, "label": credential.label}
    event = audit.build_event(caller, "revoke", audit.CREDENTIAL, credential.id, details)
    return Change(credential, save=[credential, event])


def plan_rotation(caller: Caller, credential: Credential, overlap: int) -> Change[IssuedCredential]:
    """Return the change that gives a credential a new secret.

    The old secret keeps working for `overlap` seconds. A secret from before that stops working at once. If another
    request was faster, the credential is not rotated once more: that would end the secret which the other one returned.
    """
    secret = randomness.url_safe_token()
    credential.old_secret_hash = credential.secret_hash if overlap else None
    credential.old_secret_until = clock.in_seconds(overlap) if overlap else None
    credential.secret_hash = hash_secret(secret)
    details = {"user": credential.user, "label": credential.label, "overlap": overlap}
    event = audit.build_event(caller, "rotate", audit.CREDENTIAL, credential.id, details)
    return Change(IssuedCredential(credential, secret), save=[credential, event], retry=False)


def list_credentials(account: int) -> Iterator[Credential]:
    """Return all credentials of an account, including revoked ones."""
    return table.query(Credential.of_account(account))


def authenticate(key: str, secret: str) -> Change[Caller | None]:
    """Find the caller that a key and secret belong to. The answer is None if they are not valid. It takes one request.

    The change records the first use of the credential in a day.
    """
    change = verify_secret(key, secret)
    credential = change.answer
    return change.with_answer(caller_of(credential) if credential else None)


def caller_of(credential: Credential) -> Caller:
    """Return the caller who uses a credential."""
    confirms_deletions = bool(credential.confirms_deletions)
    ids = credential.account, credential.user, credential.id
    return Caller(*ids, credential.scope, confirms_deletions=confirms_deletions)


def verify_secret(key: str, secret: str) -> Change[Credential | None]:
    """Find the credential of a key and secret, and record its use. The answer is None if they are not valid.

    Comparing takes the same time whether or not the credential exists.
    """
    credential = _find_credential(key)
    is_match = matches_secret(credential, hash_secret(secret))
    if credential is None or not is_match or not is_live(credential, clock.now()):
        return Change(None)
    return Change(credential, save=record_use(credential))


def is_live(credential: Credential, at: str) -> bool:
    """Return whether a credential is neither revoked nor expired at that time."""
    return not credential.revoked_at and (credential.expires_at is None or at < credential.expires_at)


def matches_secret(credential: Credential | None, presented: str) -> bool:
    """Return whether this is the hash of the credential's secret, or of its old secret while that still works.

    Always compares two hashes, so that the time it takes does not tell whether a credential or an old secret exists.
    """
    current = credential.secret_hash if credential else NO_HASH
    old = credential.old_secret_hash or NO_HASH if credential else NO_HASH
    old_works = clock.now() < (credential.old_secret_until or "" if credential else "")
    is_current, is_old = hmac.compare_digest(current, presented), hmac.compare_digest(old, presented)
    return is_current or (is_old and old_works)


def derive_key(caller: Caller, purpose: str) -> bytes:
    """Return a key of 32 bytes for signing, which only the credential of the caller has, for this purpose.

    Every rotation changes it. It takes one request. Raises errors.Forbidden if the credential is not valid any more.
    """
    credential = _find_credential(caller.key)
    if credential is None or not is_live(credential, clock.now()):
        raise errors.Forbidden("The credential of this request is not valid any more.")
    return hmac.digest(credential.secret_hash.encode(), purpose.encode(), hashlib.sha256)


def _find_credential(key: str) -> Credential | None:
    return table.get(Credential.ref(account_of(key), key)) if KEY_PATTERN.fullmatch(key) else None


def account_of(key: str) -> int:
    """Return the account of a credential by its key."""
    return int(key.partition("-")[0])


def record_use(credential: Credential) -> list[Credential]:
    """Record that a credential is used today. Return it for saving on its first use of a day, and nothing later."""
    if (credential.last_used_at or "").startswith(clock.today()):
        return []
    credential.last_used_at = f"{clock.today()}T00:00:00Z"
    return [credential]


def hash_secret(secret: str) -> str:
    """Return the hash under which a secret or token is stored. Generated secrets need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
