"""TODO."""

from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Email, Enum, Text, Timestamp, UserId

ROLES = ("admin", "member")
PERSON = {"email": Email(), "first_name": Text(1, 100), "last_name": Text(1, 100)}
AVATAR = Schema("Avatar", {}, read_only={"thumb_url": Text(), "url": Text()})
USER = Schema(
    "User",
    PERSON | {"role": Enum(ROLES)},
    required=[*PERSON, "role"],
    read_only={"user_since": Timestamp(), "avatar": AVATAR, "id": UserId(), "name_or_email": Text(), "slug": Text()},
    optional_in_response={"role"},
)
USER_WITH_ROLE = Schema(
    "Colleague", USER.fields, required=PERSON, read_only=USER.read_only, optional_in_response={"role"}
)  # the role is for admins
