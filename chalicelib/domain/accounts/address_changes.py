"""Changes of e-mail addresses. A new address counts once it has been confirmed by the link in a mail to it.

Until then the old address stays. A user has at most one unconfirmed address; a newer one replaces it. It is stored with
the user, together with a hash of the token in the link.
"""

import hmac
import re
from datetime import timedelta
from typing import NamedTuple

from chalicelib import clock, errors, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit, credentials, recent_mails
from chalicelib.json_text import JsonObject
from chalicelib.mail.delivery import FAILED, SENT, UNSENT, claim_mail, may_send
from chalicelib.mail.messages import AddressMail
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.recent_mails import RecentMail
from chalicelib.storage.models.users import EmailAddress, User
from chalicelib.storage.unit_of_work import Change

LIFETIME = timedelta(days=7)
TOKEN_PATTERN = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{9})-[A-Za-z0-9_-]{43}")
LINK_NOT_FOUND = "This link is no longer valid."
NOTHING_UNCONFIRMED: JsonObject = {
    "unconfirmed_email": None,
    "confirmation_hash": None,
    "confirmation_from": None,
    "confirmation_delivery": None,
    "confirmation_claim": None,
}


class UnconfirmedAddress(NamedTuple):
    """An address that a user has asked for and not confirmed yet, and how the mail to it went."""

    email: str
    delivery: str


class AddressRequest(NamedTuple):
    """The attributes of a user that change when the user is to have an address.

    If a mail is to be sent, `token` is for the link in it, and `note` is to be saved with the user.
    """

    attributes: JsonObject
    token: str | None = None
    note: RecentMail | None = None


class AddressLink(NamedTuple):
    """The user whose unconfirmed address a link confirms. `caller` acts for the user."""

    user: User
    email: str
    caller: Caller


def find_unconfirmed(user: User) -> UnconfirmedAddress | None:
    """Return the address that waits for its confirmation, or None if there is none or its link has expired."""
    if not user.unconfirmed_email or _age(user) >= LIFETIME:
        return None
    return UnconfirmedAddress(user.unconfirmed_email, user.confirmation_delivery or UNSENT)


def last_mail_ref(caller: Caller, email: str) -> Ref[RecentMail]:
    """Return the reference to the note of the last such mail that the caller let send to an address."""
    return RecentMail.ref(caller.account, _mail_kind(caller), email)


def _mail_kind(caller: Caller) -> str:
    return f"ADDRESS-{caller.user}"  # of each caller: nobody can keep the owner of an address from asking for it


def request_address(
    caller: Caller, user: User, email: str, last_mail: RecentMail | None, request_id: str
) -> AddressRequest:
    """Return what changes when a user is to have an address.

    The present address, also in other upper and lower case, counts at once and ends the wait for another one. An
    address gets no mail if it had one by the same caller, or for the same user, within recent_mails.PAUSE.
    """
    if _is_same_mailbox(user.email, email):
        return AddressRequest({"email": email} | NOTHING_UNCONFIRMED)
    waiting = find_unconfirmed(user)
    is_waiting = waiting is not None and waiting.email == email
    if is_waiting and not _may_send_again(user, request_id):
        return AddressRequest({})
    if recent_mails.is_too_soon(last_mail, user.confirmation_hash, user.confirmation_delivery):
        unmailed = NOTHING_UNCONFIRMED | {"unconfirmed_email": email, "confirmation_from": clock.now()}
        return AddressRequest({} if is_waiting else unmailed)
    token = f"{user.account}-{user.id}-{randomness.url_safe_token()}"
    digest = credentials.hash_secret(token)
    details = {"confirmation_hash": digest, "confirmation_from": clock.now()}
    delivery = {"confirmation_delivery": UNSENT, "confirmation_claim": claim_mail(request_id)}
    note = recent_mails.build_note(caller.account, _mail_kind(caller), email, digest, last_mail)
    return AddressRequest({"unconfirmed_email": email} | details | delivery, token, note)


def build_mail(user: User, token: str) -> AddressMail:
    """Return the mail to the unconfirmed address of a user."""
    return AddressMail(user.unconfirmed_email or "", user.name_or_email, f"/address-changes/{token}")


def plan_outcome(user: User | None, token: str, note: RecentMail | None, *, is_sent: bool) -> Change[None]:
    """Record whether the mail with this token was sent, if it is still the newest. Only this step is planned again.

    The note of a mail that could not be sent is deleted.
    """
    outdated = [note] if note and not is_sent else []
    if user is None or user.confirmation_hash != credentials.hash_secret(token):
        return Change(None, delete=outdated)
    user.confirmation_delivery, user.confirmation_claim = SENT if is_sent else FAILED, None
    refs: list[Ref[Row]] = [row.reference for row in (user, *outdated)]

    def replan() -> Change[None]:
        rows = table.get_many(refs)
        current_user, current_note = rows.all(User), rows.all(RecentMail)
        return plan_outcome(next(iter(current_user), None), token, next(iter(current_note), None), is_sent=is_sent)

    return Change(None, save=[user], delete=outdated, replan=replan)


def open_link(token: str) -> AddressLink:
    """Return what a link confirms. Raises errors.NotFound if it was used or replaced, has expired or never existed."""
    match = TOKEN_PATTERN.fullmatch(token)
    user = table.get(User.ref(int(match[1]), match[2])) if match else None
    if user is None or user.deletion_state or not user.confirmation_hash:
        raise errors.NotFound(LINK_NOT_FOUND)
    waiting = find_unconfirmed(user)
    if waiting is None or not hmac.compare_digest(user.confirmation_hash, credentials.hash_secret(token)):
        raise errors.NotFound(LINK_NOT_FOUND)
    return AddressLink(user, waiting.email, Caller(user.account, user.id, "", "write"))


def plan_confirmation(link: AddressLink, address: EmailAddress | None) -> Change[None]:
    """Make the unconfirmed address that of the user. `address` is the row of the address, if there is one."""
    user, account = link.user, link.user.account
    fields = {"email": link.email, "unconfirmed_email": None}
    event = audit.build_event(link.caller, "update", audit.USER, user.id, audit.differences(user, fields))
    old_address = EmailAddress.at(account, user.email)
    set_attributes(user, NOTHING_UNCONFIRMED | fields)
    address = address or EmailAddress.at(account, link.email)
    if address.reference == old_address.reference:
        return Change(None, save=[user, event], author=link.caller.as_author())
    address.user = user.id
    return Change(None, [user, address, event], [old_address], author=link.caller.as_author())


def set_attributes(user: User, attributes: JsonObject) -> None:
    """Set these attributes of a user."""
    for name, value in attributes.items():
        setattr(user, name, value)


def _is_same_mailbox(address: str, other: str) -> bool:
    """Return whether two addresses differ in the case of ASCII letters only. Other letters may be another mailbox."""
    is_ascii = address.isascii() and other.isascii()
    return address == other or (is_ascii and address.lower() == other.lower())


def _may_send_again(user: User, request_id: str) -> bool:
    delivery = UNSENT if _age(user) >= recent_mails.PAUSE else user.confirmation_delivery or UNSENT
    return may_send(delivery, user.confirmation_claim, request_id)


def _age(user: User) -> timedelta:
    """Return for how long the link to the unconfirmed address of a user has worked."""
    return timedelta(seconds=-clock.seconds_until(user.confirmation_from or clock.now()))
