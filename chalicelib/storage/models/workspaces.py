"""Workspaces and their members."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row
from chalicelib.storage.models.keys import user_partition, workspace_partition
from chalicelib.storage.models.stacks import Stack


class Membership(Row, discriminator="membership"):
    """A workspace of a user.

    It is written together with the `Member` row of the same user and workspace.

    Key: ACCOUNT#{account}#USER#{user} / WORKSPACE#{workspace}
    Access patterns: list the workspaces of a user.
    """

    prefix = "WORKSPACE#"

    workspace = IntegerAttribute()
    owner = UnicodeAttribute()
    role = UnicodeAttribute()

    @staticmethod
    def ref(account: int, user: str, workspace: int) -> Ref["Membership"]:
        """Return the reference to a user's membership in a workspace."""
        return Ref(user_partition(account, user), f"{Membership.prefix}{workspace:016}", Membership)

    @staticmethod
    def of_user(account: int, user: str) -> Range["Membership"]:
        """Return the range of all memberships of a user, in the order of the workspaces' ids."""
        return Range.under(user_partition(account, user), Membership.prefix, Membership)


class Workspace(Row, discriminator="workspace"):
    """A workspace.

    `stacks` are the ids of its stacks, from top to bottom. `deletion_state` says that the workspace was deleted: one of
    deletion_states.py. Then `purge_at` is the time when its rows are to be removed. `additions` counts everything that
    is added to the workspace, without changing its version.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / META
    Access patterns: get by id, alone or with its members and stacks.
    """

    is_canonical = True

    id = IntegerAttribute()
    owner = UnicodeAttribute()
    created_at = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    setting = JSONAttribute()
    stacks = JSONAttribute()
    deletion_state = UnicodeAttribute(null=True)
    purge_at = UnicodeAttribute(null=True)
    additions = IntegerAttribute(null=True)

    @staticmethod
    def ref(account: int, workspace: int) -> Ref["Workspace"]:
        """Return the reference to a workspace."""
        return Ref(workspace_partition(account, workspace), "META", Workspace)


class Member(Row, discriminator="member"):
    """A member of a workspace, or a user who is invited to it.

    `role` is owner, member or invited. An invited user has an `invitation`, sent by `inviter`.

    Key: ACCOUNT#{account}#WORKSPACE#{workspace} / MEMBER#{user}
    Access patterns: get by workspace and user; list all of a workspace.
    """

    prefix = "MEMBER#"
    is_canonical = True

    user = UnicodeAttribute()
    role = UnicodeAttribute()
    invitation = IntegerAttribute(null=True)
    inviter = UnicodeAttribute(null=True)

    @property
    def workspace(self) -> int:
        """The id of the workspace."""
        return int(self.pk.rpartition("#")[2])

    @classmethod
    def is_inside(cls) -> Condition:
        """Return the condition that the user is the owner or a member, and not just invited."""
        condition: Condition = cls.role.is_in("owner", "member")
        return condition

    @staticmethod
    def ref(account: int, workspace: int, user: str) -> Ref["Member"]:
        """Return the reference to a member."""
        return Ref(workspace_partition(account, workspace), f"{Member.prefix}{user}", Member)

    @staticmethod
    def of_workspace(account: int, workspace: int) -> Range["Member"]:
        """Return the range of all members of a workspace and everybody who is invited to it."""
        return Range.under(workspace_partition(account, workspace), Member.prefix, Member)


def is_open(kind: type[Workspace] | type[Stack]) -> Condition:
    """Return the condition that a workspace or stack exists and has not been deleted."""
    condition: Condition = kind.id.exists() & kind.deletion_state.does_not_exist()
    return condition
