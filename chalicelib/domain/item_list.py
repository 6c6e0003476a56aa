"""Lists of items: of a stack, of a workspace, of all the caller's workspaces, of an archive."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, stacks, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import People
from chalicelib.storage import table
from chalicelib.storage.spaces import Placement, Stack, Workspace

Entry = tuple[str, str]  # a sort key and the stored text under it


@dataclass(frozen=True)
class Listed:
    """A list of items, in two steps: the stored texts, and then whoever stands in those that will be shown.

    The second step is also what checks that the caller may see them.
    """

    entries: Callable[[Any, int | None], Iterator[tuple[Any, str]]]
    people: Callable[[Iterable[str]], People]
    places: type = str  # where a page may end: a sort key, or a workspace and a sort key


def of_workspace(caller: Caller, workspace_id: int) -> Listed:
    """All items of a workspace: the inbox first, then stack by stack, the newest on top."""
    return _listed(caller, workspace_id, Placement.everywhere)


def archived(caller: Caller, workspace_id: int) -> Listed:
    """The items in the archive of a workspace, the newest on top."""
    return _listed(caller, workspace_id, Placement.prefix(None))


def of_stack(caller: Caller, workspace_id: int, stack_id: int) -> Listed:
    """The items of a stack, the newest on top."""

    def people(texts: Iterable[str]) -> People:
        key = Stack.key(caller.account, workspace_id, stack_id)
        found = workspaces.enter(caller, workspace_id, "enter", people=activities.people(texts), more=[key])
        if not stacks.is_inbox(workspace_id, stack_id) and key not in found.items:
            raise errors.NotFound(stacks.ABSENT)
        return found.people

    return replace(_listed(caller, workspace_id, Placement.prefix(stack_id)), people=people)


def of_all(caller: Caller) -> Listed:
    """The items of all the caller's workspaces, workspace by workspace."""

    def entries(after: tuple[int, str] | None, reach: int | None) -> Iterator[tuple[Any, str]]:
        first, last = after or (0, "")
        for workspace in sorted((owned.workspace for owned in workspaces.available(caller)), key=lambda one: one.id):
            if workspace.id >= first:
                begin = last if workspace.id == first else None
                for key, text in entries_of(caller, workspace.id, Placement.everywhere, begin, reach):
                    yield (workspace.id, key), text

    return Listed(entries, lambda texts: workspaces.people_of(caller, activities.people(texts)), places=list)


def entries_of(
    caller: Caller, workspace_id: int, prefix: str, after: str | None = None, reach: int | None = None
) -> Iterator[Entry]:
    """What lies under a prefix in a workspace, unchecked: sort keys and stored texts."""
    return table.texts(Workspace.key(caller.account, workspace_id)[0], prefix, after, reach)


def _listed(caller: Caller, workspace_id: int, prefix: str) -> Listed:
    def people(texts: Iterable[str]) -> People:
        return workspaces.enter(caller, workspace_id, "enter", people=activities.people(texts)).people

    return Listed(lambda after, reach: entries_of(caller, workspace_id, prefix, after, reach), people)
