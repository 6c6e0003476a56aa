"""The changes that a dry run has planned, as the change feed would show them once they were made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chalicelib.domain.access import Caller
from chalicelib.domain.changes import writes
from chalicelib.domain.changes.kinds import KINDS
from chalicelib.domain.changes.visibility import Surroundings, read_surroundings, read_viewer
from chalicelib.domain.changes.visible_changes import VisibleChange, visible_image
from chalicelib.domain.changes.writes import ObjectWrite
from chalicelib.storage import stream_records
from chalicelib.storage.models.changes import NO_CHANGE, Images
from chalicelib.storage.planned_rows import PlannedWrite


@dataclass(frozen=True)
class PlannedChange(VisibleChange):
    """A change that was planned. `is_new` says that the dry run has created the object, so that it has no id yet."""

    is_new: bool


def list_planned_changes(caller: Caller, planned: Iterable[PlannedWrite]) -> list[PlannedChange]:
    """Return the changes among these writes that the caller would see, in their order.

    Call it while reads see the planned rows, because what a user may see can change with them.
    """
    found = list(_find_changes(planned))
    images = [row for write, _ in found for row in (write.row_write.before, write.row_write.after) if row is not None]
    around = read_surroundings(read_viewer(caller), images)
    changes = [_see(write, around, is_new=is_new) for write, is_new in found]
    return [change for change in changes if change.shows_anything]


def _find_changes(planned: Iterable[PlannedWrite]) -> Iterator[tuple[ObjectWrite, bool]]:
    """Yield the writes of objects that change something, and whether the dry run has created the object."""
    for one in planned:
        row_write = stream_records.describe_write(Images(one.before, one.after), KINDS)
        write = writes.interpret_write(row_write) if row_write else None
        if write is not None and write.verb != NO_CHANGE:
            yield write, one.is_new


def _see(write: ObjectWrite, around: Surroundings, *, is_new: bool) -> PlannedChange:
    kind, row_write = write.kind.name, write.row_write
    before, after = (visible_image(kind, row, around) for row in (row_write.before, row_write.after))
    return PlannedChange(write.verb, kind, write.object_id, before, after, around, is_new)
