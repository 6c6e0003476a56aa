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
STORE_BUSY = "The database is busy or out of reach. Try again."
STALE = "Another request has changed the object in the meantime."


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise errors.Stale for a failed condition and errors.Unavailable for a busy store. Leave other errors alone."""
    try:
        yield
    except PynamoDBException as error:
        raise _translate(error) from error
    except UnicodeDecodeError as error:  # not a response of DynamoDB, but of something in between
        raise errors.Unavailable(STORE_BUSY) from error


def _translate(error: PynamoDBException) -> Exception:
    if isinstance(error.cause, BotoCoreError):  # there was no response, so there are no codes
        return errors.Unavailable(STORE_BUSY)
    codes = {error.cause_response_code}
    if isinstance(error, TransactWriteError):
        codes |= {reason.code for reason in error.cancellation_reasons if reason}
    if codes & CONFLICT_CODES:
        return errors.Stale(STALE)
    if codes & BUSY_CODES or _is_status_of_server_error(error.cause_response_code):
        return errors.Unavailable(STORE_BUSY)
    return error


def _is_status_of_server_error(code: str | None) -> bool:
    """Return whether a code is a status from 500 on. Without a body in JSON, botocore has no other code."""
    return code is not None and code.isdecimal() and int(code) >= 500
