"""Users: the user object of the Workspaces document, and what admins send to create and change users."""

from chalicelib.schemas.common import DELIVERY
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Email, Enum, Pattern, Text, Timestamp

ROLES = ("admin", "member")
SLUG = Text(1, 255, max_bytes=1_000)  # of a user, whether or not there is one; it becomes part of a key
USER_ID = Pattern("[0-9a-f]{9}", "must be a user id, nine hexadecimal digits")
PERSON = {"email": Email(), "first_name": Text(1, 100), "last_name": Text(1, 100)}
AVATAR = Schema(
    "Avatar",
    {},
    read_only={"thumb_url": Text(), "url": Text()},
    descriptions={"thumb_url": "The address of a small picture.", "url": "The address of the picture."},
)
# An address that the user is to have, until it is confirmed, and how the mail to it went. Admins and the user see both.
UNCONFIRMED = {"unconfirmed_email": Email(), "confirmation_delivery": DELIVERY}
USER = Schema(
    "User",
    PERSON | {"role": Enum(ROLES, name="Role")},
    required=PERSON,
    read_only={"user_since": Timestamp(), "avatar": AVATAR, "id": USER_ID, "name_or_email": Text(), "slug": Text()}
    | UNCONFIRMED,
    optional_in_response={"role", *UNCONFIRMED},  # only the lists of users have them, and only for admins
    descriptions={
        "email": "The e-mail address.",
        "first_name": "The first name. It is empty until somebody who was invited has accepted.",
        "last_name": "The last name. It is empty until somebody who was invited has accepted.",
        "role": "What the user may do in the account. Only `/api/users` and `/api/me` show it, and only to admins.",
        "user_since": "The time since which the user exists, in UTC.",
        "avatar": "The picture of the user.",
        "id": "The id of the user, nine hexadecimal digits.",
        "name_or_email": "The full name, or the e-mail address of a user without a name.",
        "slug": "A readable id of the user. It can be used instead of the id.",
        "unconfirmed_email": "A new address that the user has not confirmed yet. Only admins and the user see it.",
        "confirmation_delivery": "Whether the mail to the new address was sent.",
    },
)
NEW_USER_NAMES = Schema(
    "", {name: PERSON[name] for name in ("first_name", "last_name")}, required={"first_name", "last_name"}
)


def is_user_id(text: str) -> bool:
    """Return whether the text is a user id and not a slug. Clients may give either to name a user."""
    return USER_ID.matches(text)
