"""Delegations of activities from one user to another."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import stored_text
from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import MAX_ID, account_partition
from chalicelib.storage.stored_text import StoredText, StoredTextAttribute


class Delegation(Row, discriminator="delegation"):
    """A delegation by or to a user, open or ended. Both users have a row.

    `doc` is what the API returns, with people as ids of users; storage/stored_text.py says how it is stored. It
    contains the activity. An open delegation is written with its activity, so that its `doc` and its `workspace` are
    current. An ended delegation stays as it was at its end and has no `workspace`. `origin` and `stack` are the place
    of the activity when it was delegated.

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
    doc = StoredTextAttribute()

    @property
    def text(self) -> StoredText:
        """The stored text of the delegation."""
        return stored_text.store(self.doc)

    @property
    def activity_text(self) -> StoredText:
        """The stored text of the activity in the delegation."""
        return stored_text.store(self.doc["activity"])

    @property
    def people(self) -> set[str]:
        """The ids of the delegator, the delegee, and the people in the activity."""
        activity = self.doc["activity"]
        return {self.delegator, self.delegee, activity["creator"], activity["assignee"]}

    @staticmethod
    def key(account: int, holder: str, side: str, delegation: int) -> Key:
        """Return the key of the row of one user. `side` is `Delegation.open_prefix` or `Delegation.past_prefix`."""
        return f"{account_partition(account)}#USER#{holder}", f"{side}{MAX_ID - delegation:016}"
