"""Receipts: the responses to requests with an Idempotency-Key."""

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Ref, Row
from chalicelib.storage.models.keys import account_partition


class Receipt(Row, discriminator="receipt"):
    """The stored response to a request that carried an Idempotency-Key.

    A request with several commits saves its receipt with the first one. Until the last one the `status` is 0, and the
    receipt keeps other requests with the same key from doing the same work until `ttl`. DynamoDB removes the row after
    `ttl`.

    Key: ACCOUNT#{account} / RECEIPT#{credential}#{hash}
    Access patterns: get by credential and the hash of the Idempotency-Key.
    """

    fingerprint = UnicodeAttribute()
    status = IntegerAttribute()
    headers = JSONAttribute()
    body = UnicodeAttribute()
    chunks = IntegerAttribute(default=0)  # the number of chunks, if the body does not fit into this row
    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, credential: str, digest: str) -> Ref["Receipt"]:
        """Return the reference to a receipt. `digest` is the hash of the Idempotency-Key."""
        return Ref(account_partition(account), f"RECEIPT#{credential}#{digest}", Receipt)


class ReceiptChunk(Row, discriminator="receipt_chunk"):
    """A further part of a response that does not fit into its receipt.

    Key: ACCOUNT#{account} / RECEIPT#{credential}#{hash}#{number}
    Access patterns: get all chunks of a receipt at once.
    """

    text = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, credential: str, digest: str, number: int) -> Ref["ReceiptChunk"]:
        """Return the reference to a chunk."""
        return Ref(account_partition(account), f"RECEIPT#{credential}#{digest}#{number:03}", ReceiptChunk)
