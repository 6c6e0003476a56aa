"""Users who follow other users."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import Range, Ref, Row
from chalicelib.storage.models.keys import user_partition
from chalicelib.storage.models.workspaces import Membership

FOLLOWED, FOLLOWER = "FOLLOWED", "FOLLOWER"  # the sides of a follow, as the user with the row sees the other one


class Follow(Row, discriminator="follow"):
    """One side of a user who follows another. Both users have a row, and both rows are written together.

    The canonical row is that of the follower.

    Key: ACCOUNT#{account}#USER#{user} / USER#FOLLOWED#{other}
    Key: ACCOUNT#{account}#USER#{user} / USER#FOLLOWER#{other}
    Access patterns: list the users whom a user follows; list the followers of a user.
    """

    prefix = "USER#"

    other_user = UnicodeAttribute()  # the id of the user on the other side

    @property
    def holder(self) -> str:
        """The id of the user who has this row."""
        return self.pk.rpartition("#")[2]

    @property
    def side(self) -> str:
        """The side on which the other user is, FOLLOWED or FOLLOWER."""
        return self.sk.split("#")[1]

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the follower, which names the user who is followed."""
        return self.side == FOLLOWED

    @staticmethod
    def ref(account: int, holder: str, side: str, other_user: str) -> Ref["Follow"]:
        """Return the reference to the row of one user. `side` is FOLLOWED or FOLLOWER."""
        return Ref(user_partition(account, holder), f"{Follow.prefix}{side}#{other_user}", Follow)

    @staticmethod
    def on_side(account: int, user: str, side: str) -> Range["Follow"]:
        """Return the range of the users whom a user follows, or of the followers of a user."""
        return Range.under(user_partition(account, user), f"{Follow.prefix}{side}#", Follow)

    @staticmethod
    def with_memberships(account: int, user: str) -> Range[Row]:
        """Return the range of all follows of a user, on both sides, and all memberships."""
        return Range(user_partition(account, user), Follow.prefix, Membership.of_user(account, user).last, Row)
