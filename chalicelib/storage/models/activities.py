"""Activities and their copies. All copies of an activity are written in the transaction that writes the activity."""

from typing import NotRequired, TypedDict

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import clock
from chalicelib.json_text import JsonObject
from chalicelib.storage import stored_text
from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import MAX_ID, account_partition, workspace_partition
from chalicelib.storage.stored_text import StoredText, StoredTextAttribute

# The number of partitions of the alarm index. DynamoDB allows a thousand writes a second to each of them. The function
# that sends alarms queries each of them once a minute.
ALARM_SHARDS = 4


class Block(TypedDict):
    """A building block of an activity. It has either a `value`, perhaps one of its `options`, or a `time`."""

    created_at: str
    options: NotRequired[list[str]]
    updated_at: str
    value: NotRequired[str]
    time: NotRequired[str | None]
    name: str | None
    id: str


class Activity(Row, discriminator="activity"):
    """An activity, with its place.

    `doc` is what the API returns, with people as ids of users; storage/stored_text.py says how it is stored. `stack`
    is None in the archive. `discussed` says that the activity has or had comments. `delegation` is its open delegation
    or the one that was done.

    Three attributes exist only until the alarm has been sent: `alarm_at` is the time of the next attempt, `alarm_claim`
    identifies the run that is sending it, and `alarm_tries` counts the attempts.

    Key: ACCOUNT#{account}#ACTIVITIES / ACTIVITY#{activity}
    Access patterns: get by id; list those with a due alarm through the index `alarms`, by `alarm_shard` and `alarm_at`.
    """

    id = IntegerAttribute()
    workspace = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    order = UnicodeAttribute()
    doc = StoredTextAttribute()
    discussed = BooleanAttribute(default=False)
    delegation = JSONAttribute(null=True)
    alarm_shard = IntegerAttribute(null=True)
    alarm_at = UnicodeAttribute(null=True)
    alarm_claim = UnicodeAttribute(null=True)
    alarm_tries = IntegerAttribute(null=True)

    @property
    def account(self) -> int:
        """The account that the activity belongs to."""
        return int(self.pk.split("#")[1])

    @property
    def text(self) -> StoredText:
        """The stored text of the activity."""
        return stored_text.store(self.doc)

    @property
    def name(self) -> str:
        """The name of the activity."""
        name: str = self.doc["name"]
        return name

    @property
    def state(self) -> str:
        """The state of the activity."""
        state: str = self.doc["state"]
        return state

    @property
    def creator(self) -> str:
        """The id of the user who created the activity."""
        creator: str = self.doc["creator"]
        return creator

    @property
    def assignee(self) -> str:
        """The id of the user who is to do the activity. Setting it counts as a change of the activity."""
        assignee: str = self.doc["assignee"]
        return assignee

    @assignee.setter
    def assignee(self, user: str) -> None:
        self.change_fields({"assignee": user})

    @property
    def people(self) -> set[str]:
        """The ids of the creator and the assignee."""
        return {self.creator, self.assignee}

    def block(self, name: str) -> Block:
        """Return the block with a name of schemas.activities.BLOCKS."""
        block: Block = self.doc[name]
        return block

    def change_fields(self, fields: JsonObject) -> None:
        """Change fields of the document, and note the time. A changed alarm becomes due at its new time."""
        self.doc = self.doc | fields | {"updated_at": clock.now()}
        if "alarm" in fields:
            self.set_alarm(self.block("alarm")["time"])

    def set_alarm(self, moment: str | None) -> None:
        """Let the alarm be sent at a time, or not at all if `moment` is None."""
        self.alarm_at, self.alarm_claim, self.alarm_tries = moment, None, None
        self.alarm_shard = self.id % ALARM_SHARDS if moment else None

    @classmethod
    def is_in(cls, workspace: int) -> Condition:
        """Return the condition that the activity is in a workspace."""
        condition: Condition = cls.workspace == workspace
        return condition

    @staticmethod
    def key(account: int, activity: int) -> Key:
        """Return the key of an activity."""
        return f"{account_partition(account)}#ACTIVITIES", f"ACTIVITY#{activity:016}"


class UserActivity(Row, discriminator="user_activity"):
    """A copy of an activity for one of the people it concerns.

    These are its creator, its assignee, its delegator and its delegee. `delegated` marks the last two: they see the
    activity without being a member of its `workspace`.

    Key: ACCOUNT#{account}#USER#{user} / ACTIVITY#{newest first}
    Access patterns: list those of a user, newest first.
    """

    prefix = "ACTIVITY#"
    is_copy = True

    activity = IntegerAttribute()
    workspace = IntegerAttribute()
    delegated = BooleanAttribute(default=False)
    doc = StoredTextAttribute()

    @staticmethod
    def key(account: int, user: str, activity: int) -> Key:
        """Return the key of the copy for a user."""
        return f"{account_partition(account)}#USER#{user}", f"{UserActivity.prefix}{MAX_ID - activity:016}"


class Placement(Row, discriminator="placement"):
    """A copy of an activity in its place, on a stack or in the archive.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / ITEM#{stack}#{order}#{activity}
    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / ARCHIVE#{order}#{activity}
    Access patterns: list the items of one stack, of all stacks, or of the archive, the newest first.
    """

    items_prefix = "ITEM#"  # the prefix of all items that are not in the archive
    is_copy = True

    activity = IntegerAttribute()
    doc = StoredTextAttribute()
    discussed = BooleanAttribute(null=True)  # True or absent

    @staticmethod
    def key(account: int, workspace: int, stack: int | None, order: str, activity: int) -> Key:
        """Return the key of an activity's place. `stack` is None for the archive."""
        return workspace_partition(account, workspace), f"{Placement.prefix(stack)}{order}#{activity:016}"

    @staticmethod
    def prefix(stack: int | None) -> str:
        """Return the prefix of the items of a stack. `stack` is None for the archive."""
        return "ARCHIVE#" if stack is None else f"{Placement.items_prefix}{stack:016}#"
