"""What users do with credentials: members with their own, admins with all of the account.

A credential that the caller may not see is errors.NotFound, one that is revoked cannot be changed any more: Conflict.
"""

from dataclasses import replace
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, admins, audit, colleagues, credentials, times, users
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.admins import Desk
from chalicelib.domain.credentials import Issued
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.models import Credential, User

Fields = dict[str, Any]
ABSENT = "there is no such credential"
REVOKED = "this credential has been revoked; make a new one"


@dataclass(frozen=True)
class Held:
    """A credential and whose it is."""

    credential: Credential
    owner: User


def listing(caller: Caller) -> list[Held]:
    """The credentials that the caller sees, revoked ones too, the oldest first."""
    held, everybody = table.together(
        lambda: [*credentials.listing(caller.account)],
        lambda: [*users.everybody(caller.account)],
    )
    cards = {user.id: user for user in everybody}
    card = access.known(cards.get(caller.user))
    seen = [Held(one, cards[one.user]) for one in held if access.reaches(card, one)]
    return sorted(seen, key=lambda one: (one.credential.created_at, one.credential.id))


def own(caller: Caller) -> Credential:
    """The credential that the request is signed with."""
    return show(caller, caller.key)


def show(caller: Caller, key: str) -> Credential:
    """One credential."""
    return _found(caller, key)[1]


def create(caller: Caller, fields: Fields) -> Change[Issued]:
    """A credential, of the caller or, where an admin names one by `user`, of another user. Raises errors.Forbidden."""
    who = fields.get("user") or caller.user
    desk, owner = colleagues.find(caller, who)
    if owner.id != caller.user:
        access.administer(desk.card)
    _check_expiry(fields)
    details = {name: fields[name] for name in ("label", "scope", "expires_at") if name in fields}
    stays = access.here(caller.account, owner.id, errors.NotFound(colleagues.ABSENT))
    change = credentials.create(caller, owner.id, **details)
    return replace(change, requires=[*access.acting(caller, desk.card), stays])


def update(caller: Caller, key: str, fields: Fields) -> Change[Credential]:
    """Changes the label, and when it expires. Raises errors.Conflict where no admin could write any more then."""
    desk, credential = _found(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(REVOKED)
    if fields.get("scope", credential.scope) != credential.scope:
        raise errors.Invalid([{"pointer": "#/scope", "detail": "cannot be changed; make a new credential"}])
    details = {name: value for name, value in fields.items() if name != "scope"}
    changes = audit.differences(credential, details)
    if not changes:
        return Change(credential)
    if "expires_at" in changes:
        _check_expiry(fields)
    requires = _without(caller, desk, credential, details.get("expires_at"))
    for name, value in details.items():
        setattr(credential, name, value)
    event = audit.event(caller, "update", audit.CREDENTIAL, key, changes)
    return Change(credential, [credential, event], requires=requires)


def rotate(caller: Caller, key: str, overlap: int = 0) -> Change[Issued]:
    """Gives a credential a new secret. The old one works for so many seconds more, one from before that no longer."""
    desk, credential = _found(caller, key)
    if credential.revoked_at:
        raise errors.Conflict(REVOKED)
    change = credentials.rotated(caller, credential, overlap)
    return replace(change, requires=access.acting(caller, desk.card))


def revoke(caller: Caller, key: str) -> Change[Credential]:
    """Ends a credential for good; again changes nothing. Raises errors.Conflict: no admin could write any more."""
    desk, credential = _found(caller, key)
    if credential.revoked_at:
        return Change(credential)
    requires = _without(caller, desk, credential, times.now())
    return replace(credentials.revoked(caller, credential), requires=requires)


def _found(caller: Caller, key: str) -> tuple[Desk, Credential]:
    place = Credential.key(caller.account, key)
    desk = admins.enter(caller, place)
    found = desk.items.get(place)
    if not isinstance(found, Credential) or not access.reaches(desk.card, found):
        raise errors.NotFound(ABSENT)
    return desk, found


def _check_expiry(fields: Fields) -> None:
    expires_at = fields.get("expires_at")
    if expires_at and expires_at <= times.now():
        raise errors.Invalid([{"pointer": "#/expires_at", "detail": "must lie in the future"}])


def _without(caller: Caller, desk: Desk, credential: Credential, ends_at: str | None) -> list[Requirement]:
    """What must hold when a credential is to end at that time, or not to: some admin can still write then."""
    acting = access.acting(caller, desk.card)
    matters = desk.card.role == ADMIN and credential.scope == "write"
    if not matters or ends_at is None or not credentials.is_live(credential, ends_at):
        return acting
    return [*admins.remaining(caller, desk, lambda one: one.id == credential.id, ends_at), *acting]
