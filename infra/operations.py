"""What the operator's commands do: the domain's verbs, put together so that each command is one transaction."""

from collections.abc import Iterator
from typing import Any

from chalicelib import config, errors, render, schemas
from chalicelib.domain import access, accounts, credentials, users
from chalicelib.storage import changes, table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Account, Credential, User

Answer = dict[str, Any]


def create_table() -> Answer:
    """Makes the table on a local store, or the index that an older one lacks; on AWS the deployment does."""
    return {"table": config.TABLE_NAME, "created": table.create_table()}


def create_account(**given: str) -> Answer:
    """An account, its first user (an admin) and that user's write credential."""
    fields = schemas.ACCOUNT.check(given)

    def plan() -> Change[Answer]:
        made = accounts.create(**fields)
        return _with_credential(made, made.answer[1], {}, account=render.account(made.answer[0]))

    return changes.settle(plan)


def create_user(account: int, scope: str = "write", **given: str) -> Answer:
    """A user of an account, and a credential of that user."""
    details = schemas.CREDENTIAL.check({"scope": scope})
    fields = schemas.USER.check({"role": "member"} | given)

    def plan() -> Change[Answer]:
        made = users.create(access.operator(account), fields)
        return _with_credential(made, made.answer, details)

    return changes.settle(plan)


def create_credential(user: str, **given: str) -> Answer:
    """One more credential of a user."""
    details = schemas.CREDENTIAL.check(given)

    def plan() -> Change[Answer]:
        owner = users.find(user)
        stays = access.here(owner.account, user, errors.NotFound(f"there is no user {user}"))
        return _with_credential(Change(owner, requires=[stays]), owner, details)

    return changes.settle(plan)


def revoke_credential(key: str) -> Answer:
    """Ends a credential for good."""
    return {"credential": render.credential(changes.settle(lambda: credentials.revoke(key)))}


def list_accounts() -> Answer:
    """All accounts."""
    return {"accounts": [render.account(account) for account in accounts.listing()]}


def list_users(account: int | None = None) -> Answer:
    """The users of an account, or of all."""
    return {"users": [render.person(user) for one in _chosen(account) for user in users.listing(one)]}


def list_credentials(account: int | None = None) -> Answer:
    """The credentials of an account, or of all; never a secret."""
    found: Iterator[Credential] = (held for one in _chosen(account) for held in credentials.listing(one))
    return {"credentials": [render.credential(credential) for credential in found]}


def _chosen(account: int | None) -> list[int]:
    if account is None:
        return [one.id for one in accounts.listing()]
    if table.get(Account, account) is None:
        raise errors.NotFound(f"there is no account {account}")
    return [account]


def _with_credential(made: Change[Any], owner: User, details: Answer, **more: Answer) -> Change[Answer]:
    account = owner.account
    issued = credentials.create(access.operator(account), owner.id, **details)
    shown = {"account": more.get("account") or _account(account), "user": render.person(owner)}
    return made.also(*issued.saves).answering(shown | {"credential": render.issued(issued.answer)})


def _account(account: int) -> Answer:
    stored = table.get(Account, account)
    return render.account(stored) if stored else {"id": account}
