"""Access tokens, as POST /oauth/token issues them."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.keys import account_partition


class AccessToken(Row, discriminator="access_token"):
    """An access token of a credential.

    It is valid as long as the secret that it was issued for. The table stores a hash of the token, as part of the key.
    DynamoDB removes the row after `ttl`.

    Key: ACCOUNT#{account} / ACCESS_TOKEN#{credential}#{hash}
    Access patterns: get together with its credential.
    """

    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def ref(account: int, credential: str, digest: str) -> Ref["AccessToken"]:
        """Return the reference to an access token. `digest` is its hash."""
        return Ref(account_partition(account), f"ACCESS_TOKEN#{credential}#{digest}", AccessToken)
