"""TODO."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Credential(Row, discriminator="credential"):
    """`secret_hash` is all that is kept of the secret; the one before it works until `old_secret_until`."""

    prefix = "CREDENTIAL#"

    id = UnicodeAttribute()
    account = IntegerAttribute()
    user = UnicodeAttribute()
    label = UnicodeAttribute()
    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    old_secret_hash = UnicodeAttribute(null=True)
    old_secret_until = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)

    @classmethod
    def is_live(cls, at: str) -> Condition:
        """Holds while it is not revoked and will not have expired by then."""
        lasts = cls.expires_at.does_not_exist() | (cls.expires_at > at)
        live: Condition = cls.id.exists() & cls.revoked_at.does_not_exist() & lasts
        return live

    @staticmethod
    def key(account: int, key: str) -> Key:
        return account_partition(account), f"{Credential.prefix}{key}"
