"""Outboxes: what the caller has handed over of a workspace and still waits for, one for each delegee."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.marks import people_in
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace


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


def list_outboxes(caller: Caller, workspace_id: int) -> list[Outbox]:
    """The caller's outboxes in a workspace. Nothing is shown of what lies in one that is being deleted."""
    partition = Delegation.key(caller.account, caller.user, "", 0)[0]
    rows = [
        row
        for row in table.query(Delegation, partition, Delegation.opened)
        if (row.delegator, row.origin) == (caller.user, workspace_id)
    ]
    spaces = {row.workspace: Workspace.key(caller.account, row.workspace) for row in rows}
    people = people_in(json_text.dump(row.doc) for row in rows)
    found = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, more=spaces.values())
    handed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        space: Any = found.rows.get(spaces[row.workspace])
        if space is not None and not space.deletion_state:
            handed[row.delegee].append((row.activity, json_text.dump(row.doc["activity"])))
    return [Outbox(workspace_id, found.people[one], entries, found.people) for one, entries in handed.items()]
