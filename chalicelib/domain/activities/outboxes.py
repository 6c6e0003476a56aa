"""Outboxes: the activities of a workspace that the caller has delegated and that are not done, one box per delegee."""

from collections import defaultdict
from dataclasses import dataclass

from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.stored_text import StoredText


@dataclass(frozen=True)
class Outbox:
    """The activities delegated to one user, newest first, wherever they are now."""

    workspace: int
    user: User
    entries: list[tuple[int, StoredText]]  # id and stored text of each activity
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

    Activities that are now in a workspace that is being deleted are left out.
    """
    partition = Delegation.key(caller.account, caller.user, "", 0)[0]
    open_delegations = [
        row
        for row in table.query(Delegation, partition, Delegation.open_prefix)
        if row.delegator == caller.user and row.origin == workspace_id
    ]
    people = {user for row in open_delegations for user in row.people}
    workspace_keys = {row.workspace: Workspace.key(caller.account, row.workspace) for row in open_delegations}
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, more=workspace_keys.values())
    entries: dict[str, list[tuple[int, StoredText]]] = defaultdict(list)
    for row in open_delegations:
        workspace = context.rows.get(workspace_keys[row.workspace])
        if isinstance(workspace, Workspace) and not workspace.deletion_state:
            entries[row.delegee].append((row.activity, row.activity_text))
    return [Outbox(workspace_id, context.people[user], entries[user], context.people) for user in entries]
