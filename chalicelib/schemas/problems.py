"""Problems: the errors of the API (RFC 9457). `message` repeats `detail` as the documents show errors."""

from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

FIELD_ERROR = Schema(
    "FieldError",
    {},
    read_only={"pointer": Text(), "detail": Text()},
    descriptions={
        "pointer": "The place of the wrong value: a JSON Pointer into the body, or `?` and the name of a parameter.",
        "detail": "What is wrong with the value.",
    },
)
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
    descriptions={
        "type": "A URI for the kind of error, or `about:blank`.",
        "title": "The name of the status.",
        "detail": "What is wrong, in a sentence.",
        "instance": "The path of the request.",
        "message": "The same sentence as `detail`.",
        "request_id": "The id of the request in the log.",
        "status": "The status of the answer.",
        "errors": "All fields that are wrong, if the request is well-formed but wrong.",
    },
)
