"""The tables of the local store. A write is on the disk before it is answered.

Each write goes to the log first and is then carried out in memory, in the same order. Writes that arrive while the disk
is busy form one batch, with one wait for the disk. If the log cannot be written, the batch is refused and memory stays
as it is. At the next start, the log is carried out again on the last snapshot, with the same results. The records of
the stream have the same numbers then.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from infra import emulator, snapshot
from infra.data_folder import LOG_FILE, StartupError
from infra.operation_log import Operation, OperationLog, OperationLogError
from infra.snapshot import Snapshot, SnapshotError
from infra.store_access import StoreResponse, error_response
from infra.stream_records import StreamRecords

SNAPSHOT_COUNT = 5000  # operations in the log after which there is a new snapshot; a start repeats these in seconds
SNAPSHOT_SIZE = 16 * 1024 * 1024  # or so many bytes
MIN_PAUSE = 1.0  # seconds between two snapshots
PAUSE_RATIO = 5  # a pause lasts at least five times as long as a snapshot, however large the store is
PROBE_PAUSE = 1.0  # seconds between two attempts to write to a log that failed
PROBE_SIZE = 64 * 1024  # bytes; more than most batches take
NOTHING_IS_LOST = f"No data is lost: {LOG_FILE} has the latest changes. Make space on the disk before the next start."

_log = logging.getLogger(__name__)


class SaveError(Exception):
    """The store could not save everything when it stopped. The message says why, in full sentences on one line."""


class _Write(NamedTuple):
    """A write that waits for its turn."""

    operation: Operation
    answer: asyncio.Future[StoreResponse]


class DurableStore:
    """The emulator's tables with a log and a snapshot in a folder."""

    def __init__(self, folder: Path, stream: StreamRecords) -> None:
        self.is_writable = True  # whether the last attempt to write to the log has succeeded
        self._folder = folder
        self._stream = stream
        self._queue: asyncio.Queue[_Write | None] = asyncio.Queue()
        self._disk = ThreadPoolExecutor(1, "store-log")  # the only thread that uses the log while the store runs
        self._snapshot: asyncio.Task[None] | None = None
        self._no_snapshot_before = 0.0

    def open(self) -> None:
        """Load the snapshot, and carry out the log. Raises StartupError."""
        path = self._folder / LOG_FILE
        try:
            self._operations = OperationLog(path)
            snapshot.synchronize(self._folder)
            asyncio.run(self._restore())
        except (OperationLogError, OSError) as error:
            raise StartupError(f"The log {path} cannot be used: {error}.") from None
        except SnapshotError as error:
            raise StartupError(str(error)) from None

    async def _restore(self) -> None:
        position, tables, unread = snapshot.read(self._folder) or Snapshot(0, {}, ())
        if position < self._operations.truncated_at:
            raise SnapshotError(
                f"The data folder {self._folder} has a log, but not the data file that the log continues. Put the file "
                f"back, or move {LOG_FILE} away as well to start with an empty store."
            )
        emulator.load_tables(tables)
        self._stream.restore(self._operations.handled, unread)
        for place, operation in self._operations.read_after(position):
            await self._carry_out(place, operation)
        self._operations.skip_to(position)

    async def _carry_out(self, position: int, operation: Operation) -> StoreResponse:
        response = await emulator.carry_out(*operation)
        self._stream.collect(position)
        return response

    async def write(self, operation: Operation) -> StoreResponse:
        """Log a write and carry it out. Return 503 if it cannot be logged; then it has no effect."""
        write = _Write(operation, asyncio.get_running_loop().create_future())
        await self._queue.put(write)
        return await write.answer

    async def run(self) -> None:
        """Handle writes until `stop` is called."""
        is_running = True
        while is_running:
            batch = await self._next_batch()
            is_running = None not in batch
            writes = [write for write in batch if write]
            if writes:
                await self._handle(writes)
            elif is_running:
                await self._probe()
            self._begin_snapshot_if_due()
        if self._snapshot:
            await self._snapshot

    async def stop(self) -> None:
        """End `run` after the writes that wait."""
        await self._queue.put(None)

    def close(self) -> None:
        """Save a snapshot, and close the log. Raises SaveError, but the log still has what the snapshot lacks."""
        self._disk.shutdown()
        try:
            if self._operations.count:
                snapshot.write(self._folder, self._take_snapshot())
                self._operations.truncate(self._operations.position)
        except SnapshotError as error:
            raise SaveError(f"{error} {NOTHING_IS_LOST}") from None
        except OperationLogError as error:
            raise SaveError(f"The log cannot be truncated: {error}. {NOTHING_IS_LOST}") from None
        finally:
            self._operations.close()

    async def _next_batch(self) -> list[_Write | None]:
        """Wait for the next write, and return it with all others that wait. Return nothing if it is time for a probe.

        None stands for the call of `stop`.
        """
        try:
            first = await asyncio.wait_for(self._queue.get(), None if self.is_writable else PROBE_PAUSE)
        except TimeoutError:
            return []
        return [first, *(self._queue.get_nowait() for _ in range(self._queue.qsize()))]

    async def _handle(self, writes: Sequence[_Write]) -> None:
        """Log writes, carry them out, and answer them."""
        operations = [write.operation for write in writes]
        first = self._operations.position + 1
        is_logged = await self._use_disk(lambda: self._operations.append(operations, self._stream.handled))
        for position, write in enumerate(writes, first):
            answer = await self._carry_out(position, write.operation) if is_logged else _refusal()
            if not write.answer.done():  # the client may have gone away
                write.answer.set_result(answer)

    async def _probe(self) -> None:
        await self._use_disk(lambda: self._operations.probe(PROBE_SIZE))

    async def _use_disk(self, work: Callable[[], None]) -> bool:
        """Write to the log, note whether that has succeeded, and return it."""
        error = None
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, work)
        except OperationLogError as caught:
            error = caught
        if error and self.is_writable:
            _log.error("The log cannot be written: %s. Writes are refused until it can be written again.", error)
        elif not error and not self.is_writable:
            _log.error("The log can be written again.")
        self.is_writable = error is None
        return self.is_writable

    def _begin_snapshot_if_due(self) -> None:
        is_due = self._operations.count >= SNAPSHOT_COUNT or self._operations.size >= SNAPSHOT_SIZE
        is_running = self._snapshot and not self._snapshot.done()
        if is_due and not is_running and time.monotonic() >= self._no_snapshot_before:
            self._snapshot = asyncio.create_task(self._save(time.monotonic(), self._take_snapshot()))

    def _take_snapshot(self) -> Snapshot:
        """Return the tables as they are between two batches, when memory and the log agree."""
        return Snapshot(self._operations.position, emulator.copy_tables(), self._stream.list_unread())

    async def _save(self, started: float, taken: Snapshot) -> None:
        """Write a snapshot while requests go on, and then truncate the log."""
        try:
            await asyncio.to_thread(snapshot.write, self._folder, taken)
        except SnapshotError as error:
            _log.error("%s The log keeps all changes.", error)
        else:
            await self._use_disk(lambda: self._operations.truncate(taken.position))
        ended = time.monotonic()
        self._no_snapshot_before = ended + max(MIN_PAUSE, PAUSE_RATIO * (ended - started))


def _refusal() -> StoreResponse:
    return error_response(503, "ServiceUnavailable", "The store cannot write to its disk.")
