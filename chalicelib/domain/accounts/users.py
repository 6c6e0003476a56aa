"""Users: the people of an account."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import audit
from chalicelib.domain.workspaces import workspaces
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.users import EmailAddress, Slug, User, UserAccount
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change

MAX_SLUG_LENGTH = 250  # with a part of the user's id it is at most 255, as paths allow

PersonFields = dict[str, str]  # email, first_name, last_name and role


def create_user(caller: Caller, person: PersonFields) -> Change[User]:
    """Create a user. Raises NotFound without such an account, and Conflict if the address is taken."""
    return plan_new_user(caller, person, table.get_many(refs_for_new_user(caller.account, person)))


def refs_for_new_user(account: int, person: PersonFields) -> list[Ref[Row]]:
    """Return references to what `plan_new_user` needs: the account, and whoever has the address and the slug."""
    return [Account.ref(account), EmailAddress.ref(account, person["email"]), Slug.ref(account, preferred_slug(person))]


def plan_new_user(caller: Caller, person: PersonFields, known: Rows) -> Change[User]:
    """Return the change that creates a user; `known` has the rows that `refs_for_new_user` names.

    Raises NotFound without such an account, and Conflict if the address is taken.
    """
    account_ref, address_ref, slug_ref = refs_for_new_user(caller.account, person)
    if account_ref not in known:
        raise errors.NotFound(f"There is no account {caller.account}.")
    if address_ref in known:
        raise errors.Conflict(email_taken_message(person["email"]))
    ids = workspaces.new_personal_ids(caller.account)
    return build_user(caller, preferred_slug(person), person, ids, is_taken=slug_ref in known)


def email_taken_message(email: str) -> str:
    """Return the message for an address that another user has."""
    return f"Another user of the account has the e-mail address {email}."


def create_placeholder(caller: Caller, email: str, ids: Iterable[int]) -> Change[User]:
    """Create a user of whom only the address is known, until the person accepts an invitation."""
    person = {"email": email, "first_name": "", "last_name": "", "role": access.MEMBER}
    # Nobody has read whether the slug is taken, so it gets a suffix in any case.
    change = build_user(caller, slugify(email.partition("@")[0]), person, ids, is_taken=True)
    change.answer.is_placeholder = True
    return change


def build_user(
    caller: Caller, name: str, person: PersonFields, ids: Iterable[int], *, is_taken: bool = False
) -> Change[User]:
    """Return the change that creates a user with a personal workspace.

    `name` becomes the slug; if it is taken, a part of the user's id is added. `ids` are those of the workspace.
    """
    account = caller.account
    user_id = randomness.hex_digits(9)  # the form of user ids in the Workspaces document
    is_unusable = is_taken or is_user_id(name)
    slug = randomness.note_drawn(f"{name}-{user_id[:4]}") if is_unusable else name or user_id
    workspace_ids = [*ids]
    workspace_rows = workspaces.build_personal_workspace(account, user_id, workspace_ids)
    details = {"id": user_id, "account": account, "slug": slug, "created_at": clock.now()}
    user = User.at(account, user_id, personal_workspace=workspace_ids[0], **details, **person)
    user_account = UserAccount.at(user_id, account=account)
    unique_rows = [EmailAddress.at(account, person["email"], user=user_id), Slug.at(account, slug, user=user_id)]
    event = audit.build_event(caller, "create", audit.USER, user_id, {"slug": slug} | person)
    return Change(user, save=[user, user_account, *unique_rows, *workspace_rows, event])


def preferred_slug(person: PersonFields) -> str:
    """Return the slug that a person gets unless it is taken: made of the name, or else of the address."""
    return slugify(f"{person['first_name']} {person['last_name']}") or slugify(person["email"])


def slugify(text: str) -> str:
    """Return text in a form for URLs, at most MAX_SLUG_LENGTH characters: `Tester The Great`, `tester-the-great`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:MAX_SLUG_LENGTH].rstrip("-")


def list_users(account: int) -> Iterator[User]:
    """Return all users of an account."""
    return (user for user in list_users_and_former_users(account) if not user.deletion_state)


def list_users_and_former_users(account: int) -> Iterator[User]:
    """Return all users of an account, including those who have left it."""
    return table.query(User.of_account(account))


def name_order(user: User) -> tuple[str, str, str]:
    """Return the sort key by which users are listed: last name, first name, id."""
    return user.last_name, user.first_name, user.id
