"""Users: the people of an account."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from chalicelib import errors
from chalicelib.domain import audit, times, workspaces
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item, Key
from chalicelib.storage.models import Account, Address, Residence, Slug, User
from chalicelib.values import UserId

Person = dict[str, str]  # email, first_name, last_name and role


def create(caller: Caller, person: Person) -> Change[User]:
    """A new user. Raises errors.NotFound (no such account) and errors.Conflict (the address is taken)."""
    return admitted(caller, person, table.get_many(needed(caller.account, person)))


def needed(account: int, person: Person) -> list[Key]:
    """What must be read before somebody is admitted."""
    return [Account.key(account), Address.key(account, person["email"]), Slug.key(account, named(person))]


def admitted(caller: Caller, person: Person, known: Mapping[Key, Item]) -> Change[User]:
    """As create, with what is needed already read."""
    account, address, slug = needed(caller.account, person)
    if account not in known:
        raise errors.NotFound(f"there is no account {caller.account}")
    if address in known:
        raise errors.Conflict(taken(person["email"]))
    return made(caller, named(person), person, workspaces.personal_ids(caller.account), is_taken=slug in known)


def taken(email: str) -> str:
    """Why nobody else can have this address."""
    return f"email: {email} is taken by another user of the account"


def awaited(caller: Caller, email: str, ids: Iterable[int]) -> Change[User]:
    """A user known by an address only, who is somebody when an invitation is accepted."""
    person = {"email": email, "first_name": "", "last_name": "", "role": "member"}
    change = made(caller, slugify(email.partition("@")[0]), person, ids, is_taken=True)
    change.answer.awaited = True
    return change


def is_id(slug: str) -> bool:
    """Whether this is the id of a user; wherever a slug is asked for, both will do."""
    return UserId.PATTERN.fullmatch(slug) is not None


def made(caller: Caller, name: str, person: Person, ids: Iterable[int], *, is_taken: bool = False) -> Change[User]:
    """A user with a personal workspace of these ids. `name` becomes the slug, with some of the id where it is taken."""
    account = caller.account
    user_id = secrets.token_hex(5)[:9]  # opaque, nine hex digits, as the Workspaces document shows them
    slug = f"{name}-{user_id[:4]}" if is_taken or is_id(name) else name or user_id
    space = workspaces.personal(account, user_id, ids)
    about = {"id": user_id, "account": account, "slug": slug, "created_at": times.now()}
    user = User.at(account, user_id, personal=space[0].id, **about, **person)
    unique = [Address.at(account, person["email"], user=user_id), Slug.at(account, slug, user=user_id)]
    event = audit.event(caller, "create", audit.USER, user_id, {"slug": slug} | person)
    return Change(user, saves=[user, Residence.at(user_id, account=account), *unique, *space, event])


def named(person: Person) -> str:
    """The slug that somebody would like."""
    return slugify(f"{person['first_name']} {person['last_name']}") or slugify(person["email"])


def slugify(text: str) -> str:
    """Text as part of an address: `Tester The Great` is `tester-the-great`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def find(user_id: str) -> User:
    """The user with this id, in whichever account: for whoever runs the deployment. Raises errors.NotFound."""
    residence = table.get(Residence, user_id)
    user = table.get(User, residence.account, user_id) if residence else None
    if user is None or user.ending:
        raise errors.NotFound(f"there is no user {user_id}")
    return user


def listing(account: int) -> Iterator[User]:
    """All users of an account."""
    return (user for user in everybody(account) if not user.ending)


def everybody(account: int) -> Iterator[User]:
    """All users of an account, and those who have left it."""
    return table.having(User, User.key(account, "")[0], User.prefix)
