"""The parts of keys that several kinds of row share."""

from chalicelib import clock, errors

MAX_ID = 10**16 - 1  # ids have at most 16 digits. Keys that contain MAX_ID - id sort the newest row first.
MAX_ORDER = 10**16  # in microseconds since 1970, which is in the year 2286


def require_id(number: int) -> None:
    """Raise errors.WrongCursor if a number out of a client's cursor cannot be the id of a row."""
    if not 1 <= number <= MAX_ID:
        raise errors.WrongCursor


def account_partition(account: int) -> str:
    """Return the partition of an account. The other partitions of the account begin with the same text."""
    return f"ACCOUNT#{account:09}"


def ogsm_partition(account: int) -> str:
    """Return the partition of the OGSM objects of an account. They lie side by side, so that one Query reads a plan."""
    return f"{account_partition(account)}#OGSM"


def workspace_partition(account: int, workspace: int) -> str:
    """Return the partition of a workspace."""
    return f"{account_partition(account)}#WORKSPACE#{workspace:016}"


def user_partition(account: int, user: str) -> str:
    """Return the partition with the copies and belongings of a user."""
    return f"{account_partition(account)}#USER#{user}"


def new_order(above: int = 0, top: str | None = None) -> str:
    """Return an order that sorts before all earlier ones: the microseconds that are left until MAX_ORDER.

    `above` moves it further up by that many places. With `top`, the order of the first row of a list, the new order is
    always before it, even if the clock has been set back.
    """
    now = MAX_ORDER - clock.microseconds() - above
    return f"{min(now, int(top) - 1) if top else now:016}"
