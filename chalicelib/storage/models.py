"""Every kind of item in the one table, each with its key; those of workspaces are in spaces.py, the rest in records.py.

    kind         pk                                   sk                                  what it is
    -----------  -----------------------------------  ----------------------------------  ------------------------------
    account      ACCOUNTS                             ACCOUNT#{account}                   an organisation
    counter      ACCOUNTS                             COUNTER#accounts                    last account id
    residence    USERS                                USER#{user}                         in which account a user is
    counter      ACCOUNT#{account}                    COUNTER#actions                     last id of an action
    counter      ACCOUNT#{account}                    COUNTER#ids                         last id of all the rest
    counter      ACCOUNT#{account}                    COUNTER#canvas {canvas}             last row_order on a canvas
    user         ACCOUNT#{account}                    USER#{user}                         a person
    address      ACCOUNT#{account}                    EMAIL#{email}                       keeps an address unique
    slug         ACCOUNT#{account}                    SLUG#{slug}                         keeps a slug unique
    credential   ACCOUNT#{account}                    CREDENTIAL#{key}                    a key, the hash of its secret
    receipt      ACCOUNT#{account}                    RECEIPT#{key}#{hash}                what an Idempotency-Key did
    sheet        ACCOUNT#{account}                    RECEIPT#{key}#{hash}#{number}       more of a large answer
    token        ACCOUNT#{account}                    TOKEN#{hash}                        the link in a mail
    grant        ACCOUNT#{account}                    GRANT#{key}#{hash}                  what an access token may
    whereabouts  ACCOUNT#{account}                    WHEREABOUTS#{stack}                 in which workspace a stack is
    topic        ACCOUNT#{account}                    TOPIC#{comment}                     on which activity a comment is
    event        ACCOUNT#{account}#AUDIT              EVENT#{order}#{random}              a change of users, credentials
    action       ACCOUNT#{account}#ACTIONS            ACTION#{action}                     an action, as its JSON text
    activity     ACCOUNT#{account}#ACTIVITIES         ACTIVITY#{activity}                 an activity and where it lies
    comment      ACCOUNT#{account}#ACTIVITY#{id}      COMMENT#{comment}                   what was said of an activity
    involvement  ACCOUNT#{account}#USER#{user}        ACTIVITY#{newest first}            one that the user stands in
    delegation   ACCOUNT#{account}#USER#{user}        DELEGATION#OPEN#{newest first}     by or to that user, open
    delegation   ACCOUNT#{account}#USER#{user}        DELEGATION#PAST#{newest first}     by or to that user, ended
    membership   ACCOUNT#{account}#USER#{user}        WORKSPACE#{workspace}               a workspace of that user
    invitation   ACCOUNT#{account}#USER#{user}        INVITATION#{invitation}             to or from that user
    follow       ACCOUNT#{account}#USER#{user}        USER#FOLLOWED#{user}                whom that user follows
    follow       ACCOUNT#{account}#USER#{user}        USER#FOLLOWER#{user}                who follows that user
    workspace    ACCOUNT#{account}#WORKSPACE#{id}     META                                a workspace
    member       ACCOUNT#{account}#WORKSPACE#{id}     MEMBER#{user}                       who is in it, who is invited
    stack        ACCOUNT#{account}#WORKSPACE#{id}     STACK#{stack}                       a stack; not the inbox
    placement    ACCOUNT#{account}#WORKSPACE#{id}     ITEM#{stack}#{order}#{activity}     an activity on a stack
    placement    ACCOUNT#{account}#WORKSPACE#{id}     ARCHIVE#{order}#{activity}          an activity in the archive

Numbers in keys are padded with zeros so that they sort. What callers chose stands last in a key, hashed or checked.
PynamoDB counts the versions that make every change conditional. A list is one Query; nothing is ever scanned.

The keys of a workspace sort so that one Query answers what belongs together: the items of one stack; all items, the
inbox first; all stacks with their items, members and the workspace without what lies in the inbox. `{order}` gets
smaller as time goes by, so that the newest is on top. An activity is kept under its id, where it lies, with each of the
people who stand in it, and with its open delegation; all of these are only ever written together.

The index `alarms` has the activities whose alarm is still to be sent, by `alarm_shard` and `alarm_at`.
"""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.storage.item import DocumentAttribute, Item, Key, WholeAttribute


def account_partition(account: int) -> str:
    """Where everything of an account lies, or begins to."""
    return f"ACCOUNT#{account:09}"


class Account(Item, discriminator="account"):
    partition = "ACCOUNTS"
    prefix = "ACCOUNT#"

    id = WholeAttribute()
    name = UnicodeAttribute()
    created_at = UnicodeAttribute()

    @staticmethod
    def key(account: int) -> Key:
        return Account.partition, account_partition(account)


class Counter(Item, discriminator="counter"):
    """Counts up atomically and without its version, so that many may count at once."""

    last = WholeAttribute()

    @staticmethod
    def key(account: int | None, name: str) -> Key:
        return Account.partition if account is None else account_partition(account), f"COUNTER#{name}"


class User(Item, discriminator="user"):
    """`ending` says that the person is leaving the account or has left it; then only the name is still shown."""

    prefix = "USER#"

    id = UnicodeAttribute()
    account = WholeAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    slug = UnicodeAttribute()
    role = UnicodeAttribute()
    personal = WholeAttribute()  # the id of the user's personal workspace
    awaited = BooleanAttribute(default=False)  # known by an address only, until an invitation is accepted
    created_at = UnicodeAttribute()
    ending = UnicodeAttribute(null=True)

    @property
    def name_or_email(self) -> str:
        """First and last name, or the address of somebody without a name yet."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @classmethod
    def is_here(cls) -> Condition:
        """Holds while the person belongs to the account."""
        here: Condition = cls.id.exists() & cls.ending.does_not_exist()
        return here

    @classmethod
    def is_still(cls, role: str) -> Condition:
        """Holds while the person belongs to the account in that role."""
        still: Condition = cls.is_here() & (cls.role == role)
        return still

    @staticmethod
    def key(account: int, user: str) -> Key:
        return account_partition(account), f"{User.prefix}{user}"


class Residence(Item, discriminator="residence"):
    account = WholeAttribute()

    @staticmethod
    def key(user: str) -> Key:
        return "USERS", f"{User.prefix}{user}"


class Address(Item, discriminator="address"):
    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, email: str) -> Key:
        return account_partition(account), f"EMAIL#{email.casefold()}"


class Slug(Item, discriminator="slug"):
    user = UnicodeAttribute()

    @staticmethod
    def key(account: int, slug: str) -> Key:
        return account_partition(account), f"SLUG#{slug}"


class Credential(Item, discriminator="credential"):
    """`secret_hash` is all that is kept of the secret; the one before it works until `old_secret_until`."""

    prefix = "CREDENTIAL#"

    id = UnicodeAttribute()
    account = WholeAttribute()
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

    @classmethod
    def is_live(cls, at: str) -> Condition:
        """Holds while it is not revoked and will not have expired by then."""
        lasts = cls.expires_at.does_not_exist() | (cls.expires_at > at)
        live: Condition = cls.id.exists() & cls.revoked_at.does_not_exist() & lasts
        return live

    @staticmethod
    def key(account: int, key: str) -> Key:
        return account_partition(account), f"{Credential.prefix}{key}"


class Action(Item, discriminator="action"):
    prefix = "ACTION#"

    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, action: int) -> Key:
        return f"{account_partition(account)}#ACTIONS", f"{Action.prefix}{action:016}"
