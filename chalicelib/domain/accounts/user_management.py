"""Managing users through the API. Removing users is in people/offboarding.py, as it ends their delegations too.

A user who does not exist, has left or is leaving raises NotFound. Only admins may change others; for all other callers
that raises Forbidden.
"""

from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import audit, users
from chalicelib.domain.accounts.caller_context import CallerContext, load_caller_context, require_other_admin
from chalicelib.domain.accounts.users import PersonFields
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.unit_of_work import Change, Precondition

USER_NOT_FOUND = "There is no such user."


class UserView(NamedTuple):
    """A user as another user sees it. `role` is None for those who may not see it."""

    user: User
    role: str | None


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


def update_user(caller: Caller, who: str, fields: PersonFields) -> Change[UserView]:
    """Change the names, the address or the role of a user.

    Raises Conflict if the address is taken or no admin could write any more.
    """
    caller_context, user = find_user(caller, who, *_address_refs(caller, fields))
    access.require_admin(caller_context.user)
    return _plan_update(caller, caller_context, user, fields)


def update_self(caller: Caller, fields: PersonFields) -> Change[UserView]:
    """Change the caller's own names or address. Raises Conflict if the address is taken."""
    caller_context, user = find_user(caller, caller.user, *_address_refs(caller, fields))
    return _plan_update(caller, caller_context, user, fields)


def _address_refs(caller: Caller, fields: PersonFields) -> list[Ref[EmailAddress]]:
    """Return the reference that tells whether another user has the new address, if there is a new one."""
    return [EmailAddress.ref(caller.account, fields["email"])] if "email" in fields else []


def _plan_update(caller: Caller, caller_context: CallerContext, user: User, fields: PersonFields) -> Change[UserView]:
    changes = audit.differences(user, fields)
    if not changes:
        return Change(_view(caller_context.user, user))
    viewer_is_admin = access.is_admin(caller_context.user)  # before the fields are set, as it may be the same user
    unchanged = access.require_caller_unchanged(caller, caller_context.user)
    preconditions = [*_require_admin_remains(caller, caller_context, user, fields), *unchanged]
    address_change = _plan_address_change(caller, caller_context, user, fields.get("email", user.email))
    for name, value in fields.items():
        setattr(user, name, value)
    verb = "change_role" if "role" in changes else "update"
    event = audit.build_event(caller, verb, audit.USER, user.id, changes)
    view = UserView(user, user.role if viewer_is_admin else None)
    return Change(view, [user, *address_change.save, event], address_change.delete, preconditions)


def _view(viewer: User, user: User) -> UserView:
    return UserView(user, user.role if access.is_admin(viewer) else None)


def _require_admin_remains(
    caller: Caller, caller_context: CallerContext, user: User, fields: PersonFields
) -> list[Precondition]:
    """Return the preconditions for changing a user: if an admin loses that role, another one can still write."""
    if not access.is_admin(user) or fields.get("role", ADMIN) == ADMIN:
        return []
    return require_other_admin(caller, caller_context, lambda one: one.user == user.id, clock.now())


def _plan_address_change(caller: Caller, caller_context: CallerContext, user: User, email: str) -> Change[None]:
    """Return the change of the rows that keep addresses unique. Raises Conflict if another user has the address."""
    new_ref = EmailAddress.ref(caller.account, email)
    if new_ref == EmailAddress.ref(caller.account, user.email):
        return Change(None)
    if new_ref in caller_context.rows:
        raise errors.Conflict(users.email_taken_message(email))
    new, old = EmailAddress.at(caller.account, email, user=user.id), EmailAddress.at(caller.account, user.email)
    return Change(None, save=[new], delete=[old])
