"""Accounts: the organisations that share a deployment. They see nothing of each other."""

from collections.abc import Iterator

from chalicelib import clock
from chalicelib.domain import access
from chalicelib.domain.accounts import users
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change


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
