"""TODO."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class LinkToken(Row, discriminator="token"):
    """What the link in a mail proves, of an invitation or a delegation; only its hash is kept. `ttl` removes it."""

    invitation = IntegerAttribute(null=True)
    workspace = IntegerAttribute(null=True)
    delegation = IntegerAttribute(null=True)
    user = UnicodeAttribute()
    inviter = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, digest: str) -> Key:
        return account_partition(account), f"TOKEN#{digest}"
