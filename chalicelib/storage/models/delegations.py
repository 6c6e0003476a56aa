"""Delegations of activities from one user to another."""

from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage import stored_text
from chalicelib.storage.migrations import DocumentFormat
from chalicelib.storage.models.activities import ACTIVITY_MIGRATIONS
from chalicelib.storage.models.base import IntegerAttribute, Item, Range, Ref, StoredText
from chalicelib.storage.models.keys import MAX_ID, user_partition
from chalicelib.storage.rows import Entry, StoredEntry
from chalicelib.storage.stored_text import StoredTextDocument

OPEN, PAST = "OPEN", "PAST"  # the two groups of a user's delegations


class DelegationEntry(NamedTuple):
    """A delegation as an entry of a list, and the attributes by which the list selects."""

    entry: StoredEntry[str]
    workspace: int | None
    delegator: str
    delegee: str
    state: str


class Delegation(StoredTextDocument, discriminator="delegation"):
    """A delegation by or to a user, open or ended. Both users have a row.

    `doc` is what the API returns, with people as ids of users; storage/stored_text.py says how it is stored. It
    contains the activity. An open delegation is written with its activity, so that its `doc` and its `workspace` are
    current. An ended delegation stays as it was at its end and has no `workspace`. `origin` and `stack` are the place
    of the activity when it was delegated. The canonical row is that of the delegator.

    Key: ACCOUNT#{account}#USER#{user} / DELEGATION#OPEN#{newest first}
    Key: ACCOUNT#{account}#USER#{user} / DELEGATION#PAST#{newest first}
    Access patterns: list those of a user, all or the open ones, newest first.
    """

    prefix = "DELEGATION#"
    is_copy = True
    doc_format = DocumentFormat(parts={"activity": ACTIVITY_MIGRATIONS})

    id = IntegerAttribute()
    activity = IntegerAttribute()
    workspace = IntegerAttribute(null=True)
    origin = IntegerAttribute()
    stack = IntegerAttribute(null=True)
    delegator = UnicodeAttribute()
    delegee = UnicodeAttribute()
    state = UnicodeAttribute()

    @property
    def is_past(self) -> bool:
        """Whether the delegation has ended."""
        return self.sk.startswith(f"{Delegation.prefix}{PAST}#")

    @property
    def activity_text(self) -> StoredText:
        """The stored text of the activity in the delegation."""
        return stored_text.store(self.doc["activity"])

    @property
    def people(self) -> set[str]:
        """The ids of the delegator, the delegee, and the people in the activity."""
        activity = self.doc["activity"]
        return {self.delegator, self.delegee, activity["creator"], activity["assignee"]}

    @property
    def is_canonical(self) -> bool:
        """Whether this is the row of the delegator."""
        return self.pk.endswith(f"#{self.delegator}")

    @staticmethod
    def ref(account: int, holder: str, group: str, delegation: int) -> Ref["Delegation"]:
        """Return the reference to the row of one user. `group` is OPEN or PAST."""
        sort_key = f"{Delegation.prefix}{group}#{MAX_ID - delegation:016}"
        return Ref(user_partition(account, holder), sort_key, Delegation)

    @staticmethod
    def of_user(account: int, user: str) -> Range["Delegation"]:
        """Return the range of all delegations by and to a user, the open ones first, and the newest first in each."""
        return Range.under(user_partition(account, user), Delegation.prefix, Delegation)

    @staticmethod
    def open_of(account: int, user: str) -> Range["Delegation"]:
        """Return the range of the open delegations by and to a user, the newest first."""
        return Range.under(user_partition(account, user), f"{Delegation.prefix}{OPEN}#", Delegation)

    @staticmethod
    def read_entry(item: Item) -> DelegationEntry:
        """Return what a list needs of an item, without building the row."""
        workspace = int(item["workspace"]["N"]) if "workspace" in item else None
        people = item["delegator"]["S"], item["delegee"]["S"]
        return DelegationEntry(
            Entry(item["sk"]["S"], StoredText(item["doc"]["S"])), workspace, *people, item["state"]["S"]
        )
