"""The snapshot of the local store: one file with all tables and unread stream records, and its position in the log."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from infra.data_folder import STATE_FILE

NEW = "dynamodb.new"  # ministack appends ".json"


class SnapshotError(Exception):
    """The snapshot cannot be read or written. The message is a full sentence."""


class Snapshot(NamedTuple):
    """The tables as they are after the operation at a position of the log, and the stream records unread by then."""

    position: int
    tables: Any
    unread: Sequence[Any]


def read(folder: Path) -> Snapshot | None:
    """Return the snapshot in a folder, if there is one. Raises SnapshotError."""
    from ministack.core.persistence import load_state

    if not (folder / STATE_FILE).exists():
        return None
    state = load_state(STATE_FILE.removesuffix(".json"))
    if state is None:
        raise SnapshotError(f"The data file {folder / STATE_FILE} cannot be read.")
    return Snapshot(state.get("log_position", 0), state["tables"], state.get("unread", ()))


def write(folder: Path, snapshot: Snapshot) -> None:
    """Replace the snapshot in a folder. After a crash there is either the old or the new one. Raises SnapshotError."""
    from ministack.core.persistence import save_state

    new_file = folder / f"{NEW}.json"
    try:
        new_file.unlink(missing_ok=True)
        # save_state logs an error instead of raising it, and then there is no file.
        save_state(NEW, {"log_position": snapshot.position, "tables": snapshot.tables, "unread": snapshot.unread})
        synchronize(new_file)
        new_file.replace(folder / STATE_FILE)
        synchronize(folder)
    except OSError as error:
        with suppress(OSError):
            new_file.unlink(missing_ok=True)
        raise SnapshotError(f"The data file {folder / STATE_FILE} cannot be written.") from error


def synchronize(path: Path) -> None:
    """Wait until a file or the entries of a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
