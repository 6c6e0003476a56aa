"""Lists of the caller's own activities and delegations in all workspaces, newest first.

They are read from copies in the caller's own partition, so nothing has to be read for each item. Items of a
deleted workspace are left out.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import ClassVar, TypeVar

from chalicelib.domain.access import Caller
from chalicelib.domain.activities import lifecycle
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.activities import UserActivity, UserActivityEntry
from chalicelib.storage.models.delegations import Delegation, DelegationEntry
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import StoredEntry
from chalicelib.storage.stored_text import people_in

E = TypeVar("E", UserActivityEntry, DelegationEntry)


class OwnList(ABC):
    """A list of the caller, read in two steps: the stored texts, then the people in those of one page.

    The second step also finds workspaces that were deleted. It returns None if there are any, and the first step
    is then repeated without their items.
    """

    cursor: ClassVar[type] = str  # the type of a position in a cursor

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.closing: set[int] = set()  # workspaces that turned out to be deleted
        self.workspaces_by_position: dict[str, int] = {}

    @abstractmethod
    def entries(self, after: str | None, limit: int | None) -> Iterator[StoredEntry[str]]:
        """Yield each item after a position as stored text. Raises errors.WrongCursor."""

    def people(self, entries: Sequence[StoredEntry[str]]) -> People | None:
        """Return the people in these items, or None if some of their workspaces were deleted."""
        positions = self.workspaces_by_position
        needed = {positions[entry.position] for entry in entries if entry.position in positions}
        users = people_in(entry.text for entry in entries)
        people, closing = workspaces.people_if_open(self.caller, needed, users)
        self.closing |= closing
        return people

    def _select_open(self, items: Iterator[E]) -> Iterator[E]:
        """Yield the items except those of closing workspaces. Past delegations have no workspace."""
        for item in items:
            if item.workspace:
                self.workspaces_by_position[item.entry.position] = item.workspace
            if item.workspace not in self.closing:
                yield item


class OwnActivities(OwnList):
    """The activities that the caller created, is assigned to, or has a delegation of.

    In a workspace that the caller has left, or is only invited to, only delegated activities are shown.
    """

    def entries(self, after: str | None, limit: int | None) -> Iterator[StoredEntry[str]]:
        """Yield each activity that the caller may see as stored text. Raises errors.WrongCursor."""
        activities = UserActivity.of_user(self.caller.account, self.caller.user)
        items = self._select_open(table.query_entries(activities, UserActivity.read_entry, after, limit))
        first, memberships = run_both(lambda: next(items, None), lambda: workspaces.list_memberships(self.caller))
        joined = {membership.workspace for membership in memberships}
        for item in chain([first] if first else [], items):
            if item.delegated or item.workspace in joined:
                yield item.entry


class OwnDelegations(OwnList):
    """The delegations by and to the caller, open ones first.

    `side` ("delegator" or "delegee") selects those in which the caller has this part, `state` those in this state.
    """

    def __init__(self, caller: Caller, side: str | None = None, state: str | None = None) -> None:
        super().__init__(caller)
        self.side, self.state = side, state

    def entries(self, after: str | None, limit: int | None) -> Iterator[StoredEntry[str]]:
        """Yield each selected delegation as stored text. Raises errors.WrongCursor."""
        is_open = self.state in lifecycle.OPEN_STATES
        list_range = Delegation.open_of if is_open else Delegation.of_user
        delegations = list_range(self.caller.account, self.caller.user)
        for item in self._select_open(table.query_entries(delegations, Delegation.read_entry, after, limit)):
            has_side = self.side is None or getattr(item, self.side) == self.caller.user
            has_state = self.state is None or item.state == self.state
            if has_side and has_state:
                yield item.entry
