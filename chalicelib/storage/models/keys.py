"""TODO."""

from chalicelib import clock


def account_partition(account: int) -> str:
    """Where everything of an account lies, or begins to."""
    return f"ACCOUNT#{account:09}"


MAX_ID = 10**16 - 1  # counted back from, ids sort the newest first


def workspace_partition(account: int, workspace: int) -> str:
    return f"{account_partition(account)}#WORKSPACE#{workspace:016}"


MAX_ORDER = 10**16  # microseconds until the year 2286


def new_order(above: int = 0, top: str | None = None) -> str:
    """An order on top of everything placed so far: microseconds counted backwards, and so many places higher."""
    now = MAX_ORDER - clock.microseconds() - above
    return f"{min(now, int(top) - 1) if top else now:016}"
