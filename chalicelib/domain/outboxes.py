"""Outboxes: what the caller has handed over of a workspace and still waits for, one for each delegee."""

from collections import defaultdict
from typing import Any

from chalicelib import jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models import User
from chalicelib.storage.records import Delegation
from chalicelib.storage.spaces import Workspace


@dataclass(frozen=True)
class Outbox:
    """What one person has been handed, the newest on top, wherever it lies now."""

    workspace: int
    user: User
    entries: list[tuple[int, str]]  # ids and stored texts of activities
    people: People

    @property
    def id(self) -> int:
        """Its number: that of the user, whose id is a hexadecimal one."""
        return int(self.user.id, 16)


def listing(caller: Caller, workspace_id: int) -> list[Outbox]:
    """The caller's outboxes in a workspace. Nothing is shown of what lies in one that is being deleted."""
    partition = Delegation.key(caller.account, caller.user, "", 0)[0]
    rows = [
        row
        for row in table.having(Delegation, partition, Delegation.opened)
        if (row.delegator, row.origin) == (caller.user, workspace_id)
    ]
    spaces = {row.workspace: Workspace.key(caller.account, row.workspace) for row in rows}
    people = activities.people(jsontext.dump(row.doc) for row in rows)
    found = workspaces.enter(caller, workspace_id, "enter", people=people, more=spaces.values())
    handed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        space: Any = found.items.get(spaces[row.workspace])
        if space is not None and not space.ending:
            handed[row.delegee].append((row.activity, jsontext.dump(row.doc["activity"])))
    return [Outbox(workspace_id, found.people[one], entries, found.people) for one, entries in handed.items()]
