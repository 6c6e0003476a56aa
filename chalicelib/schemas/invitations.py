"""Invitations: what clients send to invite people to a workspace, and the invitation object."""

from chalicelib.schemas.common import DELIVERY, DELIVERY_DESCRIPTION, LINK, LINKS_DESCRIPTION
from chalicelib.schemas.users import SLUG, USER
from chalicelib.schemas.workspaces import WORKSPACE_SUMMARY
from chalicelib.validation.containers import ListOf, OneOrMany
from chalicelib.validation.schema import RequiredChoice, Schema
from chalicelib.validation.types import Boolean, Email, Enum, Integer, Timestamp

MOST_PEOPLE = 50  # in one call
INVITATION_STATES = ("pending", "accepted", "declined")
STATE = Enum(INVITATION_STATES, name="InvitationState")
INVITATION_DESCRIPTIONS = LINKS_DESCRIPTION | {
    "id": "The id of the invitation.",
    "workspace": "The workspace that the user is invited to.",
    "user": "The user who is invited.",
    "email": "The address to which the invitation was sent.",
    "inviter": "The user who sent the invitation.",
    "state": "Whether the user has accepted or declined.",
    "created_at": "The time of the invitation, in UTC.",
    "delivery": DELIVERY_DESCRIPTION,
}
INVITATION = Schema(
    "Invitation",
    {},
    read_only={"id": Integer(1), "workspace": WORKSPACE_SUMMARY, "user": USER, "email": Email(), "inviter": USER}
    | {"state": STATE, "created_at": Timestamp()}
    | {"delivery": DELIVERY, "links": ListOf(LINK)},
    descriptions=INVITATION_DESCRIPTIONS,
)
# What inviting did about the mail of an invitation: it was sent, it could not be sent, or there was none because the
# address got one in the last ten minutes or because another request is sending it.
MAIL_OUTCOMES = ("sent", "failed", "sent_recently", "in_progress")
SENT_INVITATION = Schema(
    "SentInvitation",
    {},
    read_only=INVITATION.read_only | {"mail": Enum(MAIL_OUTCOMES, name="MailOutcome")},
    descriptions=INVITATION_DESCRIPTIONS
    | {
        "mail": "What this call did about the mail. There was none with `sent_recently`, because the address got one"
        " in the last ten minutes, and with `in_progress`, because another request is just sending it."
    },
)
LINK_DECISION = Schema(  # a button of the page behind a link
    "LinkDecision",
    {"decision": Enum(("accept", "decline"), name="Decision")},
    descriptions={"decision": "What to do with the invitation or delegation. Without it, it is accepted."},
)
INVITE = Schema(
    "Invite",
    {"cc": Boolean(), "slug": OneOrMany(SLUG, most=MOST_PEOPLE), "email": OneOrMany(Email(), most=MOST_PEOPLE)},
    required_choice=RequiredChoice(("email", "slug")),
    descriptions={
        "cc": "Whether you get a copy of each mail.",
        "slug": "The slugs or ids of users to invite. If one of them is unknown, nobody is invited.",
        "email": "The e-mail addresses of people to invite. They need not be users.",
    },
)
