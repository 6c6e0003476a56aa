"""The log of the local store's writes: what it returns after a crash."""

import shutil
from pathlib import Path

import pytest

from infra.operation_log import Operation, OperationLog, OperationLogError
from tests.support import counts

ONE, TWO, THREE = (Operation("PutItem", text.encode()) for text in ("one", "two", "three"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dynamodb.log"


def written(path: Path, *batches: list[Operation]) -> OperationLog:
    """Return a log after so many batches."""
    log = OperationLog(path)
    for batch in batches:
        log.append(batch)
    return log


def read(log: OperationLog, position: int = 0) -> list[Operation]:
    """Return the operations after a position."""
    return [operation for _, operation in log.read_after(position)]


def test_operations_are_returned_in_the_order_in_which_they_were_appended(path: Path) -> None:
    written(path, [TWO, ONE], [THREE]).close()
    log = OperationLog(path)
    assert read(log) == [TWO, ONE, THREE]
    assert read(log, 2) == [THREE]
    assert (log.position, log.count, log.size) == (3, 3, 11)


def test_a_truncated_log_lacks_what_the_snapshot_has_and_continues_with_the_next_position(path: Path) -> None:
    log = written(path, [ONE, TWO], [THREE])
    log.truncate(2)
    assert (read(log), log.count) == ([THREE], 1)
    log.truncate(3)
    log.close()
    log = OperationLog(path)
    assert (read(log), log.position, log.truncated_at) == ([], 3, 3)
    log.append([ONE])
    assert (read(log, 3), log.position) == ([ONE], 4)


def test_a_log_that_is_older_than_the_snapshot_skips_the_positions_of_the_snapshot(path: Path) -> None:
    log = written(path, [ONE])
    log.skip_to(5)
    log.append([TWO])
    assert (list(log.read_after(5)), log.position) == ([(6, TWO)], 6)


def test_a_crash_keeps_every_appended_batch(path: Path, tmp_path: Path) -> None:
    log = written(path, [ONE, TWO], [THREE])
    copy = copied(path, tmp_path / "copy")  # as the files are while the log is open
    assert read(OperationLog(copy)) == [ONE, TWO, THREE]
    log.close()


def test_the_log_knows_the_last_stream_record_that_was_handled_before_its_last_write(path: Path) -> None:
    log = written(path, [ONE])
    assert log.handled == 0
    log.append([TWO], handled=2000)
    log.append([THREE], handled=1000)
    log.truncate(3)
    log.close()
    assert OperationLog(path).handled == 2000


def test_a_probe_leaves_the_operations_as_they_are(path: Path) -> None:
    log = written(path, [ONE])
    log.probe(100_000)
    assert (read(log), log.position) == ([ONE], 1)


@pytest.mark.parametrize("damage", ["cut", "overwrite"])
def test_a_torn_end_loses_whole_batches_from_the_end_only(path: Path, tmp_path: Path, damage: str) -> None:
    batches = [[Operation("PutItem", f"{batch} {number}".encode() * 100) for number in range(3)] for batch in range(8)]
    log = written(path, *batches)
    prefixes = [[operation for batch in batches[:count] for operation in batch] for count in range(9)]
    lengths = set()
    for offset in range(0, 200_000, counts.choose(quick=12_001, full=3_001)):
        copy = copied(path, tmp_path / f"{damage} at {offset}")
        with copy.with_name(f"{copy.name}-wal").open("r+b") as file:
            if damage == "cut":
                file.truncate(offset)
            else:
                file.seek(offset)
                file.write(bytes(range(256)))
        survivor = OperationLog(copy)
        survived = read(survivor)
        survivor.close()
        assert survived in prefixes
        lengths.add(len(survived))
    assert {0, 24} < lengths
    log.close()


def test_a_file_that_is_no_log_is_an_error(path: Path) -> None:
    path.write_bytes(b"no log" * 1000)
    with pytest.raises(OperationLogError, match="not a database"):
        OperationLog(path)


def copied(path: Path, folder: Path) -> Path:
    """Copy the files of an open log, and return the path of the copy."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder)
    return folder / path.name
