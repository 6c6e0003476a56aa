"""Somebody else who changes rows between the moment when a request reads them and the moment when it writes."""

from collections.abc import Callable
from typing import Any

from chalicelib.storage import table
from chalicelib.storage.models.base import Ref
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from tests.support.failures import Hook
from tests.support.stored_rows import save_rows


class ConcurrentWriter:
    """Does its `work` once, just before the next transaction is sent to DynamoDB."""

    def __init__(self, on: Hook) -> None:
        self.work: Callable[[], object] | None = None
        on("before-call.dynamodb.TransactWriteItems", self._run)

    def _run(self, **_: Any) -> None:
        if self.work:
            work, self.work = self.work, None
            work()


def mark_as_being_deleted(ref: Ref[Stack | Workspace]) -> None:
    """Put a stack or workspace into the state in which its deletion has begun."""
    item = table.get(ref)
    assert item
    item.deletion_state = "deleting"
    save_rows(item)
