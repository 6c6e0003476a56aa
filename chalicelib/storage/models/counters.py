"""Counters, from which new ids come."""

from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import IntegerAttribute, Ref, Row
from chalicelib.storage.models.keys import account_partition


class Counter(Row, discriminator="counter"):
    """The last number that was assigned.

    There is one for accounts. Each account has one for each OGSM noun, one for each canvas and noun on it (the last
    `row_order`), one for the reports on each OGSM object, and one for all other ids. Counters have no version: DynamoDB
    adds to them, so that many callers can draw at once.

    Key: ACCOUNTS / COUNTER#{name}
    Key: ACCOUNT#{account} / COUNTER#{name}
    Access patterns: add and return the sum; raise to at least a number.
    """

    last = IntegerAttribute()

    @staticmethod
    def ref(account: int | None, name: str) -> Ref["Counter"]:
        """Return the reference to a counter. `account` is None for the counter of accounts."""
        return Ref(Account.partition if account is None else account_partition(account), f"COUNTER#{name}", Counter)
