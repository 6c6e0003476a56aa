"""Accounts, the organisations that use the service."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Account(Row, discriminator="account"):
    """An organisation.

    Key: ACCOUNTS / ACCOUNT#{account}
    Access patterns: get by id; list all.
    """

    partition = "ACCOUNTS"
    prefix = "ACCOUNT#"
    is_canonical = True

    id = IntegerAttribute()
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()

    @staticmethod
    def key(account: int) -> Key:
        """Return the key of an account."""
        return Account.partition, account_partition(account)
