"""All activities that the caller stands in, the newest first, however many workspaces they lie in.

Whoever has left a workspace, or only been invited to it, is not shown what lies there, nor what is in one that is being
deleted. The copies in the caller's own partition say where each lies, so that nothing has to be read for one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from chalicelib import errors
from chalicelib.domain import activities, workspace_list, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.spaces import Involvement


@dataclass
class Mine:
    """The caller's activities in two steps: the stored texts, and then the people and workspaces of those on a page."""

    caller: Caller
    closing: set[int] = field(default_factory=set)  # workspaces that turned out to be on their way out
    places: dict[str, int] = field(default_factory=dict)  # sort keys, and the workspaces

    def entries(self, after: str | None, reach: int | None) -> Iterator[tuple[str, str]]:
        """Sort keys and stored texts of what lies in workspaces of the caller. Raises errors.Invalid."""
        if after and not after.startswith(Involvement.prefix):
            raise errors.Invalid([{"pointer": "?cursor", "detail": "must be the cursor of this list"}])
        partition = Involvement.key(self.caller.account, self.caller.user, 0)[0]
        rows = table.rows(partition, Involvement.prefix, Involvement.prefix + table.LAST, after, reach)
        first, memberships = table.together(lambda: next(rows, None), lambda: workspace_list.joined_by(self.caller))
        inside = {one.workspace for one in memberships} - self.closing
        for row in chain([first] if first else [], rows):
            place, workspace = row["sk"]["S"], int(row["workspace"]["N"])
            if workspace in inside:
                self.places[place] = workspace
                yield place, row["doc"]["S"]

    def people(self, entries: Sequence[tuple[str, str]]) -> People | None:
        """Who stands in these; None where some lie in a workspace on its way out, to be left out the next time."""
        spaces = {self.places[place] for place, _ in entries}
        people, there = workspaces.there(self.caller, spaces, activities.people(text for _, text in entries))
        self.closing |= spaces - there
        return None if spaces - there else people
