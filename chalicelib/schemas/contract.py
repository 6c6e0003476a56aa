"""Contract: the answer of /openapi.json. It is an OpenAPI document, of which only the version is declared here."""

from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Text

CONTRACT = Schema(
    "Contract",
    {},
    read_only={"openapi": Text()},
    descriptions={"openapi": "The version of the OpenAPI Specification."},
)
