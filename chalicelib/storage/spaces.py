"""The kinds of item that make up workspaces; the chart in models.py shows how their keys sort."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.item import DocumentAttribute, Item, Key, WholeAttribute
from chalicelib.storage.models import account_partition

LAST_ID = 10**16 - 1  # counted back from, ids sort the newest first
SHARDS = 4  # of the index of alarms: DynamoDB writes a thousand times a second to each, and each is asked every minute


class Activity(Item, discriminator="activity"):
    """`stack` is None in the archive. `doc` names people by their marked ids, see domain.activities.

    `discussed` says that there are or have been comments on it. `delegation` is the one that is open or was done.
    While its alarm is to be sent, `alarm_at` says when it is the next time, `alarm_claim` who is at it, `alarm_tries`
    how often somebody was.
    """

    id = WholeAttribute()
    workspace = WholeAttribute()
    stack = WholeAttribute(null=True)
    order = UnicodeAttribute()
    doc = DocumentAttribute()
    discussed = BooleanAttribute(default=False)
    delegation = JSONAttribute(null=True)
    alarm_shard = WholeAttribute(null=True)
    alarm_at = UnicodeAttribute(null=True)
    alarm_claim = UnicodeAttribute(null=True)
    alarm_tries = WholeAttribute(null=True)

    @property
    def account(self) -> int:
        """In which account it is."""
        return int(self.pk.split("#")[1])

    def ring(self, moment: str | None) -> None:
        """Has the alarm sent at that time, or not any more."""
        self.alarm_at, self.alarm_claim, self.alarm_tries = moment, None, None
        self.alarm_shard = self.id % SHARDS if moment else None

    @classmethod
    def is_in(cls, workspace: int) -> Condition:
        """Holds while it lies in that workspace."""
        inside: Condition = cls.workspace == workspace
        return inside

    @staticmethod
    def key(account: int, activity: int) -> Key:
        return f"{account_partition(account)}#ACTIVITIES", f"ACTIVITY#{activity:016}"


class Involvement(Item, discriminator="involvement"):
    """An activity with somebody who stands in it, the newest first: the same `doc` as under its id.

    `workspace` is where it lies, since only who is in there is shown it, or whom it is delegated by or to.
    """

    prefix = "ACTIVITY#"
    is_copy = True

    activity = WholeAttribute()
    workspace = WholeAttribute()
    delegated = BooleanAttribute(default=False)
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, user: str, activity: int) -> Key:
        return f"{account_partition(account)}#USER#{user}", f"{Involvement.prefix}{LAST_ID - activity:016}"


class Membership(Item, discriminator="membership"):
    prefix = "WORKSPACE#"

    workspace = WholeAttribute()
    owner = UnicodeAttribute()
    role = UnicodeAttribute()

    @staticmethod
    def key(account: int, user: str, workspace: int) -> Key:
        return f"{account_partition(account)}#USER#{user}", f"{Membership.prefix}{workspace:016}"


class Invitation(Item, discriminator="invitation"):
    """Kept twice, with who is invited and with who invites; both are only ever written together."""

    prefix = "INVITATION#"

    id = WholeAttribute()
    workspace = WholeAttribute()
    user = UnicodeAttribute()
    email = UnicodeAttribute()
    inviter = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    delivery = UnicodeAttribute()

    @staticmethod
    def key(account: int, holder: str, invitation: int) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{Invitation.prefix}{invitation:016}"


class Workspace(Item, discriminator="workspace"):
    """`stacks` are the ids of its stacks, the first on top. `ending` says that it is being deleted, and how.

    `arrivals` counts what arrives in it, of whatever kind, without making a new version.
    """

    id = WholeAttribute()
    owner = UnicodeAttribute()
    created_at = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    setting = JSONAttribute()
    stacks = JSONAttribute()
    ending = UnicodeAttribute(null=True)
    arrivals = WholeAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int) -> Key:
        return _workspace(account, workspace), "META"


class Member(Item, discriminator="member"):
    """`role` is owner, member or invited; whoever is invited has an invitation of somebody."""

    prefix = "MEMBER#"

    user = UnicodeAttribute()
    role = UnicodeAttribute()
    invitation = WholeAttribute(null=True)
    inviter = UnicodeAttribute(null=True)

    @classmethod
    def is_inside(cls) -> Condition:
        """Holds for owner and members, not for those only invited."""
        is_inside: Condition = cls.role.is_in("owner", "member")
        return is_inside

    @staticmethod
    def key(account: int, workspace: int, user: str) -> Key:
        return _workspace(account, workspace), f"{Member.prefix}{user}"


class Stack(Item, discriminator="stack"):
    """`ending` says that its items are on their way to the inbox. `arrivals` counts the items that are put on it."""

    prefix = "STACK#"

    id = WholeAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    ending = UnicodeAttribute(null=True)
    arrivals = WholeAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int, stack: int) -> Key:
        return _workspace(account, workspace), f"{Stack.prefix}{stack:016}"


class Whereabouts(Item, discriminator="whereabouts"):
    """In which workspace a stack is, written and removed with it. That of an inbox is known by its id."""

    workspace = WholeAttribute()

    @staticmethod
    def key(account: int, stack: int) -> Key:
        return account_partition(account), f"WHEREABOUTS#{stack:016}"


class Placement(Item, discriminator="placement"):
    """An activity where it lies: the same `doc` as under its id, and the same `discussed`."""

    everywhere = "ITEM#"  # but in the archive
    is_copy = True

    activity = WholeAttribute()
    doc = DocumentAttribute()
    discussed = BooleanAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int, stack: int | None, order: str, activity: int) -> Key:
        return _workspace(account, workspace), f"{Placement.prefix(stack)}{order}#{activity:016}"

    @staticmethod
    def prefix(stack: int | None) -> str:
        """Where the items of a stack begin; None is the archive."""
        return "ARCHIVE#" if stack is None else f"{Placement.everywhere}{stack:016}#"


def _workspace(account: int, workspace: int) -> str:
    return f"{account_partition(account)}#WORKSPACE#{workspace:016}"


def is_open(kind: type[Workspace] | type[Stack]) -> Condition:
    """Holds while a workspace or stack is there and not being deleted."""
    there: Condition = kind.id.exists() & kind.ending.does_not_exist()
    return there
