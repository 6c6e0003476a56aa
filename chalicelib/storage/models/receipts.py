"""The kinds of item that record what was done, granted and said, and who follows whom; models.py has the chart."""

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Receipt(Row, discriminator="receipt"):
    """The stored answer to a request that carried an Idempotency-Key; `ttl` removes it."""

    fingerprint = UnicodeAttribute()
    status = IntegerAttribute()
    headers = JSONAttribute()
    body = UnicodeAttribute()
    chunks = IntegerAttribute(default=0)  # how many more items hold the answer, where it is too large for this one
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return account_partition(account), f"RECEIPT#{credential}#{digest}"


class ReceiptChunk(Row, discriminator="sheet"):
    """A part of an answer that does not fit into its receipt."""

    text = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str, number: int) -> Key:
        return account_partition(account), f"RECEIPT#{credential}#{digest}#{number:03}"
