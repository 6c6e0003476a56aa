"""Idempotency-Key: the same request with the same key is done once; its answer is kept for a day and sent again."""

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
CHUNK_SIZE = 400_000  # bytes of an answer in one item
MAX_ANSWER_SIZE = 3_000_000  # of the 4 MB that a transaction takes


def find_receipt(request: Request, caller: Caller) -> Receipt | None:
    """The receipt that the request's key stands for, blank where the work is still to be done; None without a key.

    Raises errors.BadRequest, and errors.KeyReused where the key belongs to another request.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method in ("GET", "HEAD"):
        return None
    if not 1 <= len(key) <= MAX_KEY_LENGTH:
        raise errors.BadRequest(f"Idempotency-Key must be 1 to {MAX_KEY_LENGTH} characters")
    ids, fingerprint = _ids(request, caller), _fingerprint(request)
    receipt = table.get(Receipt, *ids) or Receipt.at(*ids)
    if receipt.ttl is None or receipt.ttl <= clock.current_time():  # DynamoDB removes what has expired within days
        receipt.status, receipt.fingerprint = 0, fingerprint
    elif receipt.fingerprint != fingerprint:
        raise errors.KeyReused("this Idempotency-Key has been used for a different request")
    return receipt


def replay_receipt(receipt: Receipt, request: Request, caller: Caller) -> ApiResponse:
    """The kept answer."""
    body = receipt.body
    if receipt.chunks:
        keys = [ReceiptChunk.key(*_ids(request, caller), number) for number in range(receipt.chunks)]
        found = table.get_many(keys)
        sheets = [sheet for key in keys if isinstance(sheet := found.get(key), ReceiptChunk)]
        body = zlib.decompress(base64.b64decode("".join(sheet.text for sheet in sheets))).decode()
    return ApiResponse(body, receipt.status, receipt.headers | {"Idempotency-Replayed": "true"})


def attach_receipt(
    receipt: Receipt, change: Change[ApiResponse], request: Request, caller: Caller
) -> Change[ApiResponse]:
    """The change with its answer kept in the same transaction: a large one compressed, and in sheets of its own.

    Raises errors.TooLarge where even that is more than a transaction takes.
    """
    reply = _without_secret(change.answer)
    receipt.status, receipt.headers, receipt.body = reply.status, reply.headers, reply.text
    receipt.ttl = clock.after(RETENTION)
    receipt.chunks = 0
    if len(reply.text.encode()) <= CHUNK_SIZE:
        return change.and_save(receipt)
    packed = base64.b64encode(zlib.compress(reply.text.encode())).decode()
    if len(packed) > MAX_ANSWER_SIZE:
        raise errors.TooLarge("the answer is too large to be kept for an Idempotency-Key; send the request without one")
    texts = [packed[start : start + CHUNK_SIZE] for start in range(0, len(packed), CHUNK_SIZE)]
    ids = _ids(request, caller)
    sheets = [ReceiptChunk.at(*ids, number, text=text, ttl=receipt.ttl) for number, text in enumerate(texts)]
    receipt.body, receipt.chunks = "", len(sheets)
    return change.and_save(receipt, *sheets)


def _without_secret(reply: ApiResponse) -> ApiResponse:
    """An answer as it is kept: of one that nobody may store without its secret, and empty if it is a page."""
    if reply.headers.get("Cache-Control") != "no-store":
        return reply
    text = ""
    if "Content-Type" not in reply.headers:
        text = json_text.dump({name: value for name, value in json_text.load(reply.text).items() if name != "secret"})
    return ApiResponse(text, reply.status, reply.headers | {"ETag": conditional.etag(text)})


def _ids(request: Request, caller: Caller) -> tuple[int, str, str]:
    key = request.headers["idempotency-key"]
    return caller.account, caller.key, hashlib.sha256(key.encode()).hexdigest()


def _fingerprint(request: Request) -> str:
    query = {**request.query_params} if request.query_params else {}
    asked = json_text.dump([request.method, full_path(request), sorted(query.items())])
    return hashlib.sha256(asked.encode(errors="replace") + b"\n" + raw_body(request)).hexdigest()
