"""Accounts: the organisations that share a deployment. They see nothing of each other."""

from collections.abc import Iterator

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.accounts import credentials, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change, Precondition, Steps

POLICY_CHANGED = "The account has just been changed."


def create_account(*, name: str, email: str, first_name: str, last_name: str) -> Change[tuple[Account, User]]:
    """Create an account with its first user, who is an admin."""
    account_id = next_id(None, "accounts")
    account = Account.at(account_id, id=account_id, name=name, created_at=clock.now())
    person = {"email": email, "first_name": first_name, "last_name": last_name, "role": access.ADMIN}
    ids = workspaces.new_personal_ids(account_id)
    user_change = users.build_user(access.operator(account_id), users.preferred_slug(person), person, ids)
    return user_change.and_save(account).with_answer((account, user_change.answer))


def list_accounts() -> Iterator[Account]:
    """Return all accounts of the deployment."""
    return table.query(Account.of_deployment())


def get_account(account: int) -> Account:
    """Return an account by its number. Raises errors.NotFound."""
    found = table.get(Account.ref(account))
    if found is None:
        raise errors.NotFound(f"There is no account {account}.")
    return found


def set_confirms_deletions(account_id: int, *, is_on: bool) -> Steps[Account]:
    """Let the API clients of an account delete only what they have confirmed, or again everything.

    The credentials of the account get a copy, one by one. A credential that is created meanwhile has the former value
    only if it is committed before the row that it has the value from is changed, so that it is found here. Raises
    errors.NotFound.
    """
    account = get_account(account_id)
    if bool(account.confirms_deletions) != is_on:
        account.confirms_deletions = is_on or None
        yield Change(None, save=[account])
    while outdated := _list_outdated(account_id, is_on=is_on):
        for credential in outdated:
            credential.confirms_deletions = is_on or None
            yield Change(None, save=[credential])
    return Change(account)


def _list_outdated(account_id: int, *, is_on: bool) -> list[Credential]:
    stored = credentials.list_credentials(account_id)
    return [credential for credential in stored if bool(credential.confirms_deletions) != is_on]


def require_same_policy(account: Account) -> Precondition:
    """Return the precondition that an account still treats deletions as it did when its row was read."""
    return Precondition(account.reference, account.has_same_policy(), errors.Stale(POLICY_CHANGED))
