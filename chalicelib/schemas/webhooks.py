"""Webhooks: what admins send to create, change, rotate and replay one, and the webhook and delivery objects."""

from chalicelib.schemas.changes import OBJECT_KIND, OBJECT_KINDS
from chalicelib.schemas.users import USER_ID
from chalicelib.validation.containers import ListOf, Nullable
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Enum, Integer, Pattern, Text, Timestamp

MAX_WEBHOOKS = 20  # of an account
MAX_REPLAYED = 10_000  # changes in one replay
# A host is a name or an IP address. The rest is every character of ASCII but blanks, control characters and #.
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
URL_PATTERN = (
    rf"https?://(({_LABEL}\.){{0,20}}{_LABEL}|\[[0-9A-Fa-f:.]{{2,45}}\])(:[1-9][0-9]{{0,4}})?(/[!-\"$-~]{{0,1000}})?"
)
WEBHOOK_ID = Pattern("[1-9][0-9]?-[0-9a-f]{8}", "must be the id of a webhook")
DISABLED_REASONS = ("gone", "failures", "user")

DETAILS = {
    "url": Pattern(URL_PATTERN, "must be like https://example.org/hooks, without a user and a fragment"),
    "label": Text(0, 100),
    "kinds": ListOf(OBJECT_KIND, unique=True, most=len(OBJECT_KINDS)),
    "enabled": Boolean(),
}
DETAIL_DESCRIPTIONS = {
    "url": "The address that changes are sent to. It begins with https, and its host has public addresses only.",
    "label": "A name by which people recognise the webhook.",
    "kinds": "The kinds of objects whose changes are sent. An empty list means all.",
    "enabled": "Whether changes are sent. Those that happen meanwhile are sent when it is enabled again.",
}
LAST_DELIVERY = Schema(
    "LastDelivery",
    {},
    read_only={"at": Timestamp(), "status": Nullable(Integer()), "error": Nullable(Text())},
    descriptions={
        "at": "The time of the attempt, in UTC.",
        "status": "The HTTP status of the receiver, or null if there was no answer.",
        "error": "Why there was no answer, or null.",
    },
)
_REPLAY_FIELDS = {"from": Integer(1), "to": Integer(1)}
REPLAY_DESCRIPTIONS = {
    "from": "The sequence number of the first change.",
    "to": f"The sequence number of the last change, at most {MAX_REPLAYED - 1:,} after the first.",
}
REPLAY = Schema("Replay", _REPLAY_FIELDS, required=_REPLAY_FIELDS, descriptions=REPLAY_DESCRIPTIONS)
RUNNING_REPLAY = Schema(
    "RunningReplay",
    {},
    read_only=_REPLAY_FIELDS,
    descriptions={
        "from": "The sequence number of the next change.",
        "to": "The sequence number of the last change.",
    },
)
NEW_WEBHOOK = Schema("NewWebhook", DETAILS, required={"url"}, descriptions=DETAIL_DESCRIPTIONS)
WEBHOOK = Schema(
    "Webhook",
    DETAILS,
    read_only={
        "id": WEBHOOK_ID,
        "user": USER_ID,
        "created_at": Timestamp(),
        "disabled_reason": Nullable(Enum(DISABLED_REASONS, name="DisabledReason")),
        "cursor": Integer(0),
        "failing_since": Nullable(Timestamp()),
        "next_attempt_at": Nullable(Timestamp()),
        "last_delivery": Nullable(LAST_DELIVERY),
        "replay": Nullable(RUNNING_REPLAY),
        "old_secret_until": Nullable(Timestamp()),
        "secret": Text(),
    },
    optional_in_response={"secret"},  # it is only shown when it is new
    descriptions=DETAIL_DESCRIPTIONS
    | {
        "id": "The id of the webhook.",
        "user": "The id of the admin who created the webhook or has last changed its URL. It gets what this user sees.",
        "created_at": "The time of creation, in UTC.",
        "disabled_reason": "Why the service has disabled the webhook: the receiver answered 410 (`gone`), it failed for"
        " five days (`failures`), or its user is no longer an admin (`user`). Otherwise null.",
        "cursor": "The sequence number of the last change that was delivered or passed over.",
        "failing_since": "The time since which deliveries fail, or null.",
        "next_attempt_at": "The time of the next attempt after a failure, or null.",
        "last_delivery": "The last attempt, or null if there was none.",
        "replay": "The changes that are still to be sent again, or null.",
        "old_secret_until": "The time until which the secret from before the last rotation signs as well, or null.",
        "secret": "The secret with which receivers verify signatures. Only shown when it is new.",
    },
)
MAX_OVERLAP = 7 * 24 * 60 * 60  # seconds
DEFAULT_OVERLAP = 24 * 60 * 60
WEBHOOK_ROTATION = Schema(
    "WebhookRotation",
    {"overlap": Integer(0, MAX_OVERLAP)},
    descriptions={"overlap": "For how many seconds the old secret signs beside the new one. A day by default."},
)
PURPOSES = ("change", "replay", "test")
WEBHOOK_DELIVERY = Schema(
    "WebhookDelivery",
    {},
    read_only={
        "id": Text(),
        "at": Timestamp(),
        "purpose": Enum(PURPOSES, name="DeliveryPurpose"),
        "message_id": Text(),
        "seq": Nullable(Integer(1)),
        "type": Text(),
        "attempt": Integer(1),
        "status": Nullable(Integer()),
        "error": Nullable(Text()),
        "duration": Integer(0),
        "next_attempt_at": Nullable(Timestamp()),
    },
    descriptions={
        "id": "The id of the attempt.",
        "at": "The time of the attempt, in UTC.",
        "purpose": "Whether it was a new change, one that was sent again by a replay, or a test.",
        "message_id": "The header `webhook-id` of the message. It is the same each time that a change is sent.",
        "seq": "The sequence number of the change, or null for a test.",
        "type": "The type of the message, such as `action.update`.",
        "attempt": "The number of the attempt, from 1.",
        "status": "The HTTP status of the receiver, or null if there was no answer.",
        "error": "Why there was no answer, or null.",
        "duration": "How long the attempt took, in milliseconds.",
        "next_attempt_at": "The time of the next attempt after this failure, or null.",
    },
)
