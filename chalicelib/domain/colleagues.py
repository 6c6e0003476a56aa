"""What users of an account see of one another, and what admins do about them; how somebody leaves is in departures.py.

Somebody who is not there, or is leaving, is errors.NotFound; who is no admin and would change others: errors.Forbidden.
"""

from dataclasses import replace

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, admins, audit, times, users
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.admins import Desk
from chalicelib.domain.users import Person
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.item import Key
from chalicelib.storage.models import Address, Slug, User

ABSENT = "there is no such user"


@dataclass(frozen=True)
class Seen:
    """A user, with the role for those who see it."""

    user: User
    role: str | None


def listing(caller: Caller) -> list[Seen]:
    """The users of the account by name."""
    found = sorted(users.listing(caller.account), key=lambda user: (user.last_name, user.first_name, user.id))
    card = access.known(next((user for user in found if user.id == caller.user), None))
    return [_seen(card, user) for user in found]


def show(caller: Caller, who: str) -> Seen:
    """One user, by slug or id."""
    desk, user = find(caller, who)
    return _seen(desk.card, user)


def find(caller: Caller, who: str, *more: Key, ending: str | None = None) -> tuple[Desk, User]:
    """A user by slug or id, and the caller's desk with other items. `ending` may be the state of somebody leaving."""
    key = User.key(caller.account, who) if users.is_id(who) else Slug.key(caller.account, who)
    desk = admins.enter(caller, key, *more)
    found = desk.items.get(key)
    if isinstance(found, Slug):
        found = desk.card if found.user == caller.user else table.get(User, caller.account, found.user)
    if not isinstance(found, User) or found.ending not in (None, ending):
        raise errors.NotFound(ABSENT)
    return desk, found


def create(caller: Caller, fields: Person) -> Change[Seen]:
    """A new user with a personal workspace and no credential. Raises errors.Conflict where the address is taken."""
    person = {"role": access.MEMBER} | fields
    desk = admins.enter(caller, *users.needed(caller.account, person))
    access.administer(desk.card)
    change = users.admitted(caller, person, desk.items)
    change = replace(change, requires=access.acting(caller, desk.card))
    return change.answering(Seen(change.answer, person["role"]))


def update(caller: Caller, who: str, fields: Person) -> Change[Seen]:
    """Changes names, address and role. Raises errors.Conflict: the address is taken, no admin could write any more."""
    address = [Address.key(caller.account, fields["email"])] if "email" in fields else []
    desk, user = find(caller, who, *address)
    access.administer(desk.card)
    return _updated(caller, desk, user, fields)


def update_self(caller: Caller, fields: Person) -> Change[Seen]:
    """Changes the caller's own names and address. Raises errors.Conflict: the address is taken."""
    address = [Address.key(caller.account, fields["email"])] if "email" in fields else []
    return _updated(caller, *find(caller, caller.user, *address), fields)


def _updated(caller: Caller, desk: Desk, user: User, fields: Person) -> Change[Seen]:
    changes = audit.differences(user, fields)
    if not changes:
        return Change(_seen(desk.card, user))
    requires = [*_demoted(caller, desk, user, fields), *access.acting(caller, desk.card)]
    moved = _moved(caller, desk, user, fields.get("email", user.email))
    by_admin = desk.card.role == ADMIN
    for name, value in fields.items():
        setattr(user, name, value)
    verb = "change_role" if "role" in changes else "update"
    event = audit.event(caller, verb, audit.USER, user.id, changes)
    return Change(Seen(user, user.role if by_admin else None), [user, *moved.saves, event], moved.deletes, requires)


def _seen(card: User, user: User) -> Seen:
    return Seen(user, user.role if card.role == ADMIN else None)


def _demoted(caller: Caller, desk: Desk, user: User, fields: Person) -> list[Requirement]:
    """What must hold when somebody may become no admin any more: another one can still write."""
    if user.role != ADMIN or fields.get("role", ADMIN) == ADMIN:
        return []
    return admins.remaining(caller, desk, lambda one: one.user == user.id, times.now())


def _moved(caller: Caller, desk: Desk, user: User, email: str) -> Change[None]:
    """A user's place under another address, which nobody else may have."""
    new = Address.key(caller.account, email)
    if new == Address.key(caller.account, user.email):
        return Change(None)
    if new in desk.items:
        raise errors.Conflict(users.taken(email))
    return Change(None, [Address.at(caller.account, email, user=user.id)], [Address.at(caller.account, user.email)])
