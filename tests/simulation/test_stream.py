"""The stream of the simulation: its records are those that Lambda delivers, and rows keep their order."""

from collections import defaultdict

import pytest

from chalicelib.storage import stream_records
from infra.testing.stream_records import build_record
from tests.simulation.store.stream import Stream, StreamRecord
from tests.simulation.store.table import Commit, Item, Key, RowChange

SEEDS = range(40)


def team(number: int, version: int) -> Item:
    """Return a row of a team."""
    keys = {"pk": {"S": f"ACCOUNT#{number:09}#OGSM"}, "sk": {"S": f"TEAM#{number:016}"}}
    return keys | {"kind": {"S": "team"}, "version": {"N": str(version)}, "stamp": {"B": "AAEC"}}


def write(stream: Stream, commits: int = 90) -> dict[Key, list[int]]:
    """Write some teams in each of some commits. Return the commits of each row, in order."""
    written: dict[Key, list[int]] = defaultdict(list)
    for number in range(1, commits + 1):
        rows = [team(row, number) for row in range(4) if (number + row) % 3]
        before = [team(int(row["sk"]["S"][5:]), number - 1) for row in rows]
        keys = [(row["pk"]["S"], row["sk"]["S"]) for row in rows]
        stream.add(Commit(number, tuple(map(RowChange, keys, before, rows))), 1_800_000_000.7 + number)
        for key in keys:
            written[key].append(number)
    stream.release()
    return written


def test_the_records_of_a_row_are_in_the_order_of_its_commits_and_none_is_missing() -> None:
    for seed in SEEDS:
        stream = Stream(seed, "table", 1_800_000_000.0)
        written = write(stream)
        found: dict[Key, list[int]] = defaultdict(list)
        for shard in stream.shards:  # children are behind their parents
            sequences = [record.sequence for record in shard.records]
            assert sequences == sorted(sequences)
            for record in shard.records:
                found[record.change.key].append(record.commit)
        assert found == written


def test_in_some_seeds_a_shard_is_replaced_and_the_records_of_commits_are_mixed() -> None:
    streams = [Stream(seed, "table", 1_800_000_000.0) for seed in SEEDS]
    for stream in streams:
        write(stream)
    assert {len(stream.shards) for stream in streams} == {2, 4, 6, 12}
    orders = [[record.commit for record in stream.by_sequence.values()] for stream in streams]
    assert {order == sorted(order) for order in orders} == {True, False}


def test_a_record_has_the_form_in_which_lambda_delivers_it() -> None:
    stream = Stream(1, "table", 1_800_000_000.0)
    change = RowChange(("a", "b"), team(1, 1), team(1, 2))
    record = stream.to_json(StreamRecord(10**20, 1, 1_800_000_000, change))
    wanted = build_record(team(1, 1), team(1, 2), 10**20)
    assert record.keys() == wanted.keys()
    assert record["dynamodb"].keys() == wanted["dynamodb"].keys()
    read = stream_records.read_write(record, ["team"])
    assert read is not None
    assert (read.account, read.kind, read.arrived_at) == (1, "team", 1_800_000_000_000)
    assert read.arrived_at - read.stream_began_at == 3_600_000


@pytest.mark.parametrize("kind", ["feed_entry", "history_record", "counter"])
def test_rows_that_the_mapping_filters_are_not_in_the_stream(kind: str) -> None:
    stream = Stream(1, "table", 0.0)
    row = team(1, 1) | {"kind": {"S": kind}}
    stream.add(Commit(1, (RowChange(("a", "b"), None, row),)), 0.0)
    stream.release()
    assert stream.by_sequence == {}
