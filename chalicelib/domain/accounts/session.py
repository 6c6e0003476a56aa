"""The session of a request: the caller, and the rate limit."""

from typing import NamedTuple

from chalicelib import clock, config, errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts.caller_context import load_caller_context
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User


class SessionContext(NamedTuple):
    """The caller's user, account and credential, and the scope of the request."""

    user: User
    account: Account
    credential: Credential
    scope: str


class RateLimit(NamedTuple):
    """The number of requests that the deployment answers a day, and how many of them remain.

    `reset` is when the next day begins, in seconds since 1970.
    """

    limit: int
    remaining: int
    reset: int


def get_context(caller: Caller) -> SessionContext:
    """Return the session of the caller. Raises Forbidden if the user has left the account."""
    account_ref = Account.ref(caller.account)
    caller_context = load_caller_context(caller, account_ref)
    account = caller_context.rows[account_ref]
    return SessionContext(caller_context.user, account, caller_context.credential, caller.scope)


def switch_context(caller: Caller, slug_or_id: str) -> SessionContext:
    """Return the session of the caller if this is the slug or the id of the caller's own user.

    Nobody has another context. Raises errors.NotFound for any other, whether or not there is such a user.
    """
    context = get_context(caller)
    if slug_or_id not in (context.user.slug, context.user.id):
        raise errors.NotFound("There is no such context. The only one is that of your own user.")
    return context


def get_rate_limit() -> RateLimit:
    """Return the rate limit of an account, with all requests remaining.

    API Gateway counts the requests of each account, and a Lambda function cannot read its count. When the limit is
    reached, API Gateway answers 429 without calling the function.
    """
    return RateLimit(config.REQUESTS_PER_DAY, config.REQUESTS_PER_DAY, clock.next_midnight())
