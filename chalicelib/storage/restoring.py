"""Put the row of a deleted object back, as an image in its history shows it."""

from typing import TypeVar

from chalicelib import errors
from chalicelib.storage.models.base import Row, has_value
from chalicelib.storage.models.tombstones import Tombstone
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Precondition

R = TypeVar("R", bound=Row)

DELETED_AGAIN = "The object has just been restored and deleted again."
KEPT_OUT = ("kind", "version", "stamp")


def copy_deleted(image: R, rows: Rows) -> R:
    """Return a new row with the attributes of an image. `rows` has the tombstone of its deletion, if that still exists.

    It is saved only while there is no row with its key. Its versions go on from that of the deleted row.
    """
    attributes = {name: getattr(image, name) for name in image.get_attributes() if name not in KEPT_OUT}
    row = type(image)(**attributes)
    tombstone = rows.get(Tombstone.ref(image))
    row.restored_version = max(image.version or 0, (tombstone.deleted_version or 0) if tombstone else 0)
    return row


def require_same_deletion(image: Row, rows: Rows) -> Precondition:
    """Return the precondition that no later deletion has taken place when the row is put back.

    Otherwise two rows of the object could get the same version.
    """
    ref = Tombstone.ref(image)
    tombstone = rows.get(ref)
    is_same = has_value(Tombstone.stamp, tombstone.stamp if tombstone else None)
    return Precondition(ref, is_same, errors.Stale(DELETED_AGAIN))
