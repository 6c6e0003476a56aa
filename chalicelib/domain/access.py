"""The gate: who is calling, and what that lets them do."""

from dataclasses import dataclass

from chalicelib import errors


@dataclass(frozen=True)
class Caller:
    """Whose credential a request carries. Everything a caller reaches lies in `account`."""

    account: int
    user: str
    key: str
    scope: str


NOBODY = Caller(account=0, user="", key="", scope="")


def may_write(caller: Caller) -> None:
    """Lets `write` credentials pass. Raises errors.Forbidden for the others."""
    if caller.scope != "write":
        raise errors.Forbidden("this credential may only read; a change needs one with the scope write")
