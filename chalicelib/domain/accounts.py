"""Accounts: the organisations that share a deployment and see nothing of each other."""

from collections.abc import Iterator

from chalicelib.domain import access, times, users, workspaces
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Account, User


def create(*, name: str, email: str, first_name: str, last_name: str) -> Change[tuple[Account, User]]:
    """A new account with its first user, an admin."""
    account_id = table.count_up(None, "accounts")
    account = Account.at(account_id, id=account_id, name=name, created_at=times.now())
    person = {"email": email, "first_name": first_name, "last_name": last_name, "role": access.ADMIN}
    ids = workspaces.personal_ids(account_id)
    admin = users.made(access.operator(account_id), users.named(person), person, ids)
    return admin.also(account).answering((account, admin.answer))


def listing() -> Iterator[Account]:
    """All accounts of the deployment."""
    return table.having(Account, Account.partition, Account.prefix)
