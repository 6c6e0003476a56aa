"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import DocumentAttribute, IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import MAX_ID, account_partition


class Delegation(Row, discriminator="delegation"):
    """Kept with both people, open ones first, the newest first. `doc` is what is answered, people by their marked ids.

    While it is open it is one more copy of its activity; a past one stays as it was then. `workspace` is where the
    activity lies, `origin` and `stack` are where it was when it was handed over.
    """

    prefix = "DELEGATION#"
    opened, past = "DELEGATION#OPEN#", "DELEGATION#PAST#"
    is_copy = True

    id = IntegerAttribute()
    activity = IntegerAttribute()
    workspace = IntegerAttribute(null=True)  # of an open one
    origin = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    delegator = UnicodeAttribute()
    delegee = UnicodeAttribute()
    state = UnicodeAttribute()
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, holder: str, side: str, delegation: int) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{side}{MAX_ID - delegation:016}"
