"""All activities that the caller stands in, the newest first, however many workspaces they lie in.

Whoever has left a workspace, or only been invited to it, is not shown what lies there, nor what is in one that is being
deleted. The copies in the caller's own partition say where each lies, so that nothing has to be read for one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import chain

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, workspaces
from chalicelib.domain.access import INVITED, Caller
from chalicelib.domain.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models import User
from chalicelib.storage.spaces import Involvement, Membership, Workspace


@dataclass()
class Mine:
    """The caller's activities in two steps: the stored texts, and then the people and workspaces of those on a page."""

    caller: Caller
    closing: set[int] = field(default_factory=set)  # workspaces that turned out to be on their way out
    places: dict[str, int] = field(default_factory=dict)  # sort keys, and the workspaces

    def entries(self, after: str | None, reach: int | None) -> Iterator[tuple[str, str]]:
        """Sort keys and stored texts of what lies in workspaces of the caller. Raises errors.Invalid."""
        if after and not after.startswith(Involvement.prefix):
            raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list"}])
        partition = Membership.key(self.caller.account, self.caller.user, 0)[0]
        rows = table.rows(partition, Involvement.prefix, Involvement.prefix + table.LAST, after, reach)
        first, memberships = table.together(
            lambda: next(rows, None), lambda: [*table.having(Membership, partition, Membership.prefix)]
        )
        inside = {one.workspace for one in memberships if one.role != INVITED} - self.closing
        for row in chain([first] if first else [], rows):
            place, workspace = row["sk"]["S"], int(row["workspace"]["N"])
            if workspace in inside:
                self.places[place] = workspace
                yield place, row["doc"]["S"]

    def people(self, entries: Sequence[tuple[str, str]]) -> People | None:
        """Who stands in these; None where some lie in a workspace on its way out, to be left out the next time."""
        account, spaces = self.caller.account, {self.places[place] for place, _ in entries}
        keys = [Workspace.key(account, one) for one in spaces]
        people = [User.key(account, one) for one in activities.people(text for _, text in entries)]
        items = table.get_many([*keys, *people]).values()
        there = {item.id for item in items if isinstance(item, Workspace) and not item.ending}
        self.closing |= spaces - there
        return None if spaces - there else workspaces.people_in(items)
