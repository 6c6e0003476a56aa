"""TODO."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import DocumentAttribute, IntegerAttribute, Key, Row
from chalicelib.storage.models.keys import account_partition


class Comment(Row, discriminator="comment"):
    """With its activity, the oldest first. `doc` names its author by the marked id, see domain.activities."""

    prefix = "COMMENT#"

    id = IntegerAttribute()
    doc = DocumentAttribute()

    @staticmethod
    def key(account: int, activity: int, comment: int) -> Key:
        return f"{account_partition(account)}#ACTIVITY#{activity:016}", f"{Comment.prefix}{comment:016}"


class CommentLookup(Row, discriminator="topic"):
    """On which activity a comment is, whose, and where that lay when it was made; written and removed with it.

    Most activities stay where they were discussed, so that all else about the comment can be read at once.
    """

    activity = IntegerAttribute()
    author = UnicodeAttribute(null=True)
    workspace = IntegerAttribute(null=True)

    @staticmethod
    def key(account: int, comment: int) -> Key:
        return account_partition(account), f"TOPIC#{comment:016}"
