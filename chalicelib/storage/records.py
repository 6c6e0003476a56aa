"""The kinds of item that record what was done, and who follows whom; the chart in models.py shows how they sort."""

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


class Follow(Item, discriminator="follow"):
    """Kept twice, with who follows and with who is followed; both are only ever written together."""

    prefix = "USER#"
    followed, follower = "USER#FOLLOWED#", "USER#FOLLOWER#"

    other = UnicodeAttribute()  # whom the holder follows, or who follows the holder

    @staticmethod
    def key(account: int, holder: str, side: str, other: str) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{side}{other}"
