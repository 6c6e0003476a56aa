"""TODO."""

from chalicelib.schemas.users import PERSON
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Text

ACCOUNT = Schema("Account", {"name": Text(1, 100)} | PERSON, required=["name", *PERSON])
