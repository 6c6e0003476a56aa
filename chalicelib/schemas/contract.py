"""TODO."""

from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Text

CONTRACT = Schema("Contract", {}, read_only={"openapi": Text()})
