"""Users who follow other users."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.keys import account_partition


class Follow(Row, discriminator="follow"):
    """One side of a user who follows another. Both users have a row, and both rows are written together.

    The canonical row is that of the follower.

    Key: ACCOUNT#{account}#USER#{user} / USER#FOLLOWED#{other}
    Key: ACCOUNT#{account}#USER#{user} / USER#FOLLOWER#{other}
    Access patterns: list the users whom a user follows; list the followers of a user.
    """

    prefix = "USER#"
    followed, follower = "USER#FOLLOWED#", "USER#FOLLOWER#"

    other = UnicodeAttribute()  # the id of the user on the other side

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the follower, which names the user who is followed."""
        return self.sk.startswith(Follow.followed)

    @staticmethod
    def key(account: int, holder: str, side: str, other: str) -> Key:
        """Return the key of the row of one user. `side` is `Follow.followed` or `Follow.follower`."""
        return f"{account_partition(account)}#USER#{holder}", f"{side}{other}"
