"""The writes of objects: what each record of the stream has done to an object, if it has done anything."""

from dataclasses import dataclass, replace

from chalicelib.domain.changes.kinds import KINDS, Kind
from chalicelib.json_text import JsonObject
from chalicelib.storage import feed_rows, stream_records
from chalicelib.storage.models.changes import NO_CHANGE, Images
from chalicelib.storage.models.delegations import PAST, Delegation
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.stream_records import RowWrite


@dataclass(frozen=True)
class ObjectWrite:
    """A write of an object's row. `verb` says what it did to the object; it is NO_CHANGE for one that changed nothing.

    A write without a change is recorded as well if the row has a new stamp: the stamps of an object's records form a
    chain, by which a missing one is noticed.
    """

    kind: Kind
    object_id: str
    verb: str
    row_write: RowWrite

    @property
    def images(self) -> Images:
        """The row before and after the write, without secrets."""
        images = self.row_write.images
        return Images(self.kind.without_secrets(images.before), self.kind.without_secrets(images.after))


def read_object_write(record: JsonObject) -> ObjectWrite | None:
    """Return what a record of the stream did to an object, or None if there is nothing to record.

    This reads a row for a delegation that has ended and for an invitation that is gone, and nothing for any other.
    """
    row_write = stream_records.read_write(record, KINDS)
    return interpret_write(row_write) if row_write else None


def interpret_write(row_write: RowWrite) -> ObjectWrite | None:
    """Return what a write of a row does to an object, or None if it does nothing. It reads as `read_object_write`."""
    if not _is_of_object(row_write):
        return None
    if isinstance(row_write.row, Delegation):
        return _read_delegation(row_write, row_write.row)
    if isinstance(row_write.row, Invitation):
        return _read_invitation(row_write, row_write.row)
    return _classify(row_write)


def _is_of_object(write: RowWrite) -> bool:
    """Return whether a write is of an object itself, not of a copy, and not the removal of an event."""
    if KINDS[write.kind].is_log:
        return write.before is None
    return write.row.is_canonical


def _classify(write: RowWrite) -> ObjectWrite | None:
    kind = KINDS[write.kind]
    verb = kind.verb(write.before, write.after)
    if verb == NO_CHANGE and write.before and write.after and write.before.stamp == write.after.stamp:
        return None
    return ObjectWrite(kind, kind.identify(write.row), verb, write)


def _read_delegation(write: RowWrite, row: Delegation) -> ObjectWrite | None:
    """Return a write of a delegation.

    When a delegation ends, its row is deleted, and one with another key is put in the same transaction. The stream has
    two records of that, in any order. The deletion is recorded as the change, with the new row as what is there after
    it. The other record is left out.
    """
    if row.is_past and write.before is None:
        return None
    if not row.is_past and write.after is None:
        past = feed_rows.read(Delegation.ref(write.account, row.delegator, PAST, row.id))
        if past is not None:
            images = Images(write.images.before, past.serialize())
            write = replace(write, after=past, images=images)
    return _classify(write)


def _read_invitation(write: RowWrite, row: Invitation) -> ObjectWrite | None:
    """Return a write of an invitation.

    When an invitation passes to another user, its row is deleted, and one with another key is put in the same
    transaction. The latter is recorded as the change. The record of the deletion is left out.
    """
    if write.after is None:
        tombstone = feed_rows.read(Tombstone.ref(row))
        if tombstone is not None and tombstone.moved_to:
            return None
    elif write.before is None and row.moved_from:
        former = Invitation.at(write.account, row.moved_from, row.id, user=row.moved_from)
        tombstone = feed_rows.read(Tombstone.ref(former))
        stamp = tombstone.deleted_stamp if tombstone else None
        write = stream_records.as_move(write, former.reference, row.moved_from, stamp)
    return _classify(write)
