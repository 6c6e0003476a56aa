"""Lists of items: of a stack, of a workspace, of all the caller's workspaces, or of an archive."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.base import Range
from chalicelib.storage.models.keys import require_id
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.parallel import MAX_PARALLEL, prefetch
from chalicelib.storage.rows import Entry, StoredEntry
from chalicelib.storage.stored_text import people_in

P = TypeVar("P")

WorkspacePosition = tuple[int, str]  # the id of a workspace, and a position in it


class ItemList(NamedTuple, Generic[P]):
    """A list of items, read in two steps: `entries` yields stored texts, `people` returns the people in those shown.

    The first step checks that the caller may see the items before it reads any. The second step checks it again, and
    returns None if some items are in a deleted workspace; the first step then leaves these out when it
    is repeated.
    """

    entries: Callable[[P | None, int | None], Iterator[StoredEntry[P]]]
    people: Callable[[Sequence[StoredEntry[P]]], People | None]
    cursor: type = str  # the type of a position in a cursor


def workspace_items(caller: Caller, workspace_id: int) -> ItemList[str]:
    """List all items of a workspace: the inbox first, then stack by stack, each from top to bottom."""
    return _list_range(caller, workspace_id, Placement.on_all_stacks(caller.account, workspace_id))


def archived_items(caller: Caller, workspace_id: int) -> ItemList[str]:
    """List the items in the archive of a workspace, the last archived first."""
    return _list_range(caller, workspace_id, Placement.in_archive(caller.account, workspace_id))


def stack_items(caller: Caller, workspace_id: int, stack_id: int) -> ItemList[str]:
    """List the items of a stack from top to bottom. Step `people` raises errors.NotFound if there is no such stack."""

    def people(entries: Sequence[StoredEntry[str]]) -> People:
        stack_ref = Stack.ref(caller.account, workspace_id, stack_id)
        users = people_in(entry.text for entry in entries)
        context = workspaces.enter_workspace(caller, workspace_id, "enter", people=users, refs=[stack_ref])
        if not stacks.is_inbox(workspace_id, stack_id):
            stacks.require_stack(caller, context, stack_id)
        return context.people

    items = Placement.on_stack(caller.account, workspace_id, stack_id)
    return _list_range(caller, workspace_id, items)._replace(people=people)


def all_items(caller: Caller) -> ItemList[WorkspacePosition]:
    """List the items of all the caller's workspaces, workspace by workspace."""
    closing: set[int] = set()

    def entries(after: WorkspacePosition | None, limit: int | None) -> Iterator[StoredEntry[WorkspacePosition]]:
        _require_workspace_position(caller, after)
        workspace_ids = [one.workspace for one in workspaces.list_memberships(caller)]
        first = after[0] if after else 0
        remaining = [one for one in workspace_ids if one >= first and one not in closing]
        for group in _growing_groups(remaining, 1 if limit else MAX_PARALLEL):
            for items in prefetch([_read_items(caller, workspace_id, after, limit) for workspace_id in group]):
                yield from items

    def people(entries: Sequence[StoredEntry[WorkspacePosition]]) -> People | None:
        needed = {entry.position[0] for entry in entries}
        users = people_in(entry.text for entry in entries)
        people, closing_now = workspaces.people_if_open(caller, needed, users)
        closing.update(closing_now)
        return people

    return ItemList(entries, people, cursor=list)


def _require_workspace_position(caller: Caller, after: WorkspacePosition | None) -> None:
    """Raise errors.WrongCursor if a cursor has another form. JSON has lists instead of tuples."""
    if after is None:
        return
    if [type(part) for part in after] != [int, str]:
        raise errors.WrongCursor
    workspace_id, position = after
    require_id(workspace_id)
    Placement.on_all_stacks(caller.account, workspace_id).require_position(position)


def _read_items(
    caller: Caller, workspace_id: int, after: WorkspacePosition | None, limit: int | None
) -> Iterator[StoredEntry[WorkspacePosition]]:
    """Yield the items of a workspace, or those after a position if it is in this workspace."""
    start = after[1] if after and after[0] == workspace_id else None
    for position, text in table.query_texts(Placement.on_all_stacks(caller.account, workspace_id), start, limit):
        yield Entry((workspace_id, position), text)


def _list_range(caller: Caller, workspace_id: int, items: Range[Placement]) -> ItemList[str]:
    """List the items of a workspace that are in a range."""

    def people(entries: Sequence[StoredEntry[str]]) -> People:
        users = people_in(entry.text for entry in entries)
        return workspaces.enter_workspace(caller, workspace_id, "enter", people=users).people

    def entries(after: str | None, limit: int | None) -> Iterator[StoredEntry[str]]:
        workspaces.require_may_enter(caller, workspace_id)
        return table.query_texts(items, after, limit)

    return ItemList(entries, people)


def _growing_groups(workspace_ids: list[int], size: int) -> Iterator[list[int]]:
    """Yield groups of workspaces to be read in parallel, each twice as large as the one before.

    The first group is small because it often fills a page, and then the others need not be read.
    """
    while workspace_ids:
        yield workspace_ids[:size]
        workspace_ids, size = workspace_ids[size:], min(2 * size, MAX_PARALLEL)
