"""TODO."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import DocumentAttribute, IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import MAX_ID, account_partition, workspace_partition

ALARM_SHARDS = (
    4  # of the index of alarms: DynamoDB writes a thousand times a second to each, and each is asked every minute
)


class Activity(Row, discriminator="activity"):
    """`stack` is None in the archive. `doc` names people by their marked ids, see domain.activities.

    `discussed` says that there are or have been comments on it. `delegation` is the one that is open or was done.
    While its alarm is to be sent, `alarm_at` says when it is the next time, `alarm_claim` who is at it, `alarm_tries`
    how often somebody was.
    """

    id = IntegerAttribute()
    workspace = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    order = UnicodeAttribute()
    doc = DocumentAttribute()
    discussed = BooleanAttribute(default=False)
    delegation = JSONAttribute(null=True)
    alarm_shard = IntegerAttribute(null=True)
    alarm_at = UnicodeAttribute(null=True)
    alarm_claim = UnicodeAttribute(null=True)
    alarm_tries = IntegerAttribute(null=True)

    @property
    def account(self) -> int:
        """In which account it is."""
        return int(self.pk.split("#")[1])

    def set_alarm(self, moment: str | None) -> None:
        """Has the alarm sent at that time, or not any more."""
        self.alarm_at, self.alarm_claim, self.alarm_tries = moment, None, None
        self.alarm_shard = self.id % ALARM_SHARDS if moment else None

    @classmethod
    def is_in(cls, workspace: int) -> Condition:
        """Holds while it lies in that workspace."""
        inside: Condition = cls.workspace == workspace
        return inside

    @staticmethod
    def key(account: int, activity: int) -> Key:
        return f"{account_partition(account)}#ACTIVITIES", f"ACTIVITY#{activity:016}"


class UserActivity(Row, discriminator="involvement"):
    """An activity with somebody who stands in it, the newest first: the same `doc` as under its id.

    `workspace` is where it lies, since only who is in there is shown it, or whom it is delegated by or to.
    """

    prefix = "ACTIVITY#"
    is_copy = True

    activity = IntegerAttribute()
    workspace = IntegerAttribute()
    delegated = BooleanAttribute(default=False)
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, user: str, activity: int) -> Key:
        return f"{account_partition(account)}#USER#{user}", f"{UserActivity.prefix}{MAX_ID - activity:016}"


class Placement(Row, discriminator="placement"):
    """An activity where it lies: the same `doc` as under its id, and the same `discussed`."""

    everywhere = "ITEM#"  # but in the archive
    is_copy = True

    activity = IntegerAttribute()
    doc = DocumentAttribute()
    discussed = BooleanAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int, stack: int | None, order: str, activity: int) -> Key:
        return workspace_partition(account, workspace), f"{Placement.prefix(stack)}{order}#{activity:016}"

    @staticmethod
    def prefix(stack: int | None) -> str:
        """Where the items of a stack begin; None is the archive."""
        return "ARCHIVE#" if stack is None else f"{Placement.everywhere}{stack:016}#"
