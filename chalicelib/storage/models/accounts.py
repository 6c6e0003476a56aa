"""Accounts, the organisations that use the service."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row
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
    def ref(account: int) -> Ref["Account"]:
        """Return the reference to an account."""
        return Ref(Account.partition, account_partition(account), Account)

    @staticmethod
    def of_deployment() -> Range["Account"]:
        """Return the range of all accounts."""
        return Range.under(Account.partition, Account.prefix, Account)
