"""Purge deleted workspaces and stacks in a test, without waiting until they are due."""

from functools import partial

from chalicelib.domain.activities import purges
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.base import LAST_SORT_KEY
from chalicelib.storage.models.purges import Purge


def purge_deleted() -> list[purges.Purged | None]:
    """Do all purges that are noted, as the scheduled function does when they are due. Return their outcomes."""
    notes = list(table.query(Purge.due_until(LAST_SORT_KEY)))
    return [unit_of_work.run(partial(purges.purge, note, has_time=lambda: True)) for note in notes]
