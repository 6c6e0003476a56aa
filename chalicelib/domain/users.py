"""Users: the people of an account."""

import secrets
from collections.abc import Iterator

from chalicelib import errors
from chalicelib.domain import times
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Account, Address, Residence, User


def create(account: int, *, email: str, first_name: str, last_name: str, role: str) -> Change[User]:
    """A new user. Raises errors.NotFound (no such account) and errors.Conflict (the address is taken)."""
    if table.get(Account, account) is None:
        raise errors.NotFound(f"there is no account {account}")
    if table.get(Address, account, email) is not None:
        raise errors.Conflict(f"email: {email} is taken by another user of account {account}")
    return first(account, email=email, first_name=first_name, last_name=last_name, role=role)


def first(account: int, *, email: str, first_name: str, last_name: str, role: str) -> Change[User]:
    """The user of an account in which nobody is yet."""
    user_id = secrets.token_hex(5)[:9]  # opaque, nine hex digits, as the Workspaces document shows them
    user = User.at(
        account,
        user_id,
        id=user_id,
        account=account,
        email=email,
        first_name=first_name,
        last_name=last_name,
        role=role,
        created_at=times.now(),
    )
    residence = Residence.at(user_id, account=account)
    return Change(user, saves=[user, residence, Address.at(account, email, user=user_id)])


def find(user_id: str) -> User:
    """The user with this id, in whichever account: for whoever runs the deployment. Raises errors.NotFound."""
    residence = table.get(Residence, user_id)
    user = table.get(User, residence.account, user_id) if residence else None
    if user is None:
        raise errors.NotFound(f"there is no user {user_id}")
    return user


def listing(account: int) -> Iterator[User]:
    """All users of an account."""
    return table.having(User, User.key(account, "")[0], User.prefix)
