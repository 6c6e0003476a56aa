"""Managing users through the API. Removing users is in people/offboarding.py, as it ends their delegations too.

A user who does not exist, has left or is leaving raises NotFound. Only admins may change others; for all other callers
that raises Forbidden.
"""

from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import address_changes, audit, users
from chalicelib.domain.accounts.address_changes import AddressRequest, UnconfirmedAddress
from chalicelib.domain.accounts.caller_context import CallerContext, load_caller_context, require_other_admin
from chalicelib.domain.accounts.users import PersonFields
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

USER_NOT_FOUND = "There is no such user."
AUDITED = ("email", "unconfirmed_email", "first_name", "last_name", "role")


class UserView(NamedTuple):
    """A user as another user sees it. `role` and `unconfirmed` are None for those who may not see them."""

    user: User
    role: str | None
    unconfirmed: UnconfirmedAddress | None = None


def list_users(caller: Caller) -> list[UserView]:
    """Return the users of the account, sorted by last name, then first name."""
    account_users = sorted(users.list_users(caller.account), key=users.name_order)
    own_user = next((user for user in account_users if user.id == caller.user), None)
    viewer = access.require_active(own_user)
    return [_view(viewer, user) for user in account_users]


def get_user(caller: Caller, who: str) -> UserView:
    """Return one user by slug or id. Raises NotFound."""
    caller_context, user = find_user(caller, who)
    return _view(caller_context.user, user)


def find_user(
    caller: Caller, who: str, *refs: Ref[Row], deletion_state: str | None = None
) -> tuple[CallerContext, User]:
    """Return a user by slug or id, and the CallerContext with the rows that `refs` name. Raises NotFound.

    `deletion_state` also admits users in that state, who are leaving the account.
    """
    user_ref, slug_ref = User.ref(caller.account, who), Slug.ref(caller.account, who)
    caller_context = load_caller_context(caller, user_ref if is_user_id(who) else slug_ref, *refs)
    user, slug = caller_context.rows.get(user_ref), caller_context.rows.get(slug_ref)
    if slug:
        is_caller = slug.user == caller.user
        user = caller_context.user if is_caller else table.get(User.ref(caller.account, slug.user))
    if user is None or user.deletion_state not in (None, deletion_state):
        raise errors.NotFound(USER_NOT_FOUND)
    return caller_context, user


def create_user(caller: Caller, fields: PersonFields) -> Change[UserView]:
    """Create a user with a personal workspace and without a credential. Raises Conflict if the address is taken."""
    person = {"role": access.MEMBER} | fields
    caller_context = load_caller_context(caller, *users.refs_for_new_user(caller.account, person))
    access.require_admin(caller_context.user)
    change = users.plan_new_user(caller, person, caller_context.rows)
    change = change.with_preconditions(*access.require_caller_unchanged(caller, caller_context.user))
    return change.with_answer(UserView(change.answer, person["role"]))


def update_user(caller: Caller, who: str, fields: PersonFields, request_id: str) -> Steps[UserView]:
    """Change the names or the role of a user, and send a mail to a new address, which counts when it is confirmed.

    Raises Conflict if the address is taken or no admin could write any more.
    """
    caller_context, user = find_user(caller, who, *_address_refs(caller, fields))
    access.require_admin(caller_context.user)
    return (yield from _update(caller, caller_context, user, fields, request_id))


def update_self(caller: Caller, fields: PersonFields, request_id: str) -> Steps[UserView]:
    """Change the caller's own names, and send a mail to a new address, which counts when it is confirmed.

    Raises Conflict if the address is taken.
    """
    caller_context, user = find_user(caller, caller.user, *_address_refs(caller, fields))
    return (yield from _update(caller, caller_context, user, fields, request_id))


def _address_refs(caller: Caller, fields: PersonFields) -> list[Ref[Row]]:
    """Return the references that tell who has the new address and whether it was mailed lately, if there is one."""
    if "email" not in fields:
        return []
    return [EmailAddress.ref(caller.account, fields["email"]), address_changes.last_mail_ref(caller, fields["email"])]


def _update(
    caller: Caller, caller_context: CallerContext, user: User, fields: PersonFields, request_id: str
) -> Steps[UserView]:
    """Save the fields. If there is a new address, mail it then, and record whether the mail was sent."""
    viewer = caller_context.user
    viewer_is_admin = access.is_admin(viewer)  # before the fields are set, as it may be the same user
    change, address = _plan_update(caller, caller_context, user, fields, request_id)
    if address.token:
        yield change
        is_sent: bool = yield address_changes.build_mail(user, address.token)
        change = address_changes.plan_outcome(user, address.token, address.note, is_sent=is_sent)
    return change.with_answer(_view(viewer, user, viewer_is_admin=viewer_is_admin))


def _plan_update(
    caller: Caller, caller_context: CallerContext, user: User, fields: PersonFields, request_id: str
) -> tuple[Change[None], AddressRequest]:
    """Return the change of a user, and what it does about a new address and its mail."""
    names_and_role = {name: value for name, value in fields.items() if name != "email"}
    address = AddressRequest({})
    if "email" in fields:
        _require_address_free(caller, caller_context, user, fields["email"])
        last_mail = caller_context.rows.get(address_changes.last_mail_ref(caller, fields["email"]))
        address = address_changes.request_address(caller, user, fields["email"], last_mail, request_id)
    attributes = names_and_role | address.attributes
    if not audit.differences(user, attributes):
        return Change(None), AddressRequest({})
    changes = audit.differences(user, {name: attributes[name] for name in AUDITED if name in attributes})
    unchanged = access.require_caller_unchanged(caller, caller_context.user)
    preconditions = [*_require_admin_remains(caller, caller_context, user, fields), *unchanged]
    address_changes.set_attributes(user, attributes)
    verb = "change_role" if "role" in changes else "update"
    events = [audit.build_event(caller, verb, audit.USER, user.id, changes)] if changes else []
    notes = [address.note] if address.note else []
    return Change(None, [user, *notes, *events], preconditions=preconditions), address


def _view(viewer: User, user: User, *, viewer_is_admin: bool | None = None) -> UserView:
    """Return a user as the viewer sees it. `viewer_is_admin` is given if this may have just been changed."""
    is_admin = access.is_admin(viewer) if viewer_is_admin is None else viewer_is_admin
    unconfirmed = address_changes.find_unconfirmed(user) if is_admin or viewer.id == user.id else None
    return UserView(user, user.role if is_admin else None, unconfirmed)


def _require_admin_remains(
    caller: Caller, caller_context: CallerContext, user: User, fields: PersonFields
) -> list[Precondition]:
    """Return the preconditions for changing a user: if an admin loses that role, another one can still write."""
    if not access.is_admin(user) or fields.get("role", ADMIN) == ADMIN:
        return []
    return require_other_admin(caller, caller_context, lambda one: one.user == user.id, clock.now())


def _require_address_free(caller: Caller, caller_context: CallerContext, user: User, email: str) -> None:
    """Raise Conflict if another user has the address. Somebody may still take it before it is confirmed.

    As a placeholder nobody has joined yet: who opens the link in the mail decides whose address it is.
    """
    address = caller_context.rows.get(EmailAddress.ref(caller.account, email))
    if address is None or address.user == user.id:
        return
    holder = table.get(User.ref(caller.account, address.user))
    if holder and not holder.is_placeholder:
        raise errors.Conflict(users.email_taken_message(email))
