"""Delegations: what clients send to delegate, redelegate and decline an activity, and the delegation object."""

from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import (
    DELIVERY,
    DELIVERY_DESCRIPTION,
    LINK,
    LINKS_DESCRIPTION,
    TIMESTAMP_DESCRIPTIONS,
    TIMESTAMPS,
)
from chalicelib.schemas.users import SLUG, USER
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Boolean, Email, Enum, Integer, Text

DELEGATION_STATES = ("pending", "accepted", "declined", "taken_back", "redelegated", "done")
STATE = Enum(DELEGATION_STATES, name="DelegationState")
NOTE = Nullable(Text(0, 10_000))
ONE_PERSON = RequiredChoice(("slug", "email"), only_one=True)
# The vendor's library sends `delegee_slug: null` beside an e-mail address.
DELEGEE_FIELDS = {"slug": Nullable(SLUG), "email": Nullable(Email()), "note": NOTE}
DELEGEE_DESCRIPTIONS = {
    "slug": "The slug or id of the user who is to do the activity.",
    "email": "The e-mail address of the person who is to do the activity. Somebody unknown is invited.",
    "note": "A note to that person.",
}
DELEGATE = Schema(
    "Delegate",
    {"delegee_slug": Nullable(SLUG), **DELEGEE_FIELDS, "sign_off": Boolean()},
    aliases={"delegee_slug": "slug"},
    required_choice=ONE_PERSON,
    descriptions=DELEGEE_DESCRIPTIONS
    | {
        "delegee_slug": "Another name for `slug`.",
        "sign_off": "Whether you want to approve the activity when it is finished.",
    },
)
REDELEGATE = Schema("Redelegate", DELEGEE_FIELDS, required_choice=ONE_PERSON, descriptions=DELEGEE_DESCRIPTIONS)
DECLINE = Schema("Decline", {"note": NOTE}, descriptions={"note": "The reason, for the delegator."})
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
    | {"state": STATE}
    | TIMESTAMPS
    | {"reason": NOTE, "delivery": DELIVERY, "links": ListOf(LINK)},
    descriptions=TIMESTAMP_DESCRIPTIONS
    | LINKS_DESCRIPTION
    | {
        "id": "The id of the delegation.",
        "activity": "The activity. After the delegation has ended, it is shown as it was then.",
        "delegator": "The user who delegated the activity.",
        "delegee": "The user who is to do the activity.",
        "note": "The note of the delegator.",
        "sign_off": "Whether the delegator approves the activity when it is finished.",
        "state": "Whether the delegee has accepted, and how the delegation has ended.",
        "reason": "The reason for which the delegee declined.",
        "delivery": DELIVERY_DESCRIPTION,
    },
)
