"""Idempotency-Key: the same request with the same key is done once; its answer is kept for a day and sent again."""

import hashlib
from datetime import UTC, datetime, timedelta

from chalice.app import Request

from chalicelib import errors, jsontext
from chalicelib.domain.access import Caller
from chalicelib.http import call as calls
from chalicelib.http.call import Reply
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.models import Receipt

LONGEST_KEY = 255  # characters
KEPT = timedelta(hours=24)


def find(request: Request, caller: Caller) -> Receipt | None:
    """The receipt that the request's key stands for, blank where the work is still to be done; None without a key.

    Raises errors.BadRequest, and errors.KeyReused where the key belongs to another request.
    """
    key = request.headers.get("idempotency-key")
    if key is None or request.method in ("GET", "HEAD"):
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise errors.BadRequest(f"Idempotency-Key must be 1 to {LONGEST_KEY} characters")
    ids = (caller.account, caller.key, hashlib.sha256(key.encode()).hexdigest())
    fingerprint = _fingerprint(request)
    receipt = table.get(Receipt, *ids) or Receipt.at(*ids)
    if receipt.ttl is None or receipt.ttl <= datetime.now(UTC):  # DynamoDB removes what has expired within days
        receipt.status, receipt.fingerprint = 0, fingerprint
    elif receipt.fingerprint != fingerprint:
        raise errors.KeyReused("this Idempotency-Key has been used for a different request")
    return receipt


def replay(receipt: Receipt) -> Reply:
    """The kept answer."""
    return Reply(receipt.body, receipt.status, receipt.headers | {"Idempotency-Replayed": "true"})


def sign(receipt: Receipt, change: Change[Reply]) -> Change[Reply]:
    """The change with its answer kept in the same transaction."""
    reply = change.answer
    receipt.status, receipt.headers, receipt.body = reply.status, reply.headers, reply.text
    receipt.ttl = datetime.now(UTC) + KEPT
    return change.also(receipt)


def _fingerprint(request: Request) -> str:
    query = {**request.query_params} if request.query_params else {}
    asked = jsontext.dump([request.method, calls.path(request), sorted(query.items())])
    return hashlib.sha256(asked.encode(errors="replace") + b"\n" + calls.raw(request)).hexdigest()
