"""What a request stands for: who is calling, and how much may be asked."""

from dataclasses import dataclass
from typing import Any

from chalicelib import clock, config
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import admin_context
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.users import User


@dataclass(frozen=True)
class SessionContext:
    """The caller's user, account and credential, and what the request may."""

    user: User
    account: Any
    credential: Credential
    scope: str


@dataclass(frozen=True)
class RateLimit:
    """How many requests of all callers are answered in a day, how many are left, and when a day begins anew."""

    limit: int
    remaining: int
    reset: int


def get_context(caller: Caller) -> SessionContext:
    """Who is calling. Raises errors.Forbidden for somebody who has left the account."""
    account = Account.key(caller.account)
    desk = admin_context.load_admin_context(caller, account)
    return SessionContext(desk.user, desk.rows[account], desk.credential, caller.scope)


def get_rate_limit() -> RateLimit:
    """The limit of the deployment.

    API Gateway counts, and no Lambda can look up how far: whoever is answered has not reached the limit, so as far as
    the service knows all of it is left. Beyond it API Gateway itself answers 429.
    """
    return RateLimit(config.REQUESTS_PER_DAY, config.REQUESTS_PER_DAY, clock.next_midnight())
