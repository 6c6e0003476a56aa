"""The shapes of people to themselves and to one another: more of what schemas.py declares."""

from chalicelib.containers import Echoed, InTurn, an_object, members
from chalicelib.schemas import COLLEAGUE, PAGING, PERSON
from chalicelib.shapes import Shape, parameters
from chalicelib.values import Text

OWNED_BY_SERVER = COLLEAGUE.owned | {"role": COLLEAGUE.fields["role"]}  # nobody gives a role to oneself
WRAPPED = InTurn(an_object, members(PERSON | {name: Echoed(kind) for name, kind in OWNED_BY_SERVER.items()}))
ME = Shape(PERSON | {"user": WRAPPED}, owned=OWNED_BY_SERVER)
FOLLOWED = parameters(type=Text(), **PAGING)
