"""Delegations of activities from one user to another."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import DocumentAttribute, IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import MAX_ID, account_partition


class Delegation(Row, discriminator="delegation"):
    """A delegation by or to a user, open or ended. Both users have a row.

    `doc` is what the API returns, with placeholders for people (see storage/marks.py). It contains the activity. An
    open delegation is written with its activity, so that its `doc` and its `workspace` are current. An ended
    delegation stays as it was at its end and has no `workspace`. `origin` and `stack` are the place of the activity
    when it was delegated. The canonical row is that of the delegator.

    Key: ACCOUNT#{account}#USER#{user} / DELEGATION#OPEN#{newest first}
    Key: ACCOUNT#{account}#USER#{user} / DELEGATION#PAST#{newest first}
    Access patterns: list those of a user, all or the open ones, newest first.
    """

    prefix = "DELEGATION#"
    open_prefix, past_prefix = "DELEGATION#OPEN#", "DELEGATION#PAST#"
    is_copy = True

    id = IntegerAttribute()
    activity = IntegerAttribute()
    workspace = IntegerAttribute(null=True)
    origin = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    delegator = UnicodeAttribute()
    delegee = UnicodeAttribute()
    state = UnicodeAttribute()
    doc = DocumentAttribute()

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the delegator."""
        return self.pk.endswith(f"#{self.delegator}")

    @staticmethod
    def key(account: int, holder: str, side: str, delegation: int) -> Key:
        """Return the key of the row of one user. `side` is `Delegation.open_prefix` or `Delegation.past_prefix`."""
        return f"{account_partition(account)}#USER#{holder}", f"{side}{MAX_ID - delegation:016}"
