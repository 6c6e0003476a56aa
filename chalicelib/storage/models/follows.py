"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.keys import account_partition


class Follow(Row, discriminator="follow"):
    """Kept twice, with who follows and with who is followed; both are only ever written together."""

    prefix = "USER#"
    followed, follower = "USER#FOLLOWED#", "USER#FOLLOWER#"

    other = UnicodeAttribute()  # whom the holder follows, or who follows the holder

    @staticmethod
    def key(account: int, holder: str, side: str, other: str) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{side}{other}"
