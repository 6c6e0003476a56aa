"""Idempotency-Key: a request is carried out once for each key; its answer is kept for a day and sent again."""

import base64
import hashlib
import zlib
from datetime import timedelta

from chalice.app import Request

from chalicelib import clock, errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.http import conditional
from chalicelib.http.request import full_path, raw_body
from chalicelib.http.response import ApiResponse
from chalicelib.storage import table
from chalicelib.storage.models.receipts import Receipt, ReceiptChunk
from chalicelib.storage.unit_of_work import Change

MAX_KEY_LENGTH = 255  # characters
RETENTION = timedelta(hours=24)
CHUNK_SIZE = 400_000  # bytes of an answer in one row
MAX_ANSWER_SIZE = 3_000_000  # bytes; a transaction may have 4 MB


def find_receipt(raw: Request, caller: Caller) -> Receipt | None:
    """Return the receipt of the request's key, or None without a key. Its status is 0 if the work is still to be done.

    Raises errors.BadRequest, and errors.KeyReused if the key was used for another request.
    """
    key = raw.headers.get("idempotency-key")
    if key is None or raw.method in ("GET", "HEAD"):
        return None
    if not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise errors.BadRequest(f"The Idempotency-Key must have 1 to {MAX_KEY_LENGTH} characters.")
    ids, fingerprint = _receipt_ids(raw, caller), _fingerprint(raw)
    receipt = table.get(Receipt, *ids) or Receipt.at(*ids)
    if receipt.ttl is None or receipt.ttl <= clock.current_time():  # DynamoDB takes days to remove expired rows
        receipt.status, receipt.fingerprint = 0, fingerprint
    elif receipt.fingerprint != fingerprint:
        raise errors.KeyReused("This Idempotency-Key was already used for a different request.")
    return receipt


def replay_receipt(receipt: Receipt, raw: Request, caller: Caller) -> ApiResponse:
    """Return the answer that a receipt keeps."""
    body = receipt.body
    if receipt.chunks:
        keys = [ReceiptChunk.key(*_receipt_ids(raw, caller), number) for number in range(receipt.chunks)]
        rows = table.get_many(keys)
        chunks = [chunk for key in keys if isinstance(chunk := rows.get(key), ReceiptChunk)]
        body = zlib.decompress(base64.b64decode("".join(chunk.text for chunk in chunks))).decode()
    return ApiResponse(body, receipt.status, receipt.headers | {"Idempotency-Replayed": "true"})


def attach_receipt(receipt: Receipt, change: Change[ApiResponse], raw: Request, caller: Caller) -> Change[ApiResponse]:
    """Return the change with its answer saved in the same transaction. A large answer is compressed, in chunks.

    Raises errors.TooLarge if a transaction cannot hold the answer even so.
    """
    response = _without_secret(change.answer)
    receipt.status, receipt.headers, receipt.body = response.status, response.headers, response.text
    receipt.ttl = clock.after(RETENTION)
    receipt.chunks = 0
    if len(response.text.encode()) <= CHUNK_SIZE:
        return change.and_save(receipt)
    packed = base64.b64encode(zlib.compress(response.text.encode())).decode()
    if len(packed) > MAX_ANSWER_SIZE:
        raise errors.TooLarge("The answer is too large to be kept. Send the request without an Idempotency-Key.")
    texts = [packed[start : start + CHUNK_SIZE] for start in range(0, len(packed), CHUNK_SIZE)]
    ids = _receipt_ids(raw, caller)
    chunks = [ReceiptChunk.at(*ids, number, text=text, ttl=receipt.ttl) for number, text in enumerate(texts)]
    receipt.body, receipt.chunks = "", len(chunks)
    return change.and_save(receipt, *chunks)


def _without_secret(response: ApiResponse) -> ApiResponse:
    """Return an answer as it may be stored: with `Cache-Control: no-store`, without its secret or a page's text."""
    if response.headers.get("Cache-Control") != "no-store":
        return response
    text = ""
    if "Content-Type" not in response.headers:
        fields = json_text.load(response.text)
        text = json_text.dump({name: value for name, value in fields.items() if name != "secret"})
    return ApiResponse(text, response.status, response.headers | {"ETag": conditional.etag(text)})


def _receipt_ids(raw: Request, caller: Caller) -> tuple[int, str, str]:
    key = raw.headers["idempotency-key"]
    return caller.account, caller.key, hashlib.sha256(key.encode()).hexdigest()


def _fingerprint(raw: Request) -> str:
    """Return a hash of the method, address and body of a request."""
    query = {**raw.query_params} if raw.query_params else {}
    head = json_text.dump([raw.method, full_path(raw), sorted(query.items())])
    return hashlib.sha256(head.encode(errors="replace") + b"\n" + raw_body(raw)).hexdigest()
