"""TODO."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class User(Row, discriminator="user"):
    """`ending` says that the person is leaving the account or has left it; then only the name is still shown."""

    prefix = "USER#"

    id = UnicodeAttribute()
    account = IntegerAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    slug = UnicodeAttribute()
    role = UnicodeAttribute()
    personal = IntegerAttribute()  # the id of the user's personal workspace
    is_placeholder = BooleanAttribute(default=False)  # known by an address only, until an invitation is accepted
    created_at = UnicodeAttribute()
    deletion_state = UnicodeAttribute(null=True)

    @property
    def name_or_email(self) -> str:
        """First and last name, or the address of somebody without a name yet."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @classmethod
    def is_here(cls) -> Condition:
        """Holds while the person belongs to the account."""
        here: Condition = cls.id.exists() & cls.deletion_state.does_not_exist()
        return here

    @classmethod
    def is_still(cls, role: str) -> Condition:
        """Holds while the person belongs to the account in that role."""
        still: Condition = cls.is_here() & (cls.role == role)
        return still

    @staticmethod
    def key(account: int, user: str) -> Key:
        return account_partition(account), f"{User.prefix}{user}"


class UserAccount(Row, discriminator="residence"):
    account = IntegerAttribute()

    @staticmethod
    def key(user: str) -> Key:
        return "USERS", f"{User.prefix}{user}"


class EmailAddress(Row, discriminator="address"):
    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, email: str) -> Key:
        return account_partition(account), f"EMAIL#{email.casefold()}"


class Slug(Row, discriminator="slug"):
    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, slug: str) -> Key:
        return account_partition(account), f"SLUG#{slug}"
