"""The kinds of item that make up workspaces; the chart in models.py shows how their keys sort."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition, workspace_partition
from chalicelib.storage.models.stacks import Stack


class Membership(Row, discriminator="membership"):
    prefix = "WORKSPACE#"

    workspace = IntegerAttribute()
    owner = UnicodeAttribute()
    role = UnicodeAttribute()

    @staticmethod
    def key(account: int, user: str, workspace: int) -> Key:
        return f"{account_partition(account)}#USER#{user}", f"{Membership.prefix}{workspace:016}"


class Workspace(Row, discriminator="workspace"):
    """`stacks` are the ids of its stacks, the first on top. `ending` says that it is being deleted, and how.

    `arrivals` counts what arrives in it, of whatever kind, without making a new version.
    """

    id = IntegerAttribute()
    owner = UnicodeAttribute()
    created_at = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    setting = JSONAttribute()
    stacks = JSONAttribute()
    deletion_state = UnicodeAttribute(null=True)
    arrivals = IntegerAttribute(null=True)

    @staticmethod
    def key(account: int, workspace: int) -> Key:
        return workspace_partition(account, workspace), "META"


class Member(Row, discriminator="member"):
    """`role` is owner, member or invited; whoever is invited has an invitation of somebody."""

    prefix = "MEMBER#"

    user = UnicodeAttribute()
    role = UnicodeAttribute()
    invitation = IntegerAttribute(null=True)
    inviter = UnicodeAttribute(null=True)

    @classmethod
    def is_inside(cls) -> Condition:
        """Holds for owner and members, not for those only invited."""
        is_inside: Condition = cls.role.is_in("owner", "member")
        return is_inside

    @staticmethod
    def key(account: int, workspace: int, user: str) -> Key:
        return workspace_partition(account, workspace), f"{Member.prefix}{user}"


def is_open(kind: type[Workspace] | type[Stack]) -> Condition:
    """Holds while a workspace or stack is there and not being deleted."""
    there: Condition = kind.id.exists() & kind.deletion_state.does_not_exist()
    return there
