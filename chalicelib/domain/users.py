"""Users: the people of an account."""

import re
import secrets
import unicodedata
from collections.abc import Iterator

from chalicelib import errors
from chalicelib.domain import times, workspaces
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Account, Address, Residence, Slug, User


def create(account: int, *, email: str, first_name: str, last_name: str, role: str) -> Change[User]:
    """A new user. Raises errors.NotFound (no such account) and errors.Conflict (the address is taken)."""
    name = slugify(f"{first_name} {last_name}") or slugify(email)
    account_key, address = Account.key(account), Address.key(account, email)
    known = table.get_many([account_key, address, Slug.key(account, name)])
    if account_key not in known:
        raise errors.NotFound(f"there is no account {account}")
    if address in known:
        raise errors.Conflict(f"email: {email} is taken by another user of account {account}")
    taken = Slug.key(account, name) in known
    person = {"email": email, "first_name": first_name, "last_name": last_name, "role": role}
    return made(account, name, person, taken=taken)


def awaited(account: int, email: str) -> Change[User]:
    """A user known by an address only, who is somebody when an invitation is accepted."""
    person = {"email": email, "first_name": "", "last_name": "", "role": "member"}
    change = made(account, slugify(email.partition("@")[0]), person, taken=True)
    change.answer.awaited = True
    return change


def is_id(slug: str) -> bool:
    """Whether this is the id of a user; wherever a slug is asked for, both will do."""
    return re.fullmatch(r"[0-9a-f]{9}", slug) is not None


def made(account: int, name: str, person: dict[str, str], *, taken: bool = False) -> Change[User]:
    """A user with a personal workspace; `name` becomes the slug, with something of the id where it is taken."""
    user_id = secrets.token_hex(5)[:9]  # opaque, nine hex digits, as the Workspaces document shows them
    slug = f"{name}-{user_id[:4]}" if taken else name or user_id
    space = workspaces.personal(account, user_id)
    about = {"id": user_id, "account": account, "slug": slug, "created_at": times.now()}
    user = User.at(account, user_id, personal=space[0].id, **about, **person)
    unique = [Address.at(account, person["email"], user=user_id), Slug.at(account, slug, user=user_id)]
    return Change(user, saves=[user, Residence.at(user_id, account=account), *unique, *space])


def slugify(text: str) -> str:
    """Text as part of an address: `Tester The Great` is `tester-the-great`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


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
