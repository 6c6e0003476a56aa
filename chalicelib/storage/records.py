"""The kinds of item that record what was done; the chart in models.py shows how their keys sort."""

from pynamodb.attributes import TTLAttribute

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
