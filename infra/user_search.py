"""Find the user whom an operator names. Requests never search all accounts, and only operators may."""

from chalicelib import errors
from chalicelib.domain.accounts import accounts
from chalicelib.storage import table
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.users import EmailAddress, Slug, User, UserAccount


def find_user(name: str, account: int | None = None) -> User:
    """Return the user with this id, slug or e-mail address, in any account or in one.

    Raises errors.NotFound if there is no such account or user, and errors.Conflict if several accounts have one.
    """
    if account is not None and table.get(Account.ref(account)) is None:
        raise errors.NotFound(f"There is no account {account}.")
    found = _find_by_id(name, account) or _find_by_slug_or_address(name, account)
    if not found:
        place = "" if account is None else f" in the account {account}"
        raise errors.NotFound(f"There is no user {name}{place}.")
    if len(found) > 1:
        numbers = ", ".join(str(user.account) for user in found)
        raise errors.Conflict(f"There is a user {name} in the accounts {numbers}. Name one of them with --account.")
    return found[0]


def _find_by_id(user_id: str, account: int | None) -> list[User]:
    user_account = table.get(UserAccount.ref(user_id))
    if user_account is None or account not in (None, user_account.account):
        return []
    return _read_present(user_account.account, {user_id})


def _find_by_slug_or_address(name: str, account: int | None) -> list[User]:
    """Return the users with this slug or address. Each account has at most one of either."""
    numbers = [one.id for one in accounts.list_accounts()] if account is None else [account]
    refs = {number: (Slug.ref(number, name), EmailAddress.ref(number, name)) for number in numbers}
    known = table.get_many(ref for pair in refs.values() for ref in pair)
    return [
        user
        for number, (slug, address) in refs.items()
        for user in _read_present(number, {one.user for one in (known.get(slug), known.get(address)) if one})
    ]


def _read_present(account: int, ids: set[str]) -> list[User]:
    """Return those users of an account who have not left it."""
    users = [table.get(User.ref(account, user_id)) for user_id in sorted(ids)]
    return [user for user in users if user and not user.deletion_state]
