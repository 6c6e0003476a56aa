"""What may go wrong in the store, in the API's words: somebody else was faster, or the store is busy."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError

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
STORE_BUSY = "the store is busy or out of reach; try again"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Lets what goes wrong in the block come out as errors.Stale or errors.Unavailable, the unexpected as it is."""
    try:
        yield
    except DoesNotExist:
        raise
    except PynamoDBException as error:
        raise _translation(error) from error


def _translation(error: PynamoDBException) -> Exception:
    if isinstance(error.cause, BotoCoreError):  # before PynamoDB looks into an answer that there may not be
        return errors.Unavailable(STORE_BUSY)
    codes = {error.cause_response_code}
    if isinstance(error, TransactWriteError):
        codes |= {reason.code for reason in error.cancellation_reasons if reason}
    if codes & CONFLICT_CODES:
        return errors.Stale("the object has been changed by somebody else meanwhile")
    if codes & BUSY_CODES:
        return errors.Unavailable(STORE_BUSY)
    return error
