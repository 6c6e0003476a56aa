"""What users do with credentials: members with their own, admins with all of the account.

A credential that the caller may not see is errors.NotFound, one that is revoked cannot be changed any more: Conflict.
"""

from dataclasses import dataclass, replace
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import admin_context, audit, credentials, user_management, users
from chalicelib.domain.accounts.admin_context import AdminContext
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition

Fields = dict[str, Any]
CREDENTIAL_NOT_FOUND = "there is no such credential"
ALREADY_REVOKED = "this credential has been revoked; make a new one"


@dataclass(frozen=True)
class OwnedCredential:
    """A credential and whose it is."""

    credential: Credential
    owner: User


def list_credentials(caller: Caller) -> list[OwnedCredential]:
    """The credentials that the caller sees, revoked ones too, the oldest first."""
    held, everybody = run_both(
        lambda: [*credentials.list_credentials(caller.account)],
        lambda: [*users.list_users_and_former_users(caller.account)],
    )
    cards = {user.id: user for user in everybody}
    card = access.require_active(cards.get(caller.user))
    seen = [OwnedCredential(one, cards[one.user]) for one in held if access.can_see_credential(card, one)]
    return sorted(seen, key=lambda one: (one.credential.created_at, one.credential.id))


def get_own_credential(caller: Caller) -> Credential:
    """The credential that the request is signed with."""
    return get_credential(caller, caller.key)


def get_credential(caller: Caller, key: str) -> Credential:
    """One credential."""
    return _find_visible(caller, key)[1]


def create_credential(caller: Caller, fields: Fields) -> Change[IssuedCredential]:
    """A credential, of the caller or, where an admin names one by `user`, of another user. Raises errors.Forbidden."""
    who = fields.get("user") or caller.user
    desk, owner = user_management.find_user(caller, who)
    if owner.id != caller.user:
        access.require_admin(desk.user)
    _check_expiry(fields)
    details = {name: fields[name] for name in ("label", "scope", "expires_at") if name in fields}
    stays = access.require_user_active(caller.account, owner.id, errors.NotFound(user_management.USER_NOT_FOUND))
    change = credentials.issue_credential(caller, owner.id, **details)
    return replace(change, preconditions=[*access.require_caller_unchanged(caller, desk.user), stays])


def update_credential(caller: Caller, key: str, fields: Fields) -> Change[Credential]:
    """Changes the label, and when it expires. Raises errors.Conflict where no admin could write any more then."""
    desk, credential = _find_visible(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(ALREADY_REVOKED)
    if fields.get("scope", credential.scope) != credential.scope:
        raise errors.Invalid([{"pointer": "#/scope", "detail": "cannot be changed; make a new credential"}])
    details = {name: value for name, value in fields.items() if name != "scope"}
    changes = audit.differences(credential, details)
    if not changes:
        return Change(credential)
    if "expires_at" in changes:
        _check_expiry(fields)
    requires = _require_admin_left(caller, desk, credential, details.get("expires_at"))
    for name, value in details.items():
        setattr(credential, name, value)
    event = audit.build_event(caller, "update", audit.CREDENTIAL, key, changes)
    return Change(credential, [credential, event], preconditions=requires)


def rotate_credential(caller: Caller, key: str, overlap: int = 0) -> Change[IssuedCredential]:
    """Gives a credential a new secret. The old one works for so many seconds more, one from before that no longer."""
    desk, credential = _find_visible(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(ALREADY_REVOKED)
    change = credentials.plan_rotation(caller, credential, overlap)
    return replace(change, preconditions=access.require_caller_unchanged(caller, desk.user))


def revoke_credential(caller: Caller, key: str) -> Change[Credential]:
    """Ends a credential for good; again changes nothing. Raises errors.Conflict: no admin could write any more."""
    desk, credential = _find_visible(caller, key)
    if credential.revoked_at:
        return Change(credential)
    requires = _require_admin_left(caller, desk, credential, clock.now())
    return replace(credentials.plan_revocation(caller, credential), preconditions=requires)


def _find_visible(caller: Caller, key: str) -> tuple[AdminContext, Credential]:
    place = Credential.key(caller.account, key)
    desk = admin_context.load_admin_context(caller, place)
    found = desk.rows.get(place)
    if not isinstance(found, Credential) or not access.can_see_credential(desk.user, found):
        raise errors.NotFound(CREDENTIAL_NOT_FOUND)
    return desk, found


def _check_expiry(fields: Fields) -> None:
    expires_at = fields.get("expires_at")
    if expires_at and expires_at <= clock.now():
        raise errors.Invalid([{"pointer": "#/expires_at", "detail": "must lie in the future"}])


def _require_admin_left(
    caller: Caller, desk: AdminContext, credential: Credential, ends_at: str | None
) -> list[Precondition]:
    """What must hold when a credential is to end at that time, or not to: some admin can still write then."""
    acting = access.require_caller_unchanged(caller, desk.user)
    matters = desk.user.role == ADMIN and credential.scope == "write"
    if not matters or ends_at is None or not credentials.is_live(credential, ends_at):
        return acting
    return [*admin_context.require_other_admin(caller, desk, lambda one: one.id == credential.id, ends_at), *acting]
