"""TODO."""

from chalicelib.schemas.common import LINK
from chalicelib.schemas.users import USER
from chalicelib.schemas.workspaces import WORKSPACE_SUMMARY
from chalicelib.validation.containers import ListOf, OneOrMany
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Boolean, Email, Enum, Integer, Text, Timestamp

INVITATION = Schema(
    "Invitation",
    {},
    read_only={"id": Integer(1), "workspace": WORKSPACE_SUMMARY, "user": USER, "email": Email(), "inviter": USER}
    | {"state": Enum(("pending", "accepted", "declined")), "created_at": Timestamp()}
    | {"delivery": Enum(("sent", "failed", "unsent")), "links": ListOf(LINK)},
)
INVITE = Schema(
    "Inviting",
    {"cc": Boolean(), "slug": OneOrMany(Text(1, 255)), "email": OneOrMany(Email())},
    required_choice=RequiredChoice(("email", "slug")),
)
NEW_USER_NAMES = Schema(
    "Names", {"first_name": Text(1, 100), "last_name": Text(1, 100)}, required={"first_name", "last_name"}
)
