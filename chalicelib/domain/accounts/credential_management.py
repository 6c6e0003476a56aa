"""Managing credentials through the API: members manage their own, admins all credentials of the account.

A credential that the caller may not see raises NotFound. Changing a revoked credential raises Conflict.
"""

from dataclasses import replace
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit, credentials, user_management, users
from chalicelib.domain.accounts.caller_context import CallerContext, load_caller_context, require_other_admin
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition

CREDENTIAL_NOT_FOUND = "There is no such credential."
EXPIRES_LATER = "This credential expires later than the one of your request, so you may not learn its secret."
ALREADY_REVOKED = "This credential has been revoked. Create a new one."


class OwnedCredential(NamedTuple):
    """A credential with the user that owns it."""

    credential: Credential
    owner: User


def list_credentials(caller: Caller) -> list[OwnedCredential]:
    """Return the credentials that the caller may see, including revoked ones, oldest first."""
    account_credentials, account_users = run_both(
        lambda: list(credentials.list_credentials(caller.account)),
        lambda: list(users.list_users_and_former_users(caller.account)),
    )
    owners = {user.id: user for user in account_users}
    user = access.require_active(owners.get(caller.user))
    visible = [one for one in account_credentials if access.can_see_credential(user, one)]
    visible.sort(key=lambda one: (one.created_at, one.id))
    return [OwnedCredential(credential, owners[credential.user]) for credential in visible]


def get_own_credential(caller: Caller) -> Credential:
    """Return the credential of the request."""
    return get_credential(caller, caller.key)


def get_credential(caller: Caller, key: str) -> Credential:
    """Return one credential. Raises NotFound."""
    _, credential = _find_visible(caller, key)
    return credential


def create_credential(caller: Caller, fields: JsonObject) -> Change[IssuedCredential]:
    """Create a credential for the caller, or for the user that an admin names in the field `user`.

    Without an expiry it expires with the credential of the request. Raises NotFound if there is no such user, and
    Forbidden for callers who are not admins and for access tokens.
    """
    access.require_secret(caller)
    caller_context, owner = user_management.find_user(caller, fields.get("user") or caller.user)
    if owner.id != caller.user:
        access.require_admin(caller_context.user)
    fields = {"expires_at": caller_context.credential.expires_at} | fields
    _require_valid_expiry(caller_context, fields["expires_at"])
    details = {name: fields[name] for name in ("label", "scope", "expires_at") if name in fields}
    own = caller_context.credential
    change = credentials.issue_credential(caller, owner.id, **details, confirms_deletions=own.confirms_deletions)
    owner_left = errors.NotFound(user_management.USER_NOT_FOUND)
    return change.with_preconditions(
        *access.require_caller_unchanged(caller, caller_context.user, own),
        access.require_user_active(caller.account, owner.id, owner_left),
    )


def update_credential(caller: Caller, key: str, fields: JsonObject) -> Change[Credential]:
    """Change the label or the expiry of a credential.

    Raises Conflict if no admin could write after the new expiry, Invalid if the scope would change, and Forbidden for
    access tokens.
    """
    access.require_secret(caller)
    caller_context, credential = _find_visible(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(ALREADY_REVOKED)
    if fields.get("scope", credential.scope) != credential.scope:
        raise errors.Invalid([{"pointer": "#/scope", "detail": "cannot be changed; create a new credential"}])
    details = {name: value for name, value in fields.items() if name != "scope"}
    changes = audit.differences(credential, details)
    if not changes:
        return Change(credential)
    if "expires_at" in changes:
        _require_valid_expiry(caller_context, fields.get("expires_at"), credential)
    preconditions = _require_admin_remains(caller, caller_context, credential, details.get("expires_at"))
    for name, value in details.items():
        setattr(credential, name, value)
    event = audit.build_event(caller, "update", audit.CREDENTIAL, key, changes)
    return Change(credential, save=[credential, event], preconditions=preconditions)


def rotate_credential(caller: Caller, key: str, overlap: int = 0) -> Change[IssuedCredential]:
    """Give a credential a new secret.

    The old secret keeps working for `overlap` seconds. A secret from before that stops working at once. Raises
    Forbidden for access tokens, and if the credential expires later than that of the request.
    """
    access.require_secret(caller)
    caller_context, credential = _find_visible(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(ALREADY_REVOKED)
    if _outlives(credential.expires_at, caller_context.credential):
        raise errors.Forbidden(EXPIRES_LATER)
    change = credentials.plan_rotation(caller, credential, overlap)
    return replace(change, preconditions=access.require_caller_unchanged(caller, caller_context.user))


def revoke_credential(caller: Caller, key: str) -> Change[Credential]:
    """Revoke a credential permanently. Revoking it again changes nothing.

    Raises Conflict if no admin could write any more.
    """
    caller_context, credential = _find_visible(caller, key)
    if credential.revoked_at:
        return Change(credential)
    preconditions = _require_admin_remains(caller, caller_context, credential, clock.now())
    return replace(credentials.plan_revocation(caller, credential), preconditions=preconditions)


def _find_visible(caller: Caller, key: str) -> tuple[CallerContext, Credential]:
    credential_ref = Credential.ref(caller.account, key)
    caller_context = load_caller_context(caller, credential_ref)
    credential = caller_context.rows.get(credential_ref)
    if credential is None or not access.can_see_credential(caller_context.user, credential):
        raise errors.NotFound(CREDENTIAL_NOT_FOUND)
    return caller_context, credential


def _require_valid_expiry(
    caller_context: CallerContext, expires_at: str | None, credential: Credential | None = None
) -> None:
    """Raise Invalid if an expiry has passed, or if it is later than that of the credential of the request.

    The expiry of an existing `credential` may be later than that, as long as it becomes earlier than it was.
    """
    if expires_at and expires_at <= clock.now():
        raise errors.Invalid([{"pointer": "#/expires_at", "detail": "must lie in the future"}])
    is_longer = credential is None or _outlives(expires_at, credential)
    if is_longer and _outlives(expires_at, caller_context.credential):
        latest = caller_context.credential.expires_at
        detail = f"must not be later than {latest}, when the credential of this request expires"
        raise errors.Invalid([{"pointer": "#/expires_at", "detail": detail}])


def _outlives(expires_at: str | None, own: Credential) -> bool:
    """Return whether something with this expiry, or without any, is valid longer than a credential."""
    return own.expires_at is not None and (expires_at is None or expires_at > own.expires_at)


def _require_admin_remains(
    caller: Caller, caller_context: CallerContext, credential: Credential, ends_at: str | None
) -> list[Precondition]:
    """Return the preconditions for a credential to end at that time, or never: an admin can still write afterwards."""
    unchanged = access.require_caller_unchanged(caller, caller_context.user)
    is_admin_credential = access.is_admin(caller_context.user) and credential.scope == "write"
    if not is_admin_credential or ends_at is None or not credentials.is_live(credential, ends_at):
        return unchanged
    remaining = require_other_admin(caller, caller_context, lambda one: one.id == credential.id, ends_at)
    return [*remaining, *unchanged]
