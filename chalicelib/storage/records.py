"""The kinds of item that record what was done, granted and said, and who follows whom; models.py has the chart."""

from pynamodb.attributes import JSONAttribute, TTLAttribute, UnicodeAttribute

from chalicelib.storage.item import DocumentAttribute, Item, Key, WholeAttribute
from chalicelib.storage.models import account_partition
from chalicelib.storage.spaces import LAST_ID


class Receipt(Item, discriminator="receipt"):
    """The stored answer to a request that carried an Idempotency-Key; `ttl` removes it."""

    fingerprint = UnicodeAttribute()
    status = WholeAttribute()
    headers = JSONAttribute()
    body = UnicodeAttribute()
    sheets = WholeAttribute(default=0)  # how many more items hold the answer, where it is too large for this one
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return account_partition(account), f"RECEIPT#{credential}#{digest}"


class Sheet(Item, discriminator="sheet"):
    """A part of an answer that does not fit into its receipt."""

    text = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str, number: int) -> Key:
        return account_partition(account), f"RECEIPT#{credential}#{digest}#{number:03}"


class Event(Item, discriminator="event"):
    """A change of a user or credential, as it is answered; `ttl` removes it."""

    prefix = "EVENT#"

    doc = DocumentAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, event: str) -> Key:
        return f"{account_partition(account)}#AUDIT", f"{Event.prefix}{event}"


class Token(Item, discriminator="token"):
    """What the link in a mail proves, of an invitation or a delegation; only its hash is kept. `ttl` removes it."""

    invitation = WholeAttribute(null=True)
    workspace = WholeAttribute(null=True)
    delegation = WholeAttribute(null=True)
    user = UnicodeAttribute()
    inviter = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, digest: str) -> Key:
        return account_partition(account), f"TOKEN#{digest}"


class Grant(Item, discriminator="grant"):
    """An access token of a credential, which works while the secret does that it was given for. `ttl` removes it."""

    scope = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    ttl = TTLAttribute()

    @staticmethod
    def key(account: int, credential: str, digest: str) -> Key:
        return account_partition(account), f"GRANT#{credential}#{digest}"


class Follow(Item, discriminator="follow"):
    """Kept twice, with who follows and with who is followed; both are only ever written together."""

    prefix = "USER#"
    followed, follower = "USER#FOLLOWED#", "USER#FOLLOWER#"

    other = UnicodeAttribute()  # whom the holder follows, or who follows the holder

    @staticmethod
    def key(account: int, holder: str, side: str, other: str) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{side}{other}"


class Comment(Item, discriminator="comment"):
    """With its activity, the oldest first. `doc` names its author by the marked id, see domain.activities."""

    prefix = "COMMENT#"

    id = WholeAttribute()
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, activity: int, comment: int) -> Key:
        return f"{account_partition(account)}#ACTIVITY#{activity:016}", f"{Comment.prefix}{comment:016}"


class Delegation(Item, discriminator="delegation"):
    """Kept with both people, open ones first, the newest first. `doc` is what is answered, people by their marked ids.

    While it is open it is one more copy of its activity; a past one stays as it was then. `workspace` is where the
    activity lies, `origin` and `stack` are where it was when it was handed over.
    """

    prefix = "DELEGATION#"
    opened, past = "DELEGATION#OPEN#", "DELEGATION#PAST#"
    is_copy = True

    id = WholeAttribute()
    activity = WholeAttribute()
    workspace = WholeAttribute(null=True)  # of an open one
    origin = WholeAttribute()
    stack = WholeAttribute(null=True)
    delegator = UnicodeAttribute()
    delegee = UnicodeAttribute()
    state = UnicodeAttribute()
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, holder: str, side: str, delegation: int) -> Key:
        return f"{account_partition(account)}#USER#{holder}", f"{side}{LAST_ID - delegation:016}"


class Topic(Item, discriminator="topic"):
    """On which activity a comment is, whose, and where that lay when it was made; written and removed with it.

    Most activities stay where they were discussed, so that all else about the comment can be read at once.
    """

    activity = WholeAttribute()
    author = UnicodeAttribute(null=True)
    workspace = WholeAttribute(null=True)

    @staticmethod
    def key(account: int, comment: int) -> Key:
        return account_partition(account), f"TOPIC#{comment:016}"
