"""Accounts: the name of a new account and the first user of it, as the operator gives them."""

from chalicelib.schemas.users import PERSON
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Text

ACCOUNT = Schema("", {"name": Text(1, 100)} | PERSON, required=["name", *PERSON])
