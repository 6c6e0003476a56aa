"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Account(Row, discriminator="account"):
    partition = "ACCOUNTS"
    prefix = "ACCOUNT#"

    id = IntegerAttribute()
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()

    @staticmethod
    def key(account: int) -> Key:
        return Account.partition, account_partition(account)
