"""Users: the user object of the Workspaces document, and what admins send to create and change users."""

from chalicelib.schemas.common import DELIVERY
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Email, Enum, Pattern, Text, Timestamp

ROLES = ("admin", "member")
SLUG = Text(1, 255, max_bytes=1_000)  # of a user, whether or not there is one; it becomes part of a key
USER_ID = Pattern("[0-9a-f]{9}", "must be a user id, nine hexadecimal digits")
PERSON = {"email": Email(), "first_name": Text(1, 100), "last_name": Text(1, 100)}
AVATAR = Schema("Avatar", {}, read_only={"thumb_url": Text(), "url": Text()})
USER = Schema(
    "User",
    PERSON | {"role": Enum(ROLES)},
    required=[*PERSON, "role"],
    read_only={"user_since": Timestamp(), "avatar": AVATAR, "id": USER_ID, "name_or_email": Text(), "slug": Text()},
    optional_in_response={"role"},
)
# An address that the user is to have, until it is confirmed, and how the mail to it went. Admins and the user see both.
UNCONFIRMED = {"unconfirmed_email": Email(), "confirmation_delivery": DELIVERY}
USER_WITH_ROLE = Schema(
    "Colleague",
    USER.fields,
    required=PERSON,
    read_only=USER.read_only | UNCONFIRMED,
    optional_in_response={"role", *UNCONFIRMED},
)  # only admins see the role
NEW_USER_NAMES = Schema(
    "Names", {name: PERSON[name] for name in ("first_name", "last_name")}, required={"first_name", "last_name"}
)


def is_user_id(text: str) -> bool:
    """Return whether the text is a user id and not a slug. Clients may give either to name a user."""
    return USER_ID.matches(text)
