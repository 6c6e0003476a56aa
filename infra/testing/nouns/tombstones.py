"""Tombstones of deleted objects. They have no routes of their own."""

from chalicelib.storage import stamps
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stamps import Author
from infra.testing.noun import Noun
from infra.testing.sample_rows import FIRST_ID, TTL, SampleRow, sample_user


def sample_rows(account: int) -> list[SampleRow]:
    """Return the tombstone of a comment that another user has deleted."""
    comment = Comment.at(account, FIRST_ID, FIRST_ID)
    tombstone = Tombstone.at(comment, stamp=stamps.pack(Author(sample_user(0), "", ""), 1), ttl=TTL)
    return [SampleRow(tombstone, lambda n: Tombstone.ref(Comment.at(account, FIRST_ID + n, FIRST_ID + n)))]


NOUN = Noun(sample_rows=sample_rows)
