"""Invitations to workspaces."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row
from chalicelib.storage.models.keys import user_partition
from chalicelib.storage.models.workspaces import Membership


class Invitation(Row, discriminator="invitation"):
    """An invitation to or from a user. Both users have a row, and both rows are written together.

    The canonical row is that of the invited user. `mail_claim` says which request is sending its mail (see
    mail/delivery.py). If an invitation passes to another user, the row moves, and `moved_from` is the former user.

    Key: ACCOUNT#{account}#USER#{user} / INVITATION#{invitation}
    Access patterns: get by user and id; list all of a user.
    """

    prefix = "INVITATION#"

    id = IntegerAttribute()
    workspace = IntegerAttribute()
    user = UnicodeAttribute()
    email = UnicodeAttribute()
    inviter = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    delivery = UnicodeAttribute()
    mail_claim = UnicodeAttribute(null=True)
    moved_from = UnicodeAttribute(null=True)

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the invited user. `user` must be set, also in a row that is only deleted."""
        return self.pk.endswith(f"#{self.user}")

    @staticmethod
    def ref(account: int, holder: str, invitation: int) -> Ref["Invitation"]:
        """Return the reference to the row of one user."""
        return Ref(user_partition(account, holder), f"{Invitation.prefix}{invitation:016}", Invitation)

    @staticmethod
    def of_user(account: int, user: str) -> Range["Invitation"]:
        """Return the range of all invitations to and from a user, the oldest first."""
        return Range.under(user_partition(account, user), Invitation.prefix, Invitation)

    @staticmethod
    def with_follows_and_memberships(account: int, user: str) -> Range[Row]:
        """Return the range of all invitations, follows and memberships of a user."""
        return Range(user_partition(account, user), Invitation.prefix, Membership.of_user(account, user).last, Row)
