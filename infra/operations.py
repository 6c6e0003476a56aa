"""What the operator's commands do: the domain's verbs, put together so that each command is one transaction."""

from collections.abc import Iterator
from typing import Any

from chalicelib import config, errors
from chalicelib.domain import access
from chalicelib.domain.accounts import accounts, credentials, users
from chalicelib.schemas.accounts import ACCOUNT
from chalicelib.schemas.credentials import CREDENTIAL_INPUT
from chalicelib.schemas.users import USER
from chalicelib.serializers.accounts import serialize_account
from chalicelib.serializers.credentials import serialize_credential, serialize_issued_credential
from chalicelib.serializers.users import serialize_user_for_operator
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change

Answer = dict[str, Any]


def create_table() -> Answer:
    """Makes the table on a local store, or the index that an older one lacks; on AWS the deployment does."""
    return {"table": config.TABLE_NAME, "created": table.create_table()}


def create_account(**given: str) -> Answer:
    """An account, its first user (an admin) and that user's write credential."""
    fields = ACCOUNT.check(given)

    def plan() -> Change[Answer]:
        made = accounts.create_account(**fields)
        return _with_credential(made, made.answer[1], {}, account=serialize_account(made.answer[0]))

    return unit_of_work.run_with_retries(plan)


def create_user(account: int, scope: str = "write", **given: str) -> Answer:
    """A user of an account, and a credential of that user."""
    details = CREDENTIAL_INPUT.check({"scope": scope})
    fields = USER.check({"role": "member"} | given)

    def plan() -> Change[Answer]:
        made = users.create_user(access.operator(account), fields)
        return _with_credential(made, made.answer, details)

    return unit_of_work.run_with_retries(plan)


def create_credential(user: str, **given: str) -> Answer:
    """One more credential of a user."""
    details = CREDENTIAL_INPUT.check(given)

    def plan() -> Change[Answer]:
        owner = users.find_user(user)
        stays = access.require_user_active(owner.account, user, errors.NotFound(f"there is no user {user}"))
        return _with_credential(Change(owner, preconditions=[stays]), owner, details)

    return unit_of_work.run_with_retries(plan)


def revoke_credential(key: str) -> Answer:
    """Ends a credential for good."""
    return {"credential": serialize_credential(unit_of_work.run_with_retries(lambda: credentials.revoke_by_key(key)))}


def list_accounts() -> Answer:
    """All accounts."""
    return {"accounts": [serialize_account(account) for account in accounts.list_accounts()]}


def list_users(account: int | None = None) -> Answer:
    """The users of an account, or of all."""
    return {"users": [serialize_user_for_operator(user) for one in _chosen(account) for user in users.list_users(one)]}


def list_credentials(account: int | None = None) -> Answer:
    """The credentials of an account, or of all; never a secret."""
    found: Iterator[Credential] = (held for one in _chosen(account) for held in credentials.list_credentials(one))
    return {"credentials": [serialize_credential(credential) for credential in found]}


def _chosen(account: int | None) -> list[int]:
    if account is None:
        return [one.id for one in accounts.list_accounts()]
    if table.get(Account, account) is None:
        raise errors.NotFound(f"there is no account {account}")
    return [account]


def _with_credential(made: Change[Any], owner: User, details: Answer, **more: Answer) -> Change[Answer]:
    account = owner.account
    issued = credentials.issue_credential(access.operator(account), owner.id, **details)
    shown = {"account": more.get("account") or _account(account), "user": serialize_user_for_operator(owner)}
    return made.and_save(*issued.save).with_answer(shown | {"credential": serialize_issued_credential(issued.answer)})


def _account(account: int) -> Answer:
    stored = table.get(Account, account)
    return serialize_account(stored) if stored else {"id": account}
