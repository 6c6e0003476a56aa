"""Transactions with a ClientRequestToken: a repeated request gets the first answer and has no second effect.

ministack can do this, but it keeps the tokens in memory for ten minutes, and a snapshot does not contain them. The log
would then not always have the same results when it is carried out again. So ministack and the log never get a token.

A restart forgets the tokens. No request can be repeated after it, because the store then has another port and key.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from infra.operation_log import Operation
from infra.store_access import StoreResponse, error_response

MEMORY_SECONDS = 30  # how long an answer is kept; botocore repeats a request within seconds

Write = Callable[[Operation], Awaitable[StoreResponse]]


class _Transaction(NamedTuple):
    """A transaction that is under way or was carried out."""

    forget_at: float
    operation: Operation
    answer: asyncio.Future[StoreResponse]


class RepeatedTransactions:
    """A way to write that carries out a transaction with the same token only once."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._transactions: dict[str, _Transaction] = {}  # by token, the oldest first

    async def write(self, operation: Operation) -> StoreResponse:
        """Carry out any write. Only transactions have a token."""
        if operation.name != "TransactWriteItems":
            return await self._write(operation)
        token, operation = _take_token(operation)
        if token is None:
            return await self._write(operation)
        self._forget_old_ones()
        earlier = self._transactions.get(token)
        if earlier is None:
            return await self._write_first(token, operation)
        if earlier.operation != operation:
            message = "The request token is in use for another request."
            return error_response(400, "IdempotentParameterMismatchException", message)
        return await asyncio.shield(earlier.answer)

    async def _write_first(self, token: str, operation: Operation) -> StoreResponse:
        answer = asyncio.ensure_future(self._write(operation))
        self._transactions[token] = _Transaction(time.monotonic() + MEMORY_SECONDS, operation, answer)
        response = await asyncio.shield(answer)  # the write goes on if the client goes away
        if response.status != 200:
            self._transactions.pop(token, None)
        return response

    def _forget_old_ones(self) -> None:
        now = time.monotonic()
        while self._transactions:
            token, oldest = next(iter(self._transactions.items()))
            if oldest.forget_at > now:
                return
            del self._transactions[token]


def _take_token(operation: Operation) -> tuple[str | None, Operation]:
    """Return the token of a transaction, and the transaction without it."""
    try:
        request = json.loads(operation.body)
        token = request.pop("ClientRequestToken", None)
    except (ValueError, AttributeError):  # no JSON object: ministack will refuse it
        return None, operation
    return token, Operation(operation.name, json.dumps(request).encode())
