"""Tokens of the links in mails."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Ref, Row
from chalicelib.storage.models.keys import account_partition


class LinkToken(Row, discriminator="link_token"):
    """The token of a link in a mail, and the invitation or delegation that the link is for.

    The table stores a hash of the token, as part of the key. DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account} / LINK_TOKEN#{hash}
    Access patterns: get by the hash of the token.
    """

    invitation = IntegerAttribute(null=True)
    workspace = IntegerAttribute(null=True)
    delegation = IntegerAttribute(null=True)
    user = UnicodeAttribute()
    inviter = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, digest: str) -> Ref["LinkToken"]:
        """Return the reference to a token. `digest` is its hash."""
        return Ref(account_partition(account), f"LINK_TOKEN#{digest}", LinkToken)
