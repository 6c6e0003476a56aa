"""The audit log of an account."""

from pynamodb.attributes import TTLAttribute

from chalicelib.storage.models.base import Key, StoredDocument
from chalicelib.storage.models.keys import account_partition


class AuditEvent(StoredDocument, discriminator="audit_event"):
    """A change of a user or credential, as its JSON text.

    DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account}#AUDIT / EVENT#{order}-{random}
    Access patterns: list all, the newest first.
    """

    prefix = "EVENT#"

    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, event: str) -> Key:
        """Return the key of an event. Its id begins with its order."""
        return f"{account_partition(account)}#AUDIT", f"{AuditEvent.prefix}{event}"
