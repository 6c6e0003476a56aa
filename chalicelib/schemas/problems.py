"""TODO."""

from chalicelib.validation.containers import ListOf
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Integer, Text

FIELD_ERROR = Schema("FieldError", {}, read_only={"pointer": Text(), "detail": Text()})
PROBLEM = Schema(
    "Problem",
    {},
    read_only={name: Text() for name in ("type", "title", "detail", "instance", "message", "request_id")}
    | {"status": Integer(400, 599), "errors": ListOf(FIELD_ERROR)},
    optional_in_response={"errors", "instance", "title", "status"},  # not all of API Gateway's own answers have them
)
