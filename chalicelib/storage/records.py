"""The kinds of item that record what was done and granted; the chart in models.py shows how their keys sort."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib.storage.item import DocumentAttribute, Item, Key
from chalicelib.storage.models import account_partition


class Event(Item, discriminator="event"):
    """A change of a user or credential, as it is answered; `ttl` removes it."""

    prefix = "EVENT#"

    doc = DocumentAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, event: str) -> Key:
        return f"{account_partition(account)}#AUDIT", f"{Event.prefix}{event}"


class Grant(Item, discriminator="grant"):
    """An access token of a credential, which works while the secret does that it was given for. `ttl` removes it."""

    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return account_partition(account), f"GRANT#{credential}#{digest}"
