"""Lists of items: of a stack, of a workspace, of all the caller's workspaces, of an archive."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.marks import people_in
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.parallel import MAX_PARALLEL, prefetch

Entry = tuple[str, str]  # a sort key and the stored text under it


@dataclass(frozen=True)
class ItemList:
    """A list of items, in two steps: the stored texts, and then whoever stands in those that will be shown.

    The second step is also what checks that the caller may see them. It answers None where some turned out to lie in a
    workspace on its way out: the first step leaves them out from then on.
    """

    entries: Callable[[Any, int | None], Iterator[tuple[Any, str]]]
    people: Callable[[Sequence[tuple[Any, str]]], People | None]
    cursor: type = str  # where a page may end: a sort key, or a workspace and a sort key


def workspace_items(caller: Caller, workspace_id: int) -> ItemList:
    """All items of a workspace: the inbox first, then stack by stack, the newest on top."""
    return _list_under(caller, workspace_id, Placement.everywhere)


def archived_items(caller: Caller, workspace_id: int) -> ItemList:
    """The items in the archive of a workspace, the newest on top."""
    return _list_under(caller, workspace_id, Placement.prefix(None))


def stack_items(caller: Caller, workspace_id: int, stack_id: int) -> ItemList:
    """The items of a stack, the newest on top."""

    def people(entries: Sequence[Entry]) -> People:
        key = Stack.key(caller.account, workspace_id, stack_id)
        standing = people_in(text for _, text in entries)
        found = workspaces.enter_workspace(caller, workspace_id, "enter", people=standing, more=[key])
        if not stacks.is_inbox(workspace_id, stack_id) and key not in found.rows:
            raise errors.NotFound(stacks.STACK_NOT_IN_WORKSPACE)
        return found.people

    return replace(_list_under(caller, workspace_id, Placement.prefix(stack_id)), people=people)


def all_items(caller: Caller) -> ItemList:
    """The items of all the caller's workspaces, workspace by workspace."""
    closing: set[int] = set()

    def entries(after: tuple[int, str] | None, reach: int | None) -> Iterator[tuple[Any, str]]:
        begin = dict([after]) if after else {0: ""}
        spaces = [one.workspace for one in workspaces.list_memberships(caller) if one.workspace >= min(begin)]
        for wave in _batches([one for one in spaces if one not in closing], 1 if reach else MAX_PARALLEL):
            lists = [read_entries(caller, one, Placement.everywhere, begin.get(one), reach) for one in wave]
            for workspace_id, begun in zip(wave, prefetch(lists), strict=True):
                for key, text in begun:
                    yield (workspace_id, key), text

    def people(entries: Sequence[tuple[Any, str]]) -> People | None:
        spaces = {workspace_id for (workspace_id, _), _ in entries}
        return workspaces.people_if_open(caller, spaces, people_in(text for _, text in entries), closing)

    return ItemList(entries, people, cursor=list)


def read_entries(
    caller: Caller, workspace_id: int, prefix: str, after: str | None = None, reach: int | None = None
) -> Iterator[Entry]:
    """What lies under a prefix in a workspace, unchecked: sort keys and stored texts."""
    return table.query_documents(Workspace.key(caller.account, workspace_id)[0], prefix, after, reach)


def _list_under(caller: Caller, workspace_id: int, prefix: str) -> ItemList:
    def people(entries: Sequence[Entry]) -> People:
        standing = people_in(text for _, text in entries)
        return workspaces.enter_workspace(caller, workspace_id, "enter", people=standing).people

    return ItemList(lambda after, reach: read_entries(caller, workspace_id, prefix, after, reach), people)


def _batches(spaces: list[int], size: int) -> Iterator[list[int]]:
    """Workspaces to be asked side by side, each time twice as many: a page that the first fills costs no more."""
    while spaces:
        yield spaces[:size]
        spaces, size = spaces[size:], min(2 * size, MAX_PARALLEL)
