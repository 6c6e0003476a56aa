"""TODO."""

from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Counter(Row, discriminator="counter"):
    """Counts up atomically and without its version, so that many may count at once."""

    last = IntegerAttribute()

    @staticmethod
    def key(account: int | None, name: str) -> Key:
        return Account.partition if account is None else account_partition(account), f"COUNTER#{name}"
