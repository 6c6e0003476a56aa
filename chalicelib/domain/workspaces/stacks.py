"""The stacks of a workspace and its inbox.

The inbox is a stack with an id of its own. It always exists, and it cannot be changed, moved or deleted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import workspaces
from chalicelib.domain.workspaces.workspaces import People, WorkspaceContext
from chalicelib.json_text import JsonObject
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.rows import StoredEntry
from chalicelib.storage.stored_text import people_in
from chalicelib.storage.unit_of_work import Change

MAX_STACKS = 100  # of one workspace
STACK_NOT_IN_WORKSPACE = "There is no such stack in this workspace."


class ItemWindow(NamedTuple):
    """The items of a stack to read: `limit` of them (None is all) after the first `skip` ones behind a position."""

    after: str | None = None
    skip: int = 0
    limit: int | None = None


ALL_ITEMS = ItemWindow()


class StackContents(NamedTuple):
    """A stack with its items, newest first, and the people whom the items mention."""

    workspace: int
    id: int
    entries: list[StoredEntry[str]]  # the items as stored texts
    people: People
    name: str | None = None
    description: str | None = None

    @property
    def texts(self) -> list[StoredText]:
        """The stored texts of the items."""
        return [text for _, text in self.entries]


def get_inbox(caller: Caller, workspace_id: int, window: ItemWindow = ALL_ITEMS) -> StackContents:
    """Return the inbox of a workspace and the items of a window. Raises NotFound, Forbidden and WrongCursor."""
    contents, _ = get_contents(caller, workspace_id, workspaces.inbox_id(workspace_id), window)
    return contents


def get_stack(caller: Caller, workspace_id: int, stack_id: int, window: ItemWindow = ALL_ITEMS) -> StackContents:
    """Return a stack, which may be the inbox, and the items of a window. Raises as get_inbox."""
    contents, context = get_contents(caller, workspace_id, stack_id, window)
    if is_inbox(workspace_id, stack_id):
        return contents._replace(name="Inbox")
    return with_name(contents, require_stack(caller, context, stack_id))


def list_stacks(caller: Caller, workspace_id: int) -> list[StackContents]:
    """Return all stacks of a workspace with their items, from top to bottom, without the inbox.

    Raises NotFound and Forbidden.
    """
    stacks, entries = _read_stacks(caller, workspace_id)
    people = people_in(entry.text for items in entries.values() for entry in items)
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=people)
    return [
        with_name(StackContents(workspace_id, stack_id, entries[stack_id], context.people), stacks[stack_id])
        for stack_id in context.workspace.stacks
        if stack_id in stacks
    ]


def _read_stacks(caller: Caller, workspace_id: int) -> tuple[dict[int, Stack], dict[int, list[StoredEntry[str]]]]:
    """Return the stacks of a workspace and the items on them, by the ids of the stacks, in one query.

    Raises NotFound and Forbidden.
    """
    workspaces.require_may_enter(caller, workspace_id)
    stacks_with_items = Stack.with_items(caller.account, workspace_id, workspaces.inbox_id(workspace_id))
    rows, items = table.query_rows_and_texts(stacks_with_items, Placement)
    entries: dict[int, list[StoredEntry[str]]] = defaultdict(list)
    for entry in items:
        entries[Placement.stack_at(entry.position)].append(entry)
    return {stack.id: stack for stack in rows.all(Stack)}, entries


def create_stack(caller: Caller, workspace_id: int, fields: JsonObject) -> Change[StackContents]:
    """Create an empty stack below the others. Raises Conflict if the workspace already has MAX_STACKS."""
    workspace = workspaces.enter_workspace(caller, workspace_id, "enter").workspace
    require_room(workspace)
    stack_id = next_id(caller.account, "ids")
    stack, lookup = workspaces.build_stack(caller.account, workspace_id, stack_id, fields)
    workspace.stacks = [*workspace.stacks, stack_id]
    contents = with_name(StackContents(workspace_id, stack_id, [], {}), stack)
    return Change(contents, save=[stack, lookup, workspace])


def require_room(workspace: Workspace) -> None:
    """Raise Conflict if a workspace has MAX_STACKS already."""
    if len(workspace.stacks) >= MAX_STACKS:
        raise errors.Conflict(f"A workspace can have at most {MAX_STACKS} stacks.")


def update_stack(caller: Caller, workspace_id: int, stack_id: int, fields: JsonObject) -> Change[StackContents]:
    """Change the name or the description of a stack. Raises NotFound, and Conflict for the inbox."""
    contents, context = get_contents(caller, workspace_id, stack_id)
    stack = require_stack(caller, context, stack_id)
    is_changed = any(getattr(stack, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(stack, name, value)
    return Change(with_name(contents, stack), save=[stack] if is_changed else [])


def reorder_stack(caller: Caller, workspace_id: int, stack_id: int, position: int | None) -> Change[StackContents]:
    """Move a stack to a position among the stacks of its workspace.

    Positions count from the bottom, which is 0. None is the top. Raises NotFound, and Conflict for the inbox.
    """
    contents, context = get_contents(caller, workspace_id, stack_id)
    stack, workspace = require_stack(caller, context, stack_id), context.workspace
    order = order_with(workspace, stack_id, position)
    is_changed = order != workspace.stacks
    workspace.stacks = order
    return Change(with_name(contents, stack), save=[workspace] if is_changed else [])


def order_with(workspace: Workspace, stack_id: int, position: int | None) -> list[int]:
    """Return the order of the stacks of a workspace with one stack at a position, counted as in `reorder_stack`."""
    others = [other for other in workspace.stacks if other != stack_id]
    index = 0 if position is None else max(0, len(others) - position)
    return [*others[:index], stack_id, *others[index:]]


def is_inbox(workspace_id: int, stack_id: int) -> bool:
    """Return whether this is the id of the workspace's inbox."""
    return stack_id == workspaces.inbox_id(workspace_id)


def get_contents(
    caller: Caller, workspace_id: int, stack_id: int, window: ItemWindow = ALL_ITEMS
) -> tuple[StackContents, WorkspaceContext]:
    """Return what is on a stack, and its workspace, without checking that the stack exists.

    Call `require_stack` with the workspace for that. Raises NotFound and Forbidden if the caller may not enter it.
    """
    return enter_stack(caller, workspace_id, stack_id, read_entries(caller, workspace_id, stack_id, window))


def read_entries(
    caller: Caller, workspace_id: int, stack_id: int, window: ItemWindow = ALL_ITEMS
) -> list[StoredEntry[str]]:
    """Return the items of a window as stored texts. Raises NotFound, Forbidden and WrongCursor."""
    workspaces.require_may_enter(caller, workspace_id)
    end = None if window.limit is None else window.skip + window.limit
    items = Placement.on_stack(caller.account, workspace_id, stack_id)
    return list(islice(table.query_texts(items, window.after, end), window.skip, end))


def enter_stack(
    caller: Caller, workspace_id: int, stack_id: int, entries: list[StoredEntry[str]], texts: Iterable[StoredText] = ()
) -> tuple[StackContents, WorkspaceContext]:
    """Return the contents of a stack whose items have been read already, and its workspace, as `get_contents` does.

    The people are those whom the items or the further stored texts mention.
    """
    refs = [] if is_inbox(workspace_id, stack_id) else [Stack.ref(caller.account, workspace_id, stack_id)]
    people = people_in([*texts, *(entry.text for entry in entries)])
    context = workspaces.enter_workspace(caller, workspace_id, "enter", people=people, refs=refs)
    return StackContents(workspace_id, stack_id, entries, context.people), context


def require_stack(caller: Caller, context: WorkspaceContext, stack_id: int) -> Stack:
    """Return a stack among the rows that were read with its workspace. Raises NotFound, and Conflict for the inbox."""
    if is_inbox(context.workspace.id, stack_id):
        raise errors.Conflict("This stack is the inbox. It cannot be changed, moved or deleted.")
    stack = context.rows.get(Stack.ref(caller.account, context.workspace.id, stack_id))
    if stack is None or stack.is_deleted:
        raise errors.NotFound(STACK_NOT_IN_WORKSPACE)
    return stack


def with_name(contents: StackContents, stack: Stack) -> StackContents:
    """Return the contents of a stack with its name and description."""
    return contents._replace(name=stack.name, description=stack.description)


STACK_NOT_FOUND = "There is no such stack."


@contextmanager
def workspace_of_stack(caller: Caller, stack_id: int) -> Iterator[int]:
    """Run the block with the id of the workspace in which a stack is.

    Users outside the workspace get the same NotFound error as for an unknown id, so that they cannot find out whether
    the stack exists.
    """
    workspace_id = _workspace_of_stack(caller, stack_id)
    try:
        yield workspace_id
    except errors.NotFound as error:
        if error.detail in (access.WORKSPACE_NOT_FOUND, STACK_NOT_IN_WORKSPACE):
            raise errors.NotFound(STACK_NOT_FOUND) from None
        raise


def _workspace_of_stack(caller: Caller, stack_id: int) -> int:
    """Return the id of the workspace in which a stack or inbox is. Raises NotFound.

    Stacks have a StackLookup. An inbox has none, because its id tells the id of its workspace.
    """
    lookup_ref, workspace_ref = StackLookup.ref(caller.account, stack_id), Workspace.ref(caller.account, stack_id - 1)
    rows = table.get_many([lookup_ref, workspace_ref])
    if lookup := rows.get(lookup_ref):
        return lookup.workspace
    workspace = rows.get(workspace_ref)
    if workspace and is_inbox(workspace.id, stack_id):
        return workspace.id
    raise errors.NotFound(STACK_NOT_FOUND)
