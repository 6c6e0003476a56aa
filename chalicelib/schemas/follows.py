"""Follows: the parameters of the lists of followed users and followers. The answers are users."""

from chalicelib.schemas.common import PAGING
from chalicelib.validation.bounds import MAX_WORD_LENGTH
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Text

FOLLOW_PARAMETERS = parameters(type=Text(0, MAX_WORD_LENGTH), **PAGING)
