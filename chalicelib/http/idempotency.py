"""Idempotency-Key: a request is carried out once for each key; its answer is kept for a day and sent again.

A request with one commit saves its receipt, which keeps the answer, in the same transaction. A longer one claims the
key in its first commit and completes the receipt in its last. Meanwhile other requests with the key are refused. If the
work is cut off, the claim expires after CLAIM_LIFETIME, and a repeated request finishes the work.
"""

import base64
import hashlib
import zlib
from datetime import timedelta
from typing import TypeVar

from chalice.app import Request

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.http import conditional
from chalicelib.http.request import full_path, raw_body
from chalicelib.http.response import ApiResponse
from chalicelib.storage import table
from chalicelib.storage.models.receipts import Receipt, ReceiptChunk
from chalicelib.storage.unit_of_work import Change

T = TypeVar("T")

MAX_KEY_LENGTH = 255  # characters
RETENTION = timedelta(hours=24)
CLAIM_LIFETIME = timedelta(seconds=60)  # longer than a client waits: API Gateway answers after 29 seconds
CHUNK_SIZE = 400_000  # bytes of an answer in one row
MAX_ANSWER_SIZE = 3_000_000  # bytes; a transaction may have 4 MB
IN_PROGRESS = "A request with this Idempotency-Key is still being carried out. Repeat yours later to get its answer."


class IdempotencyKey:
    """The Idempotency-Key of one request, and the receipt that belongs to it."""

    def __init__(self, raw: Request, caller: Caller) -> None:
        """Raises errors.BadRequest if the key is too long or empty."""
        key = raw.headers["idempotency-key"]
        if not 1 <= len(key) <= MAX_KEY_LENGTH:
            raise errors.BadRequest(f"The Idempotency-Key must have 1 to {MAX_KEY_LENGTH} characters.")
        self._ids = caller.account, caller.key, hashlib.sha256(key.encode()).hexdigest()
        self._fingerprint = _fingerprint(raw)
        self._receipt = Receipt.at(*self._ids)
        self._claimed_version = 0  # of the receipt, if the commit that claims the key succeeds

    @property
    def is_claimed(self) -> bool:
        """Whether a commit of this request has claimed the key."""
        return self._receipt.version == self._claimed_version

    def find_answer(self) -> ApiResponse | None:
        """Return the answer that was kept under the key, or None if the work is still to be done.

        Raises errors.KeyReused if the key was used for another request, and errors.Conflict if another request is doing
        the work at the moment.
        """
        if self.is_claimed:  # the work began before, and another request was faster
            return None
        self._claimed_version = 0
        receipt = self._receipt = table.get(Receipt.ref(*self._ids)) or Receipt.at(*self._ids)
        if receipt.ttl is None or receipt.ttl <= clock.current_time():  # DynamoDB takes days to remove expired rows
            return None
        if receipt.fingerprint != self._fingerprint:
            raise errors.KeyReused("This Idempotency-Key was already used for a different request.")
        if not receipt.status:
            raise errors.Conflict(IN_PROGRESS, {"Retry-After": "5"})
        return self._replay(receipt)

    def claim(self, change: Change[T]) -> Change[T]:
        """Return the first change of several with a receipt that keeps others from doing the same work."""
        receipt = self._fill_in(ApiResponse("", 0), CLAIM_LIFETIME)
        self._claimed_version = (receipt.version or 0) + 1
        return change.and_save(receipt)

    def complete(self, change: Change[ApiResponse]) -> Change[ApiResponse]:
        """Return the last change with its answer saved in the same transaction. A large answer is saved in chunks.

        Raises errors.TooLarge if a transaction cannot hold the answer even so.
        """
        response = _without_secret(change.answer)
        receipt = self._fill_in(response, RETENTION)
        if len(response.text.encode()) <= CHUNK_SIZE:
            return change.and_save(receipt)
        packed = base64.b64encode(zlib.compress(response.text.encode())).decode()
        if len(packed) > MAX_ANSWER_SIZE:
            raise errors.TooLarge("The answer is too large to be kept. Send the request without an Idempotency-Key.")
        texts = [packed[start : start + CHUNK_SIZE] for start in range(0, len(packed), CHUNK_SIZE)]
        chunks = self._find_chunks(len(texts))
        for chunk, text in zip(chunks, texts, strict=True):
            chunk.text, chunk.ttl = text, receipt.ttl
        receipt.body, receipt.chunks = "", len(chunks)
        return change.and_save(receipt, *chunks)

    def plan_release(self) -> Change[None]:
        """Return the change that ends the claim of a request that failed, so that a repeated one need not wait."""
        return Change(None, delete=[self._receipt])

    def _fill_in(self, response: ApiResponse, lifetime: timedelta) -> Receipt:
        receipt = self._receipt
        receipt.fingerprint, receipt.ttl = self._fingerprint, clock.after(lifetime)
        receipt.status, receipt.headers, receipt.body = response.status, response.headers, response.text
        receipt.chunks = 0
        return receipt

    def _find_chunks(self, count: int) -> list[ReceiptChunk]:
        """Return the first rows for chunks. Those of an expired answer may still be there, and are used again."""
        refs = [ReceiptChunk.ref(*self._ids, number) for number in range(count)]
        rows = table.get_many(refs)
        return [rows.get(ref) or ReceiptChunk.at(*self._ids, number) for number, ref in enumerate(refs)]

    def _replay(self, receipt: Receipt) -> ApiResponse:
        """Return the answer that a receipt keeps."""
        body = receipt.body
        if receipt.chunks:
            refs = [ReceiptChunk.ref(*self._ids, number) for number in range(receipt.chunks)]
            rows = table.get_many(refs)
            body = zlib.decompress(base64.b64decode("".join(rows[ref].text for ref in refs))).decode()
        return ApiResponse(body, receipt.status, receipt.headers | {"Idempotency-Replayed": "true"})


def read_key(raw: Request, caller: Caller) -> IdempotencyKey | None:
    """Return the Idempotency-Key of a request that writes, or None without one. Raises errors.BadRequest."""
    if "idempotency-key" not in raw.headers or raw.method in ("GET", "HEAD"):
        return None
    return IdempotencyKey(raw, caller)


def _without_secret(response: ApiResponse) -> ApiResponse:
    """Return an answer as it may be stored: with `Cache-Control: no-store`, without its secret."""
    if response.headers.get("Cache-Control") != "no-store":
        return response
    fields = json_text.load(response.text)
    text = json_text.dump({name: value for name, value in fields.items() if name != "secret"})
    return ApiResponse(text, response.status, response.headers | {"ETag": conditional.etag(text)})


def _fingerprint(raw: Request) -> str:
    """Return a hash of the method, address and body of a request."""
    query = {**raw.query_params} if raw.query_params else {}
    head = json_text.dump([raw.method, full_path(raw), sorted(query.items())])
    return hashlib.sha256(head.encode(errors="replace") + b"\n" + raw_body(raw)).hexdigest()
