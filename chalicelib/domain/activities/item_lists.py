"""Lists of items: of a stack, of a workspace, of all the caller's workspaces, or of an archive."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.parallel import MAX_PARALLEL, prefetch
from chalicelib.storage.stored_text import StoredText, people_in

Entry = tuple[str, StoredText]  # a sort key and the stored text under it


@dataclass(frozen=True)
class ItemList:
    """A list of items, read in two steps: `entries` yields stored texts, `people` returns the people in those shown.

    The second step also checks that the caller may see the items. It returns None if some of them are in a workspace
    that is being deleted; the first step then leaves these out when it is repeated.
    """

    entries: Callable[[Any, int | None], Iterator[tuple[Any, StoredText]]]
    people: Callable[[Sequence[tuple[Any, StoredText]]], People | None]
    cursor: type = str  # the type of a cursor: a sort key, or a list of workspace id and sort key


def workspace_items(caller: Caller, workspace_id: int) -> ItemList:
    """List all items of a workspace: the inbox first, then stack by stack, each from top to bottom."""
    return _list_under(caller, workspace_id, Placement.items_prefix)


def archived_items(caller: Caller, workspace_id: int) -> ItemList:
    """List the items in the archive of a workspace, the last archived first."""
    return _list_under(caller, workspace_id, Placement.prefix(None))


def stack_items(caller: Caller, workspace_id: int, stack_id: int) -> ItemList:
    """List the items of a stack from top to bottom. Step `people` raises errors.NotFound if there is no such stack."""

    def people(entries: Sequence[Entry]) -> People:
        stack_key = Stack.key(caller.account, workspace_id, stack_id)
        users = people_in(text for _, text in entries)
        context = workspaces.enter_workspace(caller, workspace_id, "enter", people=users, more=[stack_key])
        if not stacks.is_inbox(workspace_id, stack_id) and stack_key not in context.rows:
            raise errors.NotFound(stacks.STACK_NOT_IN_WORKSPACE)
        return context.people

    return replace(_list_under(caller, workspace_id, Placement.prefix(stack_id)), people=people)


def all_items(caller: Caller) -> ItemList:
    """List the items of all the caller's workspaces, workspace by workspace."""
    closing: set[int] = set()

    def entries(after: tuple[int, str] | None, limit: int | None) -> Iterator[tuple[Any, StoredText]]:
        first_workspace, first_key = after or (0, None)
        workspace_ids = [one.workspace for one in workspaces.list_memberships(caller)]
        remaining = [one for one in workspace_ids if one >= first_workspace and one not in closing]
        for group in _growing_groups(remaining, 1 if limit else MAX_PARALLEL):
            lists = [
                read_entries(caller, one, Placement.items_prefix, first_key if one == first_workspace else None, limit)
                for one in group
            ]
            for workspace_id, items in zip(group, prefetch(lists), strict=True):
                for key, text in items:
                    yield (workspace_id, key), text

    def people(entries: Sequence[tuple[Any, StoredText]]) -> People | None:
        needed = {workspace_id for (workspace_id, _), _ in entries}
        users = people_in(text for _, text in entries)
        return workspaces.people_if_open(caller, needed, users, closing)

    return ItemList(entries, people, cursor=list)


def read_entries(
    caller: Caller, workspace_id: int, prefix: str, after: str | None = None, limit: int | None = None
) -> Iterator[Entry]:
    """Yield sort key and stored text of each item under a prefix, without checking the caller's access."""
    return table.query_documents(Workspace.key(caller.account, workspace_id)[0], prefix, after, limit)


def _list_under(caller: Caller, workspace_id: int, prefix: str) -> ItemList:
    """List the items under a prefix in a workspace."""

    def people(entries: Sequence[Entry]) -> People:
        users = people_in(text for _, text in entries)
        return workspaces.enter_workspace(caller, workspace_id, "enter", people=users).people

    return ItemList(lambda after, limit: read_entries(caller, workspace_id, prefix, after, limit), people)


def _growing_groups(workspace_ids: list[int], size: int) -> Iterator[list[int]]:
    """Yield groups of workspaces to be read in parallel, each twice as large as the one before.

    The first group is small because it often fills a page, and then the others need not be read.
    """
    while workspace_ids:
        yield workspace_ids[:size]
        workspace_ids, size = workspace_ids[size:], min(2 * size, MAX_PARALLEL)
