"""Credentials, with which users sign in to the API."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row, has_value
from chalicelib.storage.models.keys import account_partition


class Credential(Row, discriminator="credential"):
    """A credential of a user: its key, and the hash of its secret.

    After a rotation with an overlap, the previous secret is valid until `old_secret_until`. `confirms_deletions` is a
    copy of that of the account.

    Key: ACCOUNT#{account} / CREDENTIAL#{key}
    Access patterns: get by key; list all of an account.
    """

    prefix = "CREDENTIAL#"
    is_canonical = True

    id = UnicodeAttribute()
    account = IntegerAttribute()
    user = UnicodeAttribute()
    label = UnicodeAttribute()
    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    old_secret_hash = UnicodeAttribute(null=True)
    old_secret_until = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute(null=True)
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    confirms_deletions = BooleanAttribute(null=True)  # True or absent

    @classmethod
    def is_live(cls, at: str) -> Condition:
        """Return the condition that the credential is not revoked and does not expire before a time."""
        is_unexpired = cls.expires_at.does_not_exist() | (cls.expires_at > at)
        condition: Condition = cls.id.exists() & cls.revoked_at.does_not_exist() & is_unexpired
        return condition

    def has_same_policy(self) -> Condition:
        """Return the condition that the credential treats deletions as it did when this row was read."""
        return has_value(Credential.confirms_deletions, self.confirms_deletions)

    @staticmethod
    def ref(account: int, key: str) -> Ref["Credential"]:
        """Return the reference to a credential. `key` is the key that callers send."""
        return Ref(account_partition(account), f"{Credential.prefix}{key}", Credential)

    @staticmethod
    def of_account(account: int) -> Range["Credential"]:
        """Return the range of all credentials of an account."""
        return Range.under(account_partition(account), Credential.prefix, Credential)
