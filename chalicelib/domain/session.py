"""What a request stands for: who is calling, and how much may be asked."""

from typing import Any

from chalicelib import config
from chalicelib.dataclass import dataclass
from chalicelib.domain import admins, times
from chalicelib.domain.access import Caller
from chalicelib.storage.models import Account, Credential, User


@dataclass(frozen=True)
class Context:
    """The caller's user, account and credential, and what the request may."""

    user: User
    account: Any
    credential: Credential
    scope: str


@dataclass(frozen=True)
class Limit:
    """How many requests of all callers are answered in a day, how many are left, and when a day begins anew."""

    limit: int
    remaining: int
    reset: int


def context(caller: Caller) -> Context:
    """Who is calling. Raises errors.Forbidden for somebody who has left the account."""
    account = Account.key(caller.account)
    desk = admins.enter(caller, account)
    return Context(desk.card, desk.items[account], desk.own, caller.scope)


def rate_limit() -> Limit:
    """The limit of the deployment.

    API Gateway counts, and no Lambda can look up how far: whoever is answered has not reached the limit, so as far as
    the service knows all of it is left. Beyond it API Gateway itself answers 429.
    """
    return Limit(config.REQUESTS_PER_DAY, config.REQUESTS_PER_DAY, times.midnight())
