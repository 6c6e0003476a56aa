"""TODO."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from chalicelib.storage.models.base import Key, Row
from chalicelib.storage.models.keys import account_partition


class AccessToken(Row, discriminator="grant"):
    """An access token of a credential, which works while the secret does that it was given for. `ttl` removes it."""

    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return account_partition(account), f"GRANT#{credential}#{digest}"
