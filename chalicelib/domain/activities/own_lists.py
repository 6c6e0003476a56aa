"""Everything that concerns the caller, the newest first, however many workspaces it lies in: activities, delegations.

The copies in the caller's own partition say where each lies, so that nothing has to be read for one of them. Nothing is
shown of what lies in a workspace that is being deleted.
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
from chalicelib.storage.marks import people_in
from chalicelib.storage.models.activities import UserActivity
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.parallel import run_both

RawRow = dict[str, dict[str, str]]


@dataclass()
class OwnList(ABC):
    """A list of the caller in two steps: the stored texts, and then the people and workspaces of those on a page."""

    cursor: ClassVar[type] = str  # where a page may end: a sort key
    caller: Caller
    closing: set[int] = field(default_factory=set)  # workspaces that turned out to be on their way out
    places: dict[str, int] = field(default_factory=dict)  # sort keys, and the workspaces

    @abstractmethod
    def entries(self, after: str | None, reach: int | None) -> Iterator[tuple[str, str]]:
        """Sort keys and stored texts of what is in the list. Raises errors.Invalid."""

    def people(self, entries: Sequence[tuple[str, str]]) -> People | None:
        """Who stands in these; None where some lie in a workspace on its way out, to be left out the next time."""
        spaces = {self.places[place] for place, _ in entries if place in self.places}
        standing = people_in(text for _, text in entries)
        return workspaces.people_if_open(self.caller, spaces, standing, self.closing)

    def _rows(self, prefix: str, after: str | None, reach: int | None) -> Iterator[RawRow]:
        """What lies under a prefix in the caller's own partition, but for what is on its way out."""
        if after and not after.startswith(prefix):
            raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list"}])
        partition = UserActivity.key(self.caller.account, self.caller.user, 0)[0]
        for row in table.query_raw(partition, prefix, prefix + table.LAST_SORT_KEY, after, reach):
            place, workspace = row["sk"]["S"], int(row.get("workspace", {}).get("N", 0))
            if workspace:
                self.places[place] = workspace
            if workspace not in self.closing:
                yield row


class OwnActivities(OwnList):
    """The activities that the caller stands in or that are delegated by or to the caller.

    Whoever has left a workspace, or only been invited to it, is not shown what else lies there.
    """

    def entries(self, after: str | None, reach: int | None) -> Iterator[tuple[str, str]]:
        """Sort keys and stored texts of what the caller may see. Raises errors.Invalid."""
        rows = self._rows(UserActivity.prefix, after, reach)
        first, memberships = run_both(lambda: next(rows, None), lambda: workspaces.list_memberships(self.caller))
        inside = {one.workspace for one in memberships}
        for row in chain([first] if first else [], rows):
            if row.get("delegated", {}).get("BOOL") or int(row["workspace"]["N"]) in inside:
                yield row["sk"]["S"], row["doc"]["S"]


@dataclass()
class OwnDelegations(OwnList):
    """The delegations by and to the caller, open ones first."""

    prefix: str = Delegation.prefix
    side: str | None = None  # delegator or delegee, where only those are asked for that the caller is this in
    state: str | None = None

    def entries(self, after: str | None, reach: int | None) -> Iterator[tuple[str, str]]:
        """Sort keys and stored texts of those that are asked for. Raises errors.Invalid."""
        for row in self._rows(self.prefix, after, reach):
            is_own = self.side is None or row[self.side]["S"] == self.caller.user
            if is_own and self.state in (None, row["state"]["S"]):
                yield row["sk"]["S"], row["doc"]["S"]
