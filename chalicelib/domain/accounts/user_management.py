"""What users of an account see of one another, and what admins do about them; how somebody leaves is in departures.py.

Somebody who is not there, or is leaving, is errors.NotFound; who is no admin and would change others: errors.Forbidden.
"""

from dataclasses import dataclass, replace

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import admin_context, audit, users
from chalicelib.domain.accounts.admin_context import AdminContext
from chalicelib.domain.accounts.users import PersonFields
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.base import Key
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.unit_of_work import Change, Precondition

USER_NOT_FOUND = "there is no such user"


@dataclass(frozen=True)
class UserView:
    """A user, with the role for those who see it."""

    user: User
    role: str | None


def list_users(caller: Caller) -> list[UserView]:
    """The users of the account by name."""
    found = sorted(users.list_users(caller.account), key=lambda user: (user.last_name, user.first_name, user.id))
    card = access.require_active(next((user for user in found if user.id == caller.user), None))
    return [_view(card, user) for user in found]


def get_user(caller: Caller, who: str) -> UserView:
    """One user, by slug or id."""
    desk, user = find_user(caller, who)
    return _view(desk.user, user)


def find_user(caller: Caller, who: str, *more: Key, deletion_state: str | None = None) -> tuple[AdminContext, User]:
    """A user by slug or id, and the caller's desk with other items. `ending` may be the state of somebody leaving."""
    key = User.key(caller.account, who) if is_user_id(who) else Slug.key(caller.account, who)
    desk = admin_context.load_admin_context(caller, key, *more)
    found = desk.rows.get(key)
    if isinstance(found, Slug):
        found = desk.user if found.user == caller.user else table.get(User, caller.account, found.user)
    if not isinstance(found, User) or found.deletion_state not in (None, deletion_state):
        raise errors.NotFound(USER_NOT_FOUND)
    return desk, found


def create_user(caller: Caller, fields: PersonFields) -> Change[UserView]:
    """A new user with a personal workspace and no credential. Raises errors.Conflict where the address is taken."""
    person = {"role": access.MEMBER} | fields
    desk = admin_context.load_admin_context(caller, *users.keys_for_new_user(caller.account, person))
    access.require_admin(desk.user)
    change = users.plan_new_user(caller, person, desk.rows)
    change = replace(change, preconditions=access.require_caller_unchanged(caller, desk.user))
    return change.with_answer(UserView(change.answer, person["role"]))


def update_user(caller: Caller, who: str, fields: PersonFields) -> Change[UserView]:
    """Changes names, address and role. Raises errors.Conflict: the address is taken, no admin could write any more."""
    address = [EmailAddress.key(caller.account, fields["email"])] if "email" in fields else []
    desk, user = find_user(caller, who, *address)
    access.require_admin(desk.user)
    return _plan_update(caller, desk, user, fields)


def update_self(caller: Caller, fields: PersonFields) -> Change[UserView]:
    """Changes the caller's own names and address. Raises errors.Conflict: the address is taken."""
    address = [EmailAddress.key(caller.account, fields["email"])] if "email" in fields else []
    return _plan_update(caller, *find_user(caller, caller.user, *address), fields)


def _plan_update(caller: Caller, desk: AdminContext, user: User, fields: PersonFields) -> Change[UserView]:
    changes = audit.differences(user, fields)
    if not changes:
        return Change(_view(desk.user, user))
    requires = [*_require_admin_left(caller, desk, user, fields), *access.require_caller_unchanged(caller, desk.user)]
    moved = _change_address(caller, desk, user, fields.get("email", user.email))
    by_admin = desk.user.role == ADMIN
    for name, value in fields.items():
        setattr(user, name, value)
    verb = "change_role" if "role" in changes else "update"
    event = audit.build_event(caller, verb, audit.USER, user.id, changes)
    return Change(UserView(user, user.role if by_admin else None), [user, *moved.save, event], moved.delete, requires)


def _view(card: User, user: User) -> UserView:
    return UserView(user, user.role if card.role == ADMIN else None)


def _require_admin_left(caller: Caller, desk: AdminContext, user: User, fields: PersonFields) -> list[Precondition]:
    """What must hold when somebody may become no admin any more: another one can still write."""
    if user.role != ADMIN or fields.get("role", ADMIN) == ADMIN:
        return []
    return admin_context.require_other_admin(caller, desk, lambda one: one.user == user.id, clock.now())


def _change_address(caller: Caller, desk: AdminContext, user: User, email: str) -> Change[None]:
    """A user's place under another address, which nobody else may have."""
    new = EmailAddress.key(caller.account, email)
    if new == EmailAddress.key(caller.account, user.email):
        return Change(None)
    if new in desk.rows:
        raise errors.Conflict(users.email_taken(email))
    return Change(
        None, [EmailAddress.at(caller.account, email, user=user.id)], [EmailAddress.at(caller.account, user.email)]
    )
