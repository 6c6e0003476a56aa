"""Lists of the caller's own activities and delegations in all workspaces, newest first.

They are read from copies in the caller's own partition, so nothing has to be read for each item. Items of a workspace
that is being deleted are left out.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import ClassVar

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.activities import UserActivity
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.parallel import run_both
from chalicelib.storage.stored_text import StoredText, people_in

RawRow = dict[str, dict[str, str]]


@dataclass()
class OwnList(ABC):
    """A list of the caller, read in two steps: the stored texts, then the people in those of one page.

    The second step also finds workspaces that are being deleted. It returns None if there are any, and the first step
    is then repeated without their items.
    """

    cursor: ClassVar[type] = str  # the type of a cursor: a sort key
    caller: Caller
    closing: set[int] = field(default_factory=set)  # workspaces that turned out to be gone or being deleted
    workspaces_by_key: dict[str, int] = field(default_factory=dict)  # sort key of an item -> its workspace

    @abstractmethod
    def entries(self, after: str | None, limit: int | None) -> Iterator[tuple[str, StoredText]]:
        """Yield sort key and stored text of each item after a cursor. Raises errors.Invalid."""

    def people(self, entries: Sequence[tuple[str, StoredText]]) -> People | None:
        """Return the people in these items, or None if some of their workspaces are being deleted."""
        needed = {self.workspaces_by_key[key] for key, _ in entries if key in self.workspaces_by_key}
        users = people_in(text for _, text in entries)
        return workspaces.people_if_open(self.caller, needed, users, self.closing)

    def _rows(self, prefix: str, after: str | None, limit: int | None) -> Iterator[RawRow]:
        """Yield the rows under a prefix in the caller's partition, except those of closing workspaces."""
        if after and not after.startswith(prefix):
            raise errors.Invalid([{"pointer": "?cursor", "detail": "must be a cursor of this list"}])
        partition = UserActivity.key(self.caller.account, self.caller.user, 0)[0]
        for row in table.query_raw(partition, prefix, prefix + table.LAST_SORT_KEY, after, limit):
            workspace_id = int(row.get("workspace", {}).get("N", 0))  # past delegations have none
            if workspace_id:
                self.workspaces_by_key[row["sk"]["S"]] = workspace_id
            if workspace_id not in self.closing:
                yield row


class OwnActivities(OwnList):
    """The activities that the caller created, is assigned to, or has a delegation of.

    In a workspace that the caller has left, or is only invited to, only delegated activities are shown.
    """

    def entries(self, after: str | None, limit: int | None) -> Iterator[tuple[str, StoredText]]:
        """Yield sort key and stored text of each activity that the caller may see. Raises errors.Invalid."""
        rows = self._rows(UserActivity.prefix, after, limit)
        first, memberships = run_both(lambda: next(rows, None), lambda: workspaces.list_memberships(self.caller))
        joined = {membership.workspace for membership in memberships}
        for row in chain([first] if first else [], rows):
            is_delegated = row.get("delegated", {}).get("BOOL")
            if is_delegated or int(row["workspace"]["N"]) in joined:
                yield row["sk"]["S"], StoredText(row["doc"]["S"])


@dataclass()
class OwnDelegations(OwnList):
    """The delegations by and to the caller, open ones first.

    `side` ("delegator" or "delegee") selects those in which the caller has this part, `state` those in this state.
    """

    prefix: str = Delegation.prefix
    side: str | None = None
    state: str | None = None

    def entries(self, after: str | None, limit: int | None) -> Iterator[tuple[str, StoredText]]:
        """Yield sort key and stored text of each selected delegation. Raises errors.Invalid."""
        for row in self._rows(self.prefix, after, limit):
            has_side = self.side is None or row[self.side]["S"] == self.caller.user
            has_state = self.state is None or row["state"]["S"] == self.state
            if has_side and has_state:
                yield row["sk"]["S"], StoredText(row["doc"]["S"])
