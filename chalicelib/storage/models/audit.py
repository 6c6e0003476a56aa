"""The audit log of an account."""

from pynamodb.attributes import TTLAttribute

from chalicelib.storage.models.base import Item, Range, Ref, StoredDocument, StoredText
from chalicelib.storage.models.keys import account_partition
from chalicelib.storage.rows import Entry, TextEntry


class AuditEvent(StoredDocument, discriminator="audit_event"):
    """A change of a user, credential or webhook, as its JSON text.

    DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#AUDIT / EVENT#{order}-{random}
    Access patterns: list all, the newest first.
    """

    prefix = "EVENT#"

    ttl = TTLAttribute()

    @property
    def id(self) -> str:
        """The id of the event, which begins with its order."""
        return self.sk.removeprefix(AuditEvent.prefix)

    @staticmethod
    def ref(account: int, event: str) -> Ref["AuditEvent"]:
        """Return the reference to an event. Its id begins with its order."""
        return Ref(f"{account_partition(account)}#AUDIT", f"{AuditEvent.prefix}{event}", AuditEvent)

    @staticmethod
    def of_account(account: int) -> Range["AuditEvent"]:
        """Return the range of all events of an account, the newest first."""
        return Range.under(f"{account_partition(account)}#AUDIT", AuditEvent.prefix, AuditEvent)

    @staticmethod
    def read_entry(item: Item) -> TextEntry[str]:
        """Return an item as an entry of a list, without building the row. The position is the id of the event."""
        return Entry(item["sk"]["S"].removeprefix(AuditEvent.prefix), StoredText(item["doc"]["S"]))
