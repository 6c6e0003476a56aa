"""Receipts of requests with an Idempotency-Key. They have no routes of their own."""

from chalicelib.storage.models.receipts import Receipt, ReceiptChunk
from infra.testing.noun import Noun
from infra.testing.sample_rows import HASH, TTL, SampleRow, sample_user


def sample_rows(account: int) -> list[SampleRow]:
    """Return the receipt of another user's request."""
    receipt = Receipt.at(account, "", "", fingerprint=HASH, status=201, headers={}, body="x" * 700, ttl=TTL)
    return [SampleRow(receipt, lambda n: Receipt.ref(account, sample_user(n), HASH))]


NOUN = Noun(
    sample_rows=sample_rows,
    rows_not_filled={ReceiptChunk: "It is as large as a row can be, and many would not fit into memory."},
)
