"""Health: the answer of /health."""

from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Enum

HEALTH = Schema(
    "Health",
    {},
    read_only={"status": Enum(("ok",))},
    descriptions={"status": "Always `ok`: a service that is down does not answer."},
)
