"""Accounts, the organisations that use the service."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row, has_value
from chalicelib.storage.models.keys import account_partition


class Account(Row, discriminator="account"):
    """An organisation.

    `confirms_deletions` says that its API clients can delete only what they have confirmed. Each credential has a copy
    of that, which the authorizer reads.

    Key: ACCOUNTS / ACCOUNT#{account}
    Access patterns: get by id; list all.
    """

    partition = "ACCOUNTS"
    prefix = "ACCOUNT#"
    is_canonical = True

    id = IntegerAttribute()
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()
    confirms_deletions = BooleanAttribute(null=True)  # True or absent

    def has_same_policy(self) -> Condition:
        """Return the condition that the account treats deletions as it did when this row was read."""
        return has_value(Account.confirms_deletions, self.confirms_deletions)

    @staticmethod
    def ref(account: int) -> Ref["Account"]:
        """Return the reference to an account."""
        return Ref(Account.partition, account_partition(account), Account)

    @staticmethod
    def of_deployment() -> Range["Account"]:
        """Return the range of all accounts."""
        return Range.under(Account.partition, Account.prefix, Account)
