"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Invitation(Row, discriminator="invitation"):
    """Kept twice, with who is invited and with who invites; both are only ever written together."""

    prefix = "INVITATION#"

    id = IntegerAttribute()
    workspace = IntegerAttribute()
    user = UnicodeAttribute()
    email = UnicodeAttribute()
    inviter = UnicodeAttribute()
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    delivery = UnicodeAttribute()

    @staticmethod
    def key(account: int, holder: str, invitation: int) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{Invitation.prefix}{invitation:016}"
