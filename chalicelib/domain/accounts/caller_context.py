"""The caller's user and credential, and the rule that every account keeps an admin whose credential may write."""

from collections.abc import Callable
from typing import NamedTuple

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.access import ADMIN, Caller
from chalicelib.domain.accounts import credentials, users
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Precondition

LAST_ADMIN = "This would leave the account without an admin whose credential may write. Nothing was changed."


class CallerContext(NamedTuple):
    """The caller's user and credential, and the other rows that were read with them."""

    user: User
    credential: Credential
    rows: Rows


def load_caller_context(caller: Caller, *refs: Ref[Row]) -> CallerContext:
    """Return the caller's user and credential, and the rows that these references name, in one request.

    Raises Forbidden if the user has left the account.
    """
    user_ref, credential_ref = User.ref(caller.account, caller.user), Credential.ref(caller.account, caller.key)
    rows = table.get_many([user_ref, credential_ref, *refs])
    return CallerContext(access.require_active(rows.get(user_ref)), rows[credential_ref], rows)


def require_other_admin(
    caller: Caller, caller_context: CallerContext, ends: Callable[[Credential], bool], at: str
) -> list[Precondition]:
    """Return the preconditions that an admin keeps a credential that may write at that time.

    `ends` tells which credentials the change ends. There are no preconditions if none of them is an admin's that may
    write. It makes no request if the caller's own credential is enough. Raises Conflict if no credential would remain.
    """
    own = caller_context.credential
    if access.is_admin(caller_context.user) and not ends(own) and _may_write(own, at):
        return _require_unchanged(own, at)
    current = _read_admin_credentials(caller)
    if not any(ends(credential) for credential in current):
        return []
    remaining = [credential for credential in current if not ends(credential) and _may_write(credential, at)]
    if not remaining:
        raise errors.Conflict(LAST_ADMIN)
    return _require_unchanged(remaining[0], at)


def _read_admin_credentials(caller: Caller) -> list[Credential]:
    """Return the credentials of admins that may write now."""
    account_credentials, account_users = run_both(
        lambda: list(credentials.list_credentials(caller.account)),
        lambda: list(users.list_users(caller.account)),
    )
    admins = {user.id for user in account_users if access.is_admin(user)}
    return [one for one in account_credentials if one.user in admins and _may_write(one, clock.now())]


def _may_write(credential: Credential, at: str) -> bool:
    return credential.scope == "write" and credentials.is_live(credential, at)


def _require_unchanged(credential: Credential, at: str) -> list[Precondition]:
    """Return the preconditions that a credential is still valid at that time, and its user still an admin."""
    stale = errors.Stale("The credential of the remaining admin has just been changed.")
    credential_key = Credential.ref(credential.account, credential.id)
    user_key = User.ref(credential.account, credential.user)
    return [
        Precondition(credential_key, Credential.is_live(at), stale),
        Precondition(user_key, User.has_role(ADMIN), stale),
    ]
