"""Webhooks, what has become of them, and their deliveries."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Item, Range, Ref, Row, StoredDocument, StoredText
from chalicelib.storage.models.keys import account_partition
from chalicelib.storage.rows import Entry, TextEntry


def webhooks_partition(account: int) -> str:
    """Return the partition of the webhooks of an account and of their states."""
    return f"{account_partition(account)}#WEBHOOKS"


class Webhook(Row, discriminator="webhook"):
    """A webhook of an account, as an admin has set it up.

    `id` is its place, a number from 1, and random digits. An account has only so many places, and one place has one
    webhook, so that requests at the same time cannot create too many. `user` is the admin who created the webhook or
    has last changed its URL: it gets what this user sees. The secrets sign what is sent, so they are stored
    as they are. After a rotation the old one signs as well until `old_secret_until`.

    Key: ACCOUNT#{account}#WEBHOOKS / WEBHOOK#{place}
    Access patterns: get by place; list all of an account with their states.
    """

    prefix = "WEBHOOK#"
    is_canonical = True

    id = UnicodeAttribute()
    account = IntegerAttribute()
    user = UnicodeAttribute()
    url = UnicodeAttribute()
    label = UnicodeAttribute()
    kinds = JSONAttribute()
    enabled = BooleanAttribute()
    disabled_reason = UnicodeAttribute(null=True)
    secret = UnicodeAttribute()
    old_secret = UnicodeAttribute(null=True)
    old_secret_until = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()

    @property
    def place(self) -> int:
        """The place of the webhook among those of the account."""
        return place_of(self.id)

    @staticmethod
    def ref(account: int, place: int) -> Ref["Webhook"]:
        """Return the reference to the webhook at a place."""
        return Ref(webhooks_partition(account), f"{Webhook.prefix}{place:02}", Webhook)

    @staticmethod
    def with_states(account: int) -> Range[Row]:
        """Return the range of all webhooks of an account and of their states."""
        first, last = WebhookState.prefix, Range.under("", Webhook.prefix, Webhook).last
        return Range(webhooks_partition(account), first, last, Row)


def place_of(webhook: str) -> int:
    """Return the place of a webhook by its id."""
    return int(webhook.partition("-")[0])


class WebhookState(Row, discriminator="webhook_state"):
    """The progress of a webhook in the feed, and the run that is delivering for it.

    `cursor` is the sequence number of the last change that was delivered or passed over. `claim` is the token of the
    run that delivers, until `claim_until`. `attempts` counts the failures of the next change, `failing_since` is the
    time of the first of them, and nothing is sent before `next_attempt_at`. `replay_next` and `replay_last` are the
    changes that are to be sent again. `has_unsent_mail` says that the admins are still to be told that the webhook was
    disabled. The attributes that begin with `last` are about the last delivery.

    Key: ACCOUNT#{account}#WEBHOOKS / STATE#{place}
    Access patterns: get together with its webhook.
    """

    prefix = "STATE#"

    webhook = UnicodeAttribute()
    cursor = IntegerAttribute()
    claim = UnicodeAttribute(null=True)
    claim_until = UnicodeAttribute(null=True)
    attempts = IntegerAttribute(default=0)
    failing_since = UnicodeAttribute(null=True)
    next_attempt_at = UnicodeAttribute(null=True)
    replay_next = IntegerAttribute(null=True)
    replay_last = IntegerAttribute(null=True)
    has_unsent_mail = BooleanAttribute(default=False)
    last_at = UnicodeAttribute(null=True)
    last_status = IntegerAttribute(null=True)
    last_error = UnicodeAttribute(null=True)

    @staticmethod
    def ref(account: int, place: int) -> Ref["WebhookState"]:
        """Return the reference to the state of the webhook at a place."""
        return Ref(webhooks_partition(account), f"{WebhookState.prefix}{place:02}", WebhookState)


class WebhookDelivery(StoredDocument, discriminator="webhook_delivery"):
    """An attempt to deliver something to a webhook, as its JSON text.

    DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#WEBHOOK#{webhook} / DELIVERY#{order}-{random}
    Access patterns: list all of a webhook, the newest first.
    """

    prefix = "DELIVERY#"

    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, webhook: str, delivery: str) -> Ref["WebhookDelivery"]:
        """Return the reference to an attempt. Its id begins with its order."""
        partition = f"{account_partition(account)}#WEBHOOK#{webhook}"
        return Ref(partition, f"{WebhookDelivery.prefix}{delivery}", WebhookDelivery)

    @staticmethod
    def of_webhook(account: int, webhook: str) -> Range["WebhookDelivery"]:
        """Return the range of all attempts of a webhook, the newest first."""
        partition = WebhookDelivery.ref(account, webhook, "").pk
        return Range.under(partition, WebhookDelivery.prefix, WebhookDelivery)

    @staticmethod
    def read_entry(item: Item) -> TextEntry[str]:
        """Return an item as an entry of a list, without building the row. The position is the id of the attempt."""
        return Entry(item["sk"]["S"].removeprefix(WebhookDelivery.prefix), StoredText(item["doc"]["S"]))


class DueWebhook(Row, discriminator="due_webhook"):
    """A reminder that there is something to do for a webhook at a time.

    A webhook may have several. A reminder without need does no harm. The run that has looked after the webhook deletes
    it.

    Key: WEBHOOKS_DUE / DUE#{time}#{account}#{place}
    Access patterns: list those whose time has come; save in any version.
    """

    is_copy = True

    account = IntegerAttribute()
    webhook = UnicodeAttribute()

    @staticmethod
    def ref(account: int, webhook: str, at: str) -> Ref["DueWebhook"]:
        """Return the reference to the reminder of a webhook at a time, which is a timestamp."""
        return Ref("WEBHOOKS_DUE", f"DUE#{at}#{account:09}#{place_of(webhook):02}", DueWebhook)

    @staticmethod
    def until(at: str) -> Range["DueWebhook"]:
        """Return the range of all reminders whose time has come."""
        return Range("WEBHOOKS_DUE", "DUE#", f"DUE#{at}~", DueWebhook)

    def delete_condition(self) -> Condition | None:
        """Return no condition: whoever has looked after the webhook may delete the reminder."""
        return None
