"""What may go wrong in the store, in the API's words: somebody else was faster, or the store is busy."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError
from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError

from chalicelib import errors

CHANGED = {
    "ConditionalCheckFailedException",
    "ConditionalCheckFailed",
    "TransactionConflictException",
    "TransactionConflict",
}
BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
}
BUSY_STORE = "the store is busy or out of reach; try again"


@contextmanager
def translated() -> Iterator[None]:
    """Lets what goes wrong in the block come out as errors.Stale or errors.Unavailable, the unexpected as it is."""
    try:
        yield
    except DoesNotExist:
        raise
    except PynamoDBException as error:
        raise _translation(error) from error


def _translation(error: PynamoDBException) -> Exception:
    if isinstance(error.cause, BotoCoreError):  # before PynamoDB looks into an answer that there may not be
        return errors.Unavailable(BUSY_STORE)
    codes = {error.cause_response_code}
    if isinstance(error, TransactWriteError):
        codes |= {reason.code for reason in error.cancellation_reasons if reason}
    if codes & CHANGED:
        return errors.Stale("the object has been changed by somebody else meanwhile")
    if codes & BUSY:
        return errors.Unavailable(BUSY_STORE)
    return error
