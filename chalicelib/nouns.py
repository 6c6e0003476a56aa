"""The shapes of people to themselves and to one another, and of what they say: more of what schemas.py declares."""

from chalicelib.containers import Each, Echoed, InTurn, OrNull, an_object, members
from chalicelib.schemas import ACTIVITY, COLLEAGUE, LINK, PAGING, PERSON, STAMPS, USER
from chalicelib.shapes import Shape, Some, parameters
from chalicelib.values import Choice, Email, Flag, Text, Whole

OWNED_BY_SERVER = COLLEAGUE.owned | {"role": COLLEAGUE.fields["role"]}  # nobody gives a role to oneself
WRAPPED = InTurn(an_object, members(PERSON | {name: Echoed(kind) for name, kind in OWNED_BY_SERVER.items()}))
ME = Shape(PERSON | {"user": WRAPPED}, owned=OWNED_BY_SERVER)
FOLLOWED = parameters(type=Text(), **PAGING)
COMMENT = Shape(
    {"body": Text(1, 10_000)},
    required={"body"},
    owned={"id": Whole(1), "activity_id": Whole(1), "author": USER} | STAMPS | {"links": Each(LINK)},
)

DELEGATION_STATES = ("pending", "accepted", "declined", "taken_back", "redelegated", "done")
NOTE = OrNull(Text(0, 10_000))
ONE_PERSON = Some(("slug", "email"), only_one=True)
HANDING_ON = {"slug": Text(1, 255), "email": Email(), "note": NOTE}
DELEGATING = Shape(
    {"delegee_slug": Text(1, 255), **HANDING_ON, "sign_off": Flag()},
    spellings={"delegee_slug": "slug"},
    some=ONE_PERSON,
)
REDELEGATING = Shape(HANDING_ON, some=ONE_PERSON)
DECLINING = Shape({"note": NOTE})
DELEGATION = Shape(
    {},
    owned={"id": Whole(1), "activity": ACTIVITY, "delegator": USER, "delegee": USER, "note": NOTE, "sign_off": Flag()}
    | {"state": Choice(DELEGATION_STATES)}
    | STAMPS
    | {"reason": NOTE, "delivery": Choice(("sent", "failed", "unsent")), "links": Each(LINK)},
)
