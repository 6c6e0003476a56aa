"""The errors of the store: those that DynamoDB answers, and requests that the store cannot carry out."""

from typing import Any

Json = dict[str, Any]

VALIDATION, CONDITION_FAILED, CANCELLED = (
    "ValidationException",
    "ConditionalCheckFailedException",
    "TransactionCanceledException",
)
CONDITION_MESSAGE = "The conditional request failed"
DYNAMODB, CORAL = "com.amazonaws.dynamodb.v20120810", "com.amazon.coral"
# The namespaces of the codes that do not come from DynamoDB itself.
NAMESPACES = {VALIDATION: f"{CORAL}.validate", "ThrottlingException": f"{CORAL}.availability"}
# The errors whose message begins with a capital letter in the model of DynamoDB's API.
CAPITAL = {CANCELLED, "IdempotentParameterMismatchException", "TransactionInProgressException"}


class UnsupportedRequestError(AssertionError):
    """A request that the store does not implement. storage never sends it, or the store has to learn it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The store of the simulation does not support {what}.")


class StoreError(Exception):
    """An error answer of DynamoDB. `reasons` are the CancellationReasons of a cancelled transaction."""

    def __init__(self, code: str, message: str, reasons: list[Json] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.reasons = code, message, reasons

    def body(self) -> Json:
        """Return the JSON body as DynamoDB sends it."""
        body: Json = {"__type": f"{NAMESPACES.get(self.code, DYNAMODB)}#{self.code}"}
        if self.reasons is not None:
            body["CancellationReasons"] = self.reasons
        return body | {"Message" if self.code in CAPITAL else "message": self.message}


def cancelled(reasons: list[Json]) -> StoreError:
    """Return the error of a transaction that was cancelled for these reasons."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return StoreError(CANCELLED, message, reasons)
