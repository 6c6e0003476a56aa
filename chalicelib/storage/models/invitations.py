"""Invitations to workspaces."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Invitation(Row, discriminator="invitation"):
    """An invitation to or from a user. Both users have a row, and both rows are written together.

    The canonical row is that of the invited user. `mail_claim` says which request is sending its mail (see
    mail/delivery.py).

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

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the invited user. `user` must be set, also in a row that is only deleted."""
        return self.pk.endswith(f"#{self.user}")

    @staticmethod
    def key(account: int, holder: str, invitation: int) -> Key:
        """Return the key of the row of one user."""
        return f"{account_partition(account)}#USER#{holder}", f"{Invitation.prefix}{invitation:016}"
