"""Stacks of a workspace. The inbox is a stack too, with an id of its own, but it is always there as it is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import Fields, People, WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.marks import people_in
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.unit_of_work import Change

MAX_STACKS = 100  # stacks of one workspace
STACK_NOT_IN_WORKSPACE = "there is no such stack in this workspace"


@dataclass(frozen=True)
class StackContents:
    """A stack with its items, the newest on top, and the people who stand in them."""

    workspace: int
    id: int
    entries: list[tuple[str, str]]  # sort keys and stored texts
    people: People
    name: str | None = None
    description: str | None = None


def get_inbox(caller: Caller, workspace_id: int) -> StackContents:
    """The inbox of a workspace and everything on it."""
    return get_contents(caller, workspace_id, workspaces.inbox_id(workspace_id))[0]


def get_stack(caller: Caller, workspace_id: int, stack_id: int) -> StackContents:
    """One stack and everything on it; the inbox too, under its id."""
    filled, found = get_contents(caller, workspace_id, stack_id)
    if is_inbox(workspace_id, stack_id):
        return replace(filled, name="Inbox")
    return _with_name(filled, require_stack(caller, found, stack_id))


def list_stacks(caller: Caller, workspace_id: int) -> list[StackContents]:
    """All stacks but the inbox, the first on top."""
    partition = Workspace.key(caller.account, workspace_id)[0]
    behind_the_inbox = Placement.prefix(workspaces.inbox_id(workspace_id) + 1)
    entries: dict[int, list[tuple[str, str]]] = defaultdict(list)
    stacks: dict[int, Stack] = {}
    for row in table.query_raw(partition, behind_the_inbox, Stack.prefix + table.LAST_SORT_KEY):
        if row["kind"]["S"] == "placement":
            entries[int(row["sk"]["S"].split("#")[1])].append((row["sk"]["S"], row["doc"]["S"]))
        elif row["kind"]["S"] == "stack":
            stacks[int(row["id"]["N"])] = Stack.from_raw_data(row)
    people = people_in(text for items in entries.values() for _, text in items)
    found = workspaces.enter_workspace(caller, workspace_id, "enter", people=people)
    filled = [
        StackContents(workspace_id, one, entries[one], found.people) for one in found.workspace.stacks if one in stacks
    ]
    return [_with_name(one, stacks[one.id]) for one in filled]


def create_stack(caller: Caller, workspace_id: int, fields: Fields) -> Change[StackContents]:
    """A new empty stack, below the others."""
    workspace = workspaces.enter_workspace(caller, workspace_id, "enter").workspace
    if len(workspace.stacks) >= MAX_STACKS:
        raise errors.Conflict(f"a workspace has at most {MAX_STACKS} stacks")
    stack_id = next_id(caller.account, "ids")
    stack, whereabouts = workspaces.build_stack(caller.account, workspace_id, stack_id, fields)
    workspace.stacks = [*workspace.stacks, stack_id]
    return Change(
        _with_name(StackContents(workspace_id, stack_id, [], {}), stack), save=[stack, whereabouts, workspace]
    )


def update_stack(caller: Caller, workspace_id: int, stack_id: int, fields: Fields) -> Change[StackContents]:
    """Changes name and description."""
    filled, found = get_contents(caller, workspace_id, stack_id)
    stack = require_stack(caller, found, stack_id)
    changed = any(getattr(stack, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(stack, name, value)
    return Change(_with_name(filled, stack), save=[stack] if changed else [])


def reorder_stack(caller: Caller, workspace_id: int, stack_id: int, position: int | None) -> Change[StackContents]:
    """Moves a stack among the stacks: 0 is the bottom, none is the top."""
    filled, found = get_contents(caller, workspace_id, stack_id)
    stack, workspace = require_stack(caller, found, stack_id), found.workspace
    others = [one for one in workspace.stacks if one != stack_id]
    above = 0 if position is None else max(0, len(others) - position)
    order = [*others[:above], stack_id, *others[above:]]
    changed = order != workspace.stacks
    workspace.stacks = order
    return Change(_with_name(filled, stack), save=[workspace] if changed else [])


def is_inbox(workspace_id: int, stack_id: int) -> bool:
    """Whether this is the id of the workspace's inbox."""
    return stack_id == workspaces.inbox_id(workspace_id)


def get_contents(caller: Caller, workspace_id: int, stack_id: int) -> tuple[StackContents, WorkspaceContext]:
    """A stack with its items and everybody who stands in them; and its workspace."""
    return enter_stack(caller, workspace_id, stack_id, read_entries(caller, workspace_id, stack_id))


def read_entries(caller: Caller, workspace_id: int, stack_id: int) -> list[tuple[str, str]]:
    """What lies on a stack, unchecked."""
    return list(table.query_documents(Workspace.key(caller.account, workspace_id)[0], Placement.prefix(stack_id)))


def enter_stack(
    caller: Caller, workspace_id: int, stack_id: int, entries: list[tuple[str, str]], beside: Iterable[str] = ()
) -> tuple[StackContents, WorkspaceContext]:
    """A stack with what lies on it and everybody who stands in that, or beside it; and its workspace."""
    keys = [] if is_inbox(workspace_id, stack_id) else [Stack.key(caller.account, workspace_id, stack_id)]
    people = people_in([*beside, *(text for _, text in entries)])
    found = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, more=keys)
    return StackContents(workspace_id, stack_id, entries, found.people), found


def require_stack(caller: Caller, found: WorkspaceContext, stack_id: int) -> Stack:
    """The stack among what was read with its workspace. Raises errors.NotFound, and errors.Conflict for the inbox."""
    if is_inbox(found.workspace.id, stack_id):
        raise errors.Conflict("this is the inbox, which can be neither changed nor moved nor deleted")
    stack = found.rows.get(Stack.key(caller.account, found.workspace.id, stack_id))
    if not isinstance(stack, Stack):
        raise errors.NotFound(STACK_NOT_IN_WORKSPACE)
    return stack


def _with_name(filled: StackContents, stack: Stack) -> StackContents:
    return replace(filled, name=stack.name, description=stack.description)


STACK_NOT_FOUND = "there is no such stack"


@contextmanager
def in_its_workspace(caller: Caller, stack_id: int) -> Iterator[int]:
    """The workspace of a stack, for the block.

    Whoever is not in there is told by errors.NotFound what an unknown id is told, or it would tell that there is one.
    """
    workspace_id = _workspace_of_stack(caller, stack_id)
    try:
        yield workspace_id
    except errors.NotFound as error:
        if error.detail in (access.WORKSPACE_NOT_FOUND, STACK_NOT_IN_WORKSPACE):
            raise errors.NotFound(STACK_NOT_FOUND) from None
        raise


def _workspace_of_stack(caller: Caller, stack_id: int) -> int:
    """The workspace that a stack is kept in, or whose inbox it would be. Raises errors.NotFound."""
    known = StackLookup.key(caller.account, stack_id)
    items = table.get_many([known, Workspace.key(caller.account, stack_id - 1)])
    for item in items.values():
        if isinstance(item, StackLookup):
            return item.workspace
        if isinstance(item, Workspace) and is_inbox(item.id, stack_id):
            return item.id
    raise errors.NotFound(STACK_NOT_FOUND)
