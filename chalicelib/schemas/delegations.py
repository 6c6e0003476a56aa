"""Delegations: what clients send to delegate, redelegate and decline an activity, and the delegation object."""

from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import DELIVERY, LINK, TIMESTAMPS
from chalicelib.schemas.users import SLUG, USER
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Boolean, Email, Enum, Integer, Text

DELEGATION_STATES = ("pending", "accepted", "declined", "taken_back", "redelegated", "done")
NOTE = Nullable(Text(0, 10_000))
ONE_PERSON = RequiredChoice(("slug", "email"), only_one=True)
# The vendor's library sends `delegee_slug: null` beside an e-mail address.
DELEGEE_FIELDS = {"slug": Nullable(SLUG), "email": Nullable(Email()), "note": NOTE}
DELEGATE = Schema(
    "Delegating",
    {"delegee_slug": Nullable(SLUG), **DELEGEE_FIELDS, "sign_off": Boolean()},
    aliases={"delegee_slug": "slug"},
    required_choice=ONE_PERSON,
)
REDELEGATE = Schema("Redelegating", DELEGEE_FIELDS, required_choice=ONE_PERSON)
DECLINE = Schema("Declining", {"note": NOTE})
DELEGATION = Schema(
    "Delegation",
    {},
    read_only={
        "id": Integer(1),
        "activity": ACTIVITY,
        "delegator": USER,
        "delegee": USER,
        "note": NOTE,
        "sign_off": Boolean(),
    }
    | {"state": Enum(DELEGATION_STATES)}
    | TIMESTAMPS
    | {"reason": NOTE, "delivery": DELIVERY, "links": ListOf(LINK)},
)
