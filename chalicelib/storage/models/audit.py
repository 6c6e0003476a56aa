"""TODO."""

from pynamodb.attributes import TTLAttribute

from chalicelib.storage.models.base import DocumentAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class AuditEvent(Row, discriminator="event"):
    """A change of a user or credential, as it is answered; `ttl` removes it."""

    prefix = "EVENT#"

    doc = DocumentAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, event: str) -> Key:
        return f"{account_partition(account)}#AUDIT", f"{AuditEvent.prefix}{event}"
