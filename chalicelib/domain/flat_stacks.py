"""Stacks by their id alone: everything is as under the workspace that they are in."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import errors
from chalicelib.domain import access, stacks
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.spaces import Whereabouts, Workspace

LOST = "there is no such stack"


@contextmanager
def within(caller: Caller, stack_id: int) -> Iterator[int]:
    """The workspace of a stack, for the block.

    Whoever is not in there is told by errors.NotFound what an unknown id is told, or it would tell that there is one.
    """
    workspace_id = _workspace_of(caller, stack_id)
    try:
        yield workspace_id
    except errors.NotFound as error:
        if error.detail in (access.ABSENT, stacks.ABSENT):
            raise errors.NotFound(LOST) from None
        raise


def _workspace_of(caller: Caller, stack_id: int) -> int:
    """The workspace that a stack is kept in, or whose inbox it would be. Raises errors.NotFound."""
    known = Whereabouts.key(caller.account, stack_id)
    items = table.get_many([known, Workspace.key(caller.account, stack_id - 1)])
    for item in items.values():
        if isinstance(item, Whereabouts):
            return item.workspace
        if isinstance(item, Workspace) and stacks.is_inbox(item.id, stack_id):
            return item.id
    raise errors.NotFound(LOST)
