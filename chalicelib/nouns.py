"""The shapes of people to themselves and to one another, and of what they say: more of what schemas.py declares."""

from chalicelib.containers import Each, Echoed, InTurn, an_object, members
from chalicelib.schemas import COLLEAGUE, LINK, PAGING, PERSON, STAMPS, USER
from chalicelib.shapes import Shape, parameters
from chalicelib.values import Text, Whole

OWNED_BY_SERVER = COLLEAGUE.owned | {"role": COLLEAGUE.fields["role"]}  # nobody gives a role to oneself
WRAPPED = InTurn(an_object, members(PERSON | {name: Echoed(kind) for name, kind in OWNED_BY_SERVER.items()}))
ME = Shape(PERSON | {"user": WRAPPED}, owned=OWNED_BY_SERVER)
FOLLOWED = parameters(type=Text(), **PAGING)
COMMENT = Shape(
    {"body": Text(1, 10_000)},
    required={"body"},
    owned={"id": Whole(1), "activity_id": Whole(1), "author": USER} | STAMPS | {"links": Each(LINK)},
)
