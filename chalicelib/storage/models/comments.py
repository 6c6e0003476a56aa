"""Comments on activities."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.models.base import IntegerAttribute, Item, Range, Ref, Row, StoredText
from chalicelib.storage.models.keys import account_partition
from chalicelib.storage.rows import Entry, StoredEntry
from chalicelib.storage.stored_text import StoredTextDocument


class Comment(StoredTextDocument, discriminator="comment"):
    """A comment on an activity.

    `doc` is what the API returns, with the id of its author; storage/stored_text.py says how it is stored.

    Key: ACCOUNT#{account}#ACTIVITY#{activity} / COMMENT#{comment}
    Access patterns: list the comments on an activity, oldest first; get by activity and id.
    """

    prefix = "COMMENT#"
    is_canonical = True

    id = IntegerAttribute()

    @property
    def author(self) -> str:
        """The id of the user who wrote the comment."""
        author: str = self.doc["author"]
        return author

    @property
    def body(self) -> str:
        """The body of the comment, without its other fields."""
        body: str = self.doc["body"]
        return body

    @staticmethod
    def ref(account: int, activity: int, comment: int) -> Ref["Comment"]:
        """Return the reference to a comment."""
        return Ref(_partition(account, activity), f"{Comment.prefix}{comment:016}", Comment)

    @staticmethod
    def on_activity(account: int, activity: int) -> Range["Comment"]:
        """Return the range of all comments on an activity, the oldest first."""
        return Range.under(_partition(account, activity), Comment.prefix, Comment)

    @staticmethod
    def read_entry(item: Item) -> StoredEntry[int]:
        """Return an item as an entry of a list, without building the row. The position is the id of the comment."""
        return Entry(int(item["sk"]["S"].removeprefix(Comment.prefix)), StoredText(item["doc"]["S"]))


class CommentLookup(Row, discriminator="comment_lookup"):
    """The activity, author and workspace of a comment, for calls that name only its id.

    `workspace` is the workspace of the activity when the comment was made. Most activities are still there, so that
    the comment, its activity, author and workspace can be read in one request. The row is created and deleted with
    its comment.

    Key: ACCOUNT#{account} / COMMENT_LOOKUP#{comment}
    Access patterns: get by the id of the comment.
    """

    activity = IntegerAttribute()
    author = UnicodeAttribute(null=True)
    workspace = IntegerAttribute(null=True)

    @staticmethod
    def ref(account: int, comment: int) -> Ref["CommentLookup"]:
        """Return the reference to a comment's lookup."""
        return Ref(account_partition(account), f"COMMENT_LOOKUP#{comment:016}", CommentLookup)


def _partition(account: int, activity: int) -> str:
    return f"{account_partition(account)}#ACTIVITY#{activity:016}"
