"""Stacks of a workspace. The inbox is a stack too, with an id of its own, but it is always there as it is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import Fields, Found, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.spaces import Placement, Stack, Workspace

MOST = 100  # stacks of one workspace
ABSENT = "there is no such stack in this workspace"


@dataclass(frozen=True)
class Filled:
    """A stack with its items, the newest on top, and the people who stand in them."""

    workspace: int
    id: int
    entries: list[tuple[str, str]]  # sort keys and stored texts
    people: People
    name: str | None = None
    description: str | None = None


def inbox(caller: Caller, workspace_id: int) -> Filled:
    """The inbox of a workspace and everything on it."""
    return contents(caller, workspace_id, workspaces.inbox_of(workspace_id))[0]


def show(caller: Caller, workspace_id: int, stack_id: int) -> Filled:
    """One stack and everything on it; the inbox too, under its id."""
    filled, found = contents(caller, workspace_id, stack_id)
    if is_inbox(workspace_id, stack_id):
        return replace(filled, name="Inbox")
    return _labelled(filled, found_in(caller, found, stack_id))


def listing(caller: Caller, workspace_id: int) -> list[Filled]:
    """All stacks but the inbox, the first on top."""
    partition = Workspace.key(caller.account, workspace_id)[0]
    behind_the_inbox = Placement.prefix(workspaces.inbox_of(workspace_id) + 1)
    entries: dict[int, list[tuple[str, str]]] = defaultdict(list)
    stacks: dict[int, Stack] = {}
    for row in table.rows(partition, behind_the_inbox, Stack.prefix + table.LAST):
        if row["kind"]["S"] == "placement":
            entries[int(row["sk"]["S"].split("#")[1])].append((row["sk"]["S"], row["doc"]["S"]))
        elif row["kind"]["S"] == "stack":
            stacks[int(row["id"]["N"])] = Stack.from_raw_data(row)
    people = activities.people(text for items in entries.values() for _, text in items)
    found = workspaces.enter(caller, workspace_id, "enter", people=people)
    filled = [Filled(workspace_id, one, entries[one], found.people) for one in found.workspace.stacks if one in stacks]
    return [_labelled(one, stacks[one.id]) for one in filled]


def create(caller: Caller, workspace_id: int, fields: Fields) -> Change[Filled]:
    """A new empty stack, below the others."""
    workspace = workspaces.enter(caller, workspace_id, "enter").workspace
    if len(workspace.stacks) >= MOST:
        raise errors.Conflict(f"a workspace has at most {MOST} stacks")
    stack_id = table.count_up(caller.account, "ids")
    stack, whereabouts = workspaces.stacked(caller.account, workspace_id, stack_id, fields)
    workspace.stacks = [*workspace.stacks, stack_id]
    return Change(_labelled(Filled(workspace_id, stack_id, [], {}), stack), saves=[stack, whereabouts, workspace])


def update(caller: Caller, workspace_id: int, stack_id: int, fields: Fields) -> Change[Filled]:
    """Changes name and description."""
    filled, found = contents(caller, workspace_id, stack_id)
    stack = found_in(caller, found, stack_id)
    changed = any(getattr(stack, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(stack, name, value)
    return Change(_labelled(filled, stack), saves=[stack] if changed else [])


def reorder(caller: Caller, workspace_id: int, stack_id: int, position: int | None) -> Change[Filled]:
    """Moves a stack among the stacks: 0 is the bottom, none is the top."""
    filled, found = contents(caller, workspace_id, stack_id)
    stack, workspace = found_in(caller, found, stack_id), found.workspace
    others = [one for one in workspace.stacks if one != stack_id]
    above = 0 if position is None else max(0, len(others) - position)
    order = [*others[:above], stack_id, *others[above:]]
    changed = order != workspace.stacks
    workspace.stacks = order
    return Change(_labelled(filled, stack), saves=[workspace] if changed else [])


def is_inbox(workspace_id: int, stack_id: int) -> bool:
    """Whether this is the id of the workspace's inbox."""
    return stack_id == workspaces.inbox_of(workspace_id)


def contents(caller: Caller, workspace_id: int, stack_id: int) -> tuple[Filled, Found]:
    """A stack with its items and everybody who stands in them; and its workspace."""
    return with_people(caller, workspace_id, stack_id, entries_of(caller, workspace_id, stack_id))


def entries_of(caller: Caller, workspace_id: int, stack_id: int) -> list[tuple[str, str]]:
    """What lies on a stack, unchecked."""
    return list(table.texts(Workspace.key(caller.account, workspace_id)[0], Placement.prefix(stack_id)))


def with_people(
    caller: Caller, workspace_id: int, stack_id: int, entries: list[tuple[str, str]], beside: Iterable[str] = ()
) -> tuple[Filled, Found]:
    """A stack with what lies on it and everybody who stands in that, or beside it; and its workspace."""
    keys = [] if is_inbox(workspace_id, stack_id) else [Stack.key(caller.account, workspace_id, stack_id)]
    people = activities.people([*beside, *(text for _, text in entries)])
    found = workspaces.enter(caller, workspace_id, "enter", people=people, more=keys)
    return Filled(workspace_id, stack_id, entries, found.people), found


def found_in(caller: Caller, found: Found, stack_id: int) -> Stack:
    """The stack among what was read with its workspace. Raises errors.NotFound, and errors.Conflict for the inbox."""
    if is_inbox(found.workspace.id, stack_id):
        raise errors.Conflict("this is the inbox, which can be neither changed nor moved nor deleted")
    stack = found.items.get(Stack.key(caller.account, found.workspace.id, stack_id))
    if not isinstance(stack, Stack):
        raise errors.NotFound(ABSENT)
    return stack


def _labelled(filled: Filled, stack: Stack) -> Filled:
    return replace(filled, name=stack.name, description=stack.description)
