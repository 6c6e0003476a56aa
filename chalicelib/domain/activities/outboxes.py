"""Outboxes: the activities of a workspace that the caller has delegated and that are not done, one box per delegee."""

from collections import defaultdict
from typing import NamedTuple

from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.rows import Entry, StoredEntry


class Outbox(NamedTuple):
    """The activities delegated to one user, newest first, wherever they are now."""

    workspace: int
    user: User
    entries: list[StoredEntry[int]]  # each activity by its id and as stored text
    people: People

    @property
    def id(self) -> int:
        """The id of the outbox: the user's hexadecimal id as a number."""
        return int(self.user.id, 16)

    @property
    def texts(self) -> list[StoredText]:
        """The stored texts of the activities."""
        return [text for _, text in self.entries]


def list_outboxes(caller: Caller, workspace_id: int) -> list[Outbox]:
    """Return the caller's outboxes in a workspace. Raises errors.NotFound and errors.Forbidden.

    Activities that are now in a deleted workspace are left out.
    """
    open_delegations = [
        row
        for row in table.query(Delegation.open_of(caller.account, caller.user))
        if row.delegator == caller.user and row.origin == workspace_id
    ]
    people = {user for row in open_delegations for user in row.people}
    refs = {Workspace.ref(caller.account, row.workspace) for row in open_delegations}
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, refs=refs)
    open_ids = {workspace.id for workspace in workspaces.open_workspaces(context.rows)}
    entries: dict[str, list[StoredEntry[int]]] = defaultdict(list)
    for row in open_delegations:
        if row.workspace in open_ids:
            entries[row.delegee].append(Entry(row.activity, row.activity_text))
    return [Outbox(workspace_id, context.people[user], entries[user], context.people) for user in entries]
