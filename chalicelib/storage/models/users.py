"""Users, and the rows by which they are found and by which their addresses and slugs stay unique."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.models.base import IntegerAttribute, Range, Ref, Row
from chalicelib.storage.models.keys import account_partition


class User(Row, discriminator="user"):
    """A user of an account.

    `is_placeholder` marks a user of whom only the email address is known, until an invitation is accepted.
    `personal_workspace` is the id of a workspace. `deletion_state` says that the user is leaving the account or has
    left it. The row of a user who has left stays, because the name is still shown.

    `unconfirmed_email` is an address that the user is to have instead of `email`, as soon as it has been confirmed by
    the link in a mail to it. The attributes that begin with `confirmation` are about that mail: the hash of the token
    in its link, since when the link works, how the mail went, and which request is sending it (see mail/delivery.py).

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
    personal_workspace = IntegerAttribute()
    is_placeholder = BooleanAttribute(default=False)
    created_at = UnicodeAttribute()
    deletion_state = UnicodeAttribute(null=True)
    unconfirmed_email = UnicodeAttribute(null=True)
    confirmation_hash = UnicodeAttribute(null=True)
    confirmation_from = UnicodeAttribute(null=True)
    confirmation_delivery = UnicodeAttribute(null=True)
    confirmation_claim = UnicodeAttribute(null=True)

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
    def ref(account: int, user: str) -> Ref["User"]:
        """Return the reference to a user."""
        return Ref(account_partition(account), f"{User.prefix}{user}", User)

    @staticmethod
    def of_account(account: int) -> Range["User"]:
        """Return the range of all users of an account, including those who have left it."""
        return Range.under(account_partition(account), User.prefix, User)


class UserAccount(Row, discriminator="user_account"):
    """The account of a user, for operators who know only the id of the user.

    Key: USERS / USER#{user}
    Access patterns: get by the id of the user.
    """

    account = IntegerAttribute()

    @staticmethod
    def ref(user: str) -> Ref["UserAccount"]:
        """Return the reference to a user's account."""
        return Ref("USERS", f"{User.prefix}{user}", UserAccount)


class EmailAddress(Row, discriminator="email_address"):
    """The user of an email address. It keeps addresses unique in an account.

    Key: ACCOUNT#{account} / EMAIL#{email}
    Access patterns: get by address, in any case; create if absent.
    """

    user = UnicodeAttribute()

    @staticmethod
    def ref(account: int, email: str) -> Ref["EmailAddress"]:
        """Return the reference to an address. Upper and lower case make no difference."""
        return Ref(account_partition(account), f"EMAIL#{email.casefold()}", EmailAddress)


class Slug(Row, discriminator="slug"):
    """The user of a slug. It keeps slugs unique in an account.

    Key: ACCOUNT#{account} / SLUG#{slug}
    Access patterns: get by slug; create if absent.
    """

    user = UnicodeAttribute()

    @staticmethod
    def ref(account: int, slug: str) -> Ref["Slug"]:
        """Return the reference to a slug."""
        return Ref(account_partition(account), f"SLUG#{slug}", Slug)
