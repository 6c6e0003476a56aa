"""Translate errors of DynamoDB into errors of the API."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import PynamoDBException, TransactWriteError

from chalicelib import errors

CONFLICT_CODES = {
    "ConditionalCheckFailedException",
    "ConditionalCheckFailed",
    "TransactionConflictException",
    "TransactionConflict",
}
BUSY_CODES = {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
}
TOO_LARGE = "has exceeded the maximum allowed size"  # "Item size to update has exceeded the maximum allowed size"
ROW_FULL = "An object is so large that nothing can be added to it. Shorten its description first."
STORE_BUSY = "The database is busy or out of reach. Try again."
STALE = "Another request has changed the object in the meantime."


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise errors.Stale for a failed condition, errors.Unavailable for a busy store, errors.TooLarge for a full row.

    Leave other errors alone.
    """
    try:
        yield
    except PynamoDBException as error:
        raise _translate(error) from error
    except UnicodeDecodeError as error:  # not a response of DynamoDB, but of something in between
        raise errors.Unavailable(STORE_BUSY) from error


def _translate(error: PynamoDBException) -> Exception:
    if isinstance(error.cause, BotoCoreError):  # there was no response, so there are no codes
        return errors.Unavailable(STORE_BUSY)
    reasons = error.cancellation_reasons if isinstance(error, TransactWriteError) else []
    codes = {error.cause_response_code, *(reason.code for reason in reasons if reason)}
    messages = [error.cause_response_message, *(reason.message for reason in reasons if reason)]
    if any(TOO_LARGE in (message or "") for message in messages):
        return errors.TooLarge(ROW_FULL)
    if codes & CONFLICT_CODES:
        return errors.Stale(STALE)
    if codes & BUSY_CODES or _is_status_of_server_error(error.cause_response_code):
        return errors.Unavailable(STORE_BUSY)
    return error


def _is_status_of_server_error(code: str | None) -> bool:
    """Return whether a code is a status from 500 on. Without a body in JSON, botocore has no other code."""
    return code is not None and code.isdecimal() and int(code) >= 500
