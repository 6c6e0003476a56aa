"""Activities and their copies. All copies of an activity are written in the transaction that writes the activity."""

from typing import NamedTuple, NotRequired, TypedDict

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import clock
from chalicelib.json_text import JsonObject
from chalicelib.storage.migrations import DocumentFormat, Migration
from chalicelib.storage.models.base import IntegerAttribute, Item, Range, Ref, StoredText
from chalicelib.storage.models.keys import MAX_ID, account_partition, user_partition, workspace_partition
from chalicelib.storage.rows import Entry, StoredEntry
from chalicelib.storage.stored_text import StoredTextDocument

# The number of partitions of the alarm index. DynamoDB allows a thousand writes a second to each of them. The function
# that sends alarms queries each of them once a minute.
ALARM_SHARDS = 4

# The migrations of an activity. Its copies share them, and so do the delegations that contain an activity.
ACTIVITY_MIGRATIONS: tuple[Migration, ...] = ()


class Block(TypedDict):
    """A building block of an activity. It has either a `value`, perhaps one of its `options`, or a `time`."""

    created_at: str
    options: NotRequired[list[str]]
    updated_at: str
    value: NotRequired[str]
    time: NotRequired[str | None]
    name: str | None
    id: str


class Activity(StoredTextDocument, discriminator="activity"):
    """An activity, with its place.

    `doc` is what the API returns, with people as ids of users; storage/stored_text.py says how it is stored. `stack`
    is None in the archive. `discussed` says that the activity has or had comments. `delegation` is its open delegation
    or the one that was done. `deleted_by` is the user who deletes it, while its comments are being deleted. It
    has no copies then, and nobody sees it.

    Three attributes exist only until the alarm has been sent: `alarm_at` is the time of the next attempt, `alarm_claim`
    identifies the run that is sending it, and `alarm_tries` counts the attempts.

    Key: ACCOUNT#{account}#ACTIVITIES / ACTIVITY#{activity}
    Access patterns: get by id; list those with a due alarm through the index `alarms`, by `alarm_shard` and `alarm_at`.
    """

    is_canonical = True
    doc_format = DocumentFormat(ACTIVITY_MIGRATIONS)

    id = IntegerAttribute()
    workspace = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    order = UnicodeAttribute()
    discussed = BooleanAttribute(default=False)
    delegation = JSONAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)
    alarm_shard = IntegerAttribute(null=True)
    alarm_at = UnicodeAttribute(null=True)
    alarm_claim = UnicodeAttribute(null=True)
    alarm_tries = IntegerAttribute(null=True)

    @property
    def account(self) -> int:
        """The account that the activity belongs to."""
        return int(self.pk.split("#")[1])

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
        """Return the condition that the activity is in a workspace and is not being deleted."""
        condition: Condition = (cls.workspace == workspace) & cls.deleted_by.does_not_exist()
        return condition

    @staticmethod
    def ref(account: int, activity: int) -> Ref["Activity"]:
        """Return the reference to an activity."""
        return Ref(f"{account_partition(account)}#ACTIVITIES", f"ACTIVITY#{activity:016}", Activity)


class UserActivityEntry(NamedTuple):
    """A copy for a user as an entry of a list, and the attributes by which the list selects."""

    entry: StoredEntry[str]
    workspace: int
    delegated: bool


class UserActivity(StoredTextDocument, discriminator="user_activity"):
    """A copy of an activity for one of the people it concerns.

    These are its creator, its assignee, its delegator and its delegee. `delegated` marks the last two: they see the
    activity without being a member of its `workspace`.

    Key: ACCOUNT#{account}#USER#{user} / ACTIVITY#{newest first}
    Access patterns: list those of a user, newest first.
    """

    prefix = "ACTIVITY#"
    is_copy = True
    doc_format = DocumentFormat(ACTIVITY_MIGRATIONS)

    activity = IntegerAttribute()
    workspace = IntegerAttribute()
    delegated = BooleanAttribute(default=False)

    @staticmethod
    def ref(account: int, user: str, activity: int) -> Ref["UserActivity"]:
        """Return the reference to the copy for a user."""
        return Ref(user_partition(account, user), f"{UserActivity.prefix}{MAX_ID - activity:016}", UserActivity)

    @staticmethod
    def of_user(account: int, user: str) -> Range["UserActivity"]:
        """Return the range of all copies for a user, the newest activity first."""
        return Range.under(user_partition(account, user), UserActivity.prefix, UserActivity)

    @staticmethod
    def read_entry(item: Item) -> "UserActivityEntry":
        """Return what a list needs of an item, without building the row."""
        entry = Entry(item["sk"]["S"], StoredText(item["doc"]["S"]))
        return UserActivityEntry(entry, int(item["workspace"]["N"]), item["delegated"]["BOOL"])


class Placement(StoredTextDocument, discriminator="placement"):
    """A copy of an activity in its place, on a stack or in the archive.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / ITEM#{stack}#{order}#{activity}
    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / ARCHIVE#{order}#{activity}
    Access patterns: list the items of one stack, of all stacks, or of the archive, the newest first.
    """

    items_prefix = "ITEM#"  # the prefix of all items that are not in the archive
    is_copy = True
    doc_format = DocumentFormat(ACTIVITY_MIGRATIONS)

    activity = IntegerAttribute()
    discussed = BooleanAttribute(null=True)  # True or absent

    @staticmethod
    def ref(account: int, workspace: int, stack: int | None, order: str, activity: int) -> Ref["Placement"]:
        """Return the reference to an activity's place. `stack` is None for the archive."""
        sort_key = f"{Placement.prefix(stack)}{order}#{activity:016}"
        return Ref(workspace_partition(account, workspace), sort_key, Placement)

    @staticmethod
    def on_stack(account: int, workspace: int, stack: int) -> Range["Placement"]:
        """Return the range of all items on a stack, from top to bottom."""
        return Range.under(workspace_partition(account, workspace), Placement.prefix(stack), Placement)

    @staticmethod
    def on_all_stacks(account: int, workspace: int) -> Range["Placement"]:
        """Return the range of all items that are not in the archive, stack by stack, the inbox first."""
        return Range.under(workspace_partition(account, workspace), Placement.items_prefix, Placement)

    @staticmethod
    def in_archive(account: int, workspace: int) -> Range["Placement"]:
        """Return the range of all items in the archive, the last archived first."""
        return Range.under(workspace_partition(account, workspace), Placement.prefix(None), Placement)

    @staticmethod
    def stack_at(position: str) -> int:
        """Return the stack of the item at a position outside the archive."""
        return int(position.split("#")[1])

    @staticmethod
    def order_at(position: str) -> str:
        """Return the order of the item at a position outside the archive."""
        return position.split("#")[2]

    @staticmethod
    def prefix(stack: int | None) -> str:
        """Return the prefix of the items of a stack. `stack` is None for the archive."""
        return "ARCHIVE#" if stack is None else f"{Placement.items_prefix}{stack:016}#"
