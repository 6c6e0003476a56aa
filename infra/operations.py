"""The functions behind the commands of infra.admin. Each one that writes plans one change and commits it at once."""

from collections.abc import Mapping
from typing import Any, TypeVar

from chalicelib import config, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import accounts, credentials, users
from chalicelib.domain.activities import purges
from chalicelib.schemas.accounts import ACCOUNT
from chalicelib.schemas.credentials import CREDENTIAL_INPUT
from chalicelib.schemas.users import USER
from chalicelib.serializers.accounts import serialize_account
from chalicelib.serializers.credentials import serialize_credential, serialize_issued_credential
from chalicelib.serializers.users import serialize_user_for_operator
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.users import User
from chalicelib.storage.unit_of_work import Change, Plan
from infra import user_search

Json = dict[str, Any]
T = TypeVar("T")


def run_as(caller: Caller, plan: Plan[T]) -> T:
    """Carry out what a domain function plans, as a request of this caller with an id of its own."""
    return unit_of_work.run(plan, author=caller.as_author(randomness.request_id()))


def run_as_operator(plan: Plan[T]) -> T:
    """Carry out what a domain function plans, as a request of the operator."""
    return run_as(access.operator(account=0), plan)  # the author of a change has no account


def create_table() -> Json:
    """Create the table of a local store. On AWS the deployment creates the table."""
    return {"table": config.TABLE_NAME, "created": table.create_table()}


def create_account(**fields: str) -> Json:
    """Create an account, its first user (an admin) and a write credential for that user.

    The fields are those of the schema ACCOUNT. Raises errors.Invalid.
    """
    checked = ACCOUNT.check(fields)

    def plan() -> Change[Json]:
        change = accounts.create_account(**checked)
        account, admin = change.answer
        return _add_credential(change, account, admin, {})

    return run_as_operator(plan)


def create_user(account: int, scope: str = "write", **fields: str) -> Json:
    """Create a user in an account, a member unless `role` says otherwise, and a credential for that user.

    The fields are those of the schema USER. Raises errors.Invalid, errors.NotFound if there is no such account, and
    errors.Conflict if another user of the account has the e-mail address.
    """
    credential_fields = CREDENTIAL_INPUT.check({"scope": scope})
    user_fields = USER.check({"role": "member"} | fields)

    def plan() -> Change[Json]:
        change = users.create_user(access.operator(account), user_fields)
        return _add_credential(change, accounts.get_account(account), change.answer, credential_fields)

    return run_as_operator(plan)


def create_credential(user: str, account: int | None = None, **fields: str) -> Json:
    """Create another credential for a user, given the user's id, slug or e-mail address, and perhaps the account.

    The fields are those of the schema CREDENTIAL_INPUT. Raises errors.Invalid, errors.NotFound, and errors.Conflict if
    several accounts have such a user.
    """
    credential_fields = CREDENTIAL_INPUT.check(fields)

    def plan() -> Change[Json]:
        owner = user_search.find_user(user, account)
        user_left = errors.NotFound(f"There is no user {user}.")
        change = Change(owner, preconditions=[access.require_user_active(owner.account, owner.id, user_left)])
        return _add_credential(change, accounts.get_account(owner.account), owner, credential_fields)

    return run_as_operator(plan)


def set_account(account: int, confirm_deletes: str) -> Json:
    """Let the API clients of an account delete only what they have confirmed (`on`), or everything (`off`).

    Raises errors.NotFound if there is no such account.
    """
    changed = run_as_operator(lambda: accounts.set_confirms_deletions(account, is_on=confirm_deletes == "on"))
    return {"account": serialize_account(changed)}


def revoke_credential(key: str) -> Json:
    """Revoke a credential. Revoking it again changes nothing. Raises errors.NotFound."""
    credential = run_as_operator(lambda: credentials.revoke_by_key(key))
    return {"credential": serialize_credential(credential)}


def purge(account: int, workspace: int, stack: int = 0) -> Json:
    """Purge a deleted workspace, or a deleted stack of a workspace, without waiting until it is due.

    Raises errors.NotFound, and errors.Conflict if it was not deleted.
    """
    if stack:
        purged = run_as_operator(lambda: purges.purge_stack_now(account, workspace, stack))
    else:
        purged = run_as_operator(lambda: purges.purge_workspace_now(account, workspace))
    return {"purged": purged._asdict()}


def list_accounts() -> Json:
    """Return all accounts."""
    return {"accounts": [serialize_account(account) for account in accounts.list_accounts()]}


def list_users(account: int | None = None) -> Json:
    """Return the users of one account or of all. Raises errors.NotFound if there is no such account."""
    found = [user for account_id in _account_ids(account) for user in users.list_users(account_id)]
    return {"users": [serialize_user_for_operator(user) for user in found]}


def list_credentials(account: int | None = None) -> Json:
    """Return the credentials of one account or of all, without their secrets.

    Raises errors.NotFound if there is no such account.
    """
    found = [one for account_id in _account_ids(account) for one in credentials.list_credentials(account_id)]
    return {"credentials": [serialize_credential(credential) for credential in found]}


def _account_ids(account: int | None) -> list[int]:
    if account is None:
        return [one.id for one in accounts.list_accounts()]
    return [accounts.get_account(account).id]


def _add_credential(change: Change[Any], account: Account, user: User, fields: Mapping[str, Any]) -> Change[Json]:
    """Return the change that also creates a credential for the user and answers with all three."""
    policy = account.confirms_deletions
    issued = credentials.issue_credential(access.operator(account.id), user.id, **fields, confirms_deletions=policy)
    answer = {
        "account": serialize_account(account),
        "user": serialize_user_for_operator(user),
        "credential": serialize_issued_credential(issued.answer),
    }
    change = change.with_preconditions(accounts.require_same_policy(account))
    return change.and_save(*issued.save).with_answer(answer)
