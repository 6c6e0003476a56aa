"""Users, and the rows by which they are found and by which their addresses and slugs stay unique."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class User(Row, discriminator="user"):
    """A user of an account.

    `is_placeholder` marks a user of whom only the email address is known, until an invitation is accepted. `personal`
    is the id of the user's personal workspace. `deletion_state` says that the user is leaving the account or has left
    it. The row of a user who has left stays, because the name is still shown.

    Key: ACCOUNT#{account} / USER#{user}
    Access patterns: get by id; list all of an account.
    """

    prefix = "USER#"
    is_canonical = True

    id = UnicodeAttribute()
    account = IntegerAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    slug = UnicodeAttribute()
    role = UnicodeAttribute()
    personal = IntegerAttribute()
    is_placeholder = BooleanAttribute(default=False)
    created_at = UnicodeAttribute()
    deletion_state = UnicodeAttribute(null=True)

    @property
    def name_or_email(self) -> str:
        """The first and last name, or the email address if the user has no name yet."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @classmethod
    def is_active(cls) -> Condition:
        """Return the condition that the user belongs to the account."""
        condition: Condition = cls.id.exists() & cls.deletion_state.does_not_exist()
        return condition

    @classmethod
    def has_role(cls, role: str) -> Condition:
        """Return the condition that the user belongs to the account and has a role."""
        condition: Condition = cls.is_active() & (cls.role == role)
        return condition

    @staticmethod
    def key(account: int, user: str) -> Key:
        """Return the key of a user."""
        return account_partition(account), f"{User.prefix}{user}"


class UserAccount(Row, discriminator="user_account"):
    """The account of a user, for operators who know only the id of the user.

    Key: USERS / USER#{user}
    Access patterns: get by the id of the user.
    """

    account = IntegerAttribute()

    @staticmethod
    def key(user: str) -> Key:
        """Return the key of a user's account."""
        return "USERS", f"{User.prefix}{user}"


class EmailAddress(Row, discriminator="email_address"):
    """The user of an email address. It keeps addresses unique in an account.

    Key: ACCOUNT#{account} / EMAIL#{email}
    Access patterns: get by address, in any case; create if absent.
    """

    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, email: str) -> Key:
        """Return the key of an address. Upper and lower case make no difference."""
        return account_partition(account), f"EMAIL#{email.casefold()}"


class Slug(Row, discriminator="slug"):
    """The user of a slug. It keeps slugs unique in an account.

    Key: ACCOUNT#{account} / SLUG#{slug}
    Access patterns: get by slug; create if absent.
    """

    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, slug: str) -> Key:
        """Return the key of a slug."""
        return account_partition(account), f"SLUG#{slug}"
