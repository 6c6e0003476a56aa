"""Problems: the errors of the API (RFC 9457). `message` repeats `detail` as the documents show errors."""

from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

FIELD_ERROR = Schema("FieldError", {}, read_only={"pointer": Text(), "detail": Text()})
PROBLEM = Schema(
    "Problem",
    {},
    read_only={name: Text() for name in ("type", "title", "detail", "instance", "message", "request_id")}
    | {"status": Integer(400, 599), "errors": ListOf(FIELD_ERROR)},
    # Errors that API Gateway itself answers may lack these.
    optional_in_response={
        "errors",
        "instance",
        "title",
        "status",
    },
)
