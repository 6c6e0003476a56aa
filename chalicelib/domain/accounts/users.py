"""Users: the people of an account."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from chalicelib import clock, errors, randomness
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit
from chalicelib.domain.workspaces import workspaces
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.users import EmailAddress, Slug, User, UserAccount
from chalicelib.storage.unit_of_work import Change

PersonFields = dict[str, str]  # email, first_name, last_name and role


def create_user(caller: Caller, person: PersonFields) -> Change[User]:
    """A new user. Raises errors.NotFound (no such account) and errors.Conflict (the address is taken)."""
    return plan_new_user(caller, person, table.get_many(keys_for_new_user(caller.account, person)))


def keys_for_new_user(account: int, person: PersonFields) -> list[Key]:
    """What must be read before somebody is admitted."""
    return [Account.key(account), EmailAddress.key(account, person["email"]), Slug.key(account, preferred_slug(person))]


def plan_new_user(caller: Caller, person: PersonFields, known: Mapping[Key, Row]) -> Change[User]:
    """As create, with what is needed already read."""
    account, address, slug = keys_for_new_user(caller.account, person)
    if account not in known:
        raise errors.NotFound(f"there is no account {caller.account}")
    if address in known:
        raise errors.Conflict(email_taken(person["email"]))
    return build_user(
        caller, preferred_slug(person), person, workspaces.new_personal_ids(caller.account), is_taken=slug in known
    )


def email_taken(email: str) -> str:
    """Why nobody else can have this address."""
    return f"email: {email} is taken by another user of the account"


def create_placeholder(caller: Caller, email: str, ids: Iterable[int]) -> Change[User]:
    """A user known by an address only, who is somebody when an invitation is accepted."""
    person = {"email": email, "first_name": "", "last_name": "", "role": "member"}
    change = build_user(caller, slugify(email.partition("@")[0]), person, ids, is_taken=True)
    change.answer.is_placeholder = True
    return change


def build_user(
    caller: Caller, name: str, person: PersonFields, ids: Iterable[int], *, is_taken: bool = False
) -> Change[User]:
    """A user with a personal workspace of these ids. `name` becomes the slug, with some of the id where it is taken."""
    account = caller.account
    user_id = randomness.hex_digits(9)  # opaque, nine hex digits, as the Workspaces document shows them
    slug = f"{name}-{user_id[:4]}" if is_taken or is_user_id(name) else name or user_id
    space = workspaces.build_personal_workspace(account, user_id, ids)
    about = {"id": user_id, "account": account, "slug": slug, "created_at": clock.now()}
    user = User.at(account, user_id, personal=space[0].id, **about, **person)
    unique = [EmailAddress.at(account, person["email"], user=user_id), Slug.at(account, slug, user=user_id)]
    event = audit.build_event(caller, "create", audit.USER, user_id, {"slug": slug} | person)
    return Change(user, save=[user, UserAccount.at(user_id, account=account), *unique, *space, event])


def preferred_slug(person: PersonFields) -> str:
    """The slug that somebody would like."""
    return slugify(f"{person['first_name']} {person['last_name']}") or slugify(person["email"])


def slugify(text: str) -> str:
    """Text as part of an address: `Tester The Great` is `tester-the-great`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def find_user(user_id: str) -> User:
    """The user with this id, in whichever account: for whoever runs the deployment. Raises errors.NotFound."""
    residence = table.get(UserAccount, user_id)
    user = table.get(User, residence.account, user_id) if residence else None
    if user is None or user.deletion_state:
        raise errors.NotFound(f"there is no user {user_id}")
    return user


def list_users(account: int) -> Iterator[User]:
    """All users of an account."""
    return (user for user in list_users_and_former_users(account) if not user.deletion_state)


def list_users_and_former_users(account: int) -> Iterator[User]:
    """All users of an account, and those who have left it."""
    return table.query(User, User.key(account, "")[0], User.prefix)
