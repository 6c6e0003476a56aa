"""Invitations: what clients send to invite people to a workspace, and the invitation object."""

from chalicelib.schemas.common import DELIVERY, LINK
from chalicelib.schemas.users import SLUG, USER
from chalicelib.schemas.workspaces import WORKSPACE_SUMMARY
from chalicelib.validation.containers import ListOf, OneOrMany
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Boolean, Email, Enum, Integer, Timestamp

MOST_PEOPLE = 50  # in one call
INVITATION_STATES = ("pending", "accepted", "declined")
INVITATION = Schema(
    "Invitation",
    {},
    read_only={"id": Integer(1), "workspace": WORKSPACE_SUMMARY, "user": USER, "email": Email(), "inviter": USER}
    | {"state": Enum(INVITATION_STATES), "created_at": Timestamp()}
    | {"delivery": DELIVERY, "links": ListOf(LINK)},
)
# What inviting did about the mail of an invitation: it was sent, it could not be sent, or there was none because the
# address got one in the last ten minutes or because another request is sending it.
MAIL_OUTCOMES = ("sent", "failed", "sent_recently", "in_progress")
SENT_INVITATION = Schema("SentInvitation", {}, read_only=INVITATION.read_only | {"mail": Enum(MAIL_OUTCOMES)})
LINK_DECISION = Schema("LinkDecision", {"decision": Enum(("accept", "decline"))})  # a button of the page behind a link
INVITE = Schema(
    "Inviting",
    {"cc": Boolean(), "slug": OneOrMany(SLUG, most=MOST_PEOPLE), "email": OneOrMany(Email(), most=MOST_PEOPLE)},
    required_choice=RequiredChoice(("email", "slug")),
)
