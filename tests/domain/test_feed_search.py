"""The search for a time in the feed, whose entries are almost in the order of time."""

from collections.abc import Iterable
from unittest.mock import Mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.changes.feed_search import PROBES, find_last_before
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.storage.rows import Rows


def read_from(times: list[int], expired: int) -> Mock:
    """Return what stands in for reading entries: the first of these times is that of seq 1."""

    def get_many(refs: Iterable[Ref[FeedEntry]]) -> Rows:
        seqs = [FeedEntry.seq_at(ref.sk) for ref in refs]
        assert all(0 < seq <= len(times) for seq in seqs)
        assert len(seqs) <= PROBES + 1
        return Rows.of(FeedEntry.at(1, seq, changed_at=times[seq - 1]) for seq in seqs if seq > expired)

    return Mock(side_effect=get_many)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    times=st.lists(st.integers(0, 30), max_size=400).map(sorted), time=st.integers(0, 31), expired=st.integers(0, 30)
)
def test_the_last_entry_before_a_time_is_found(
    monkeypatch: pytest.MonkeyPatch, times: list[int], time: int, expired: int
) -> None:
    before = max([seq for seq, at in enumerate(times, 1) if at < time or seq <= expired], default=0)
    monkeypatch.setattr(table, "get_many", read_from(times, expired))
    assert find_last_before(1, len(times), time) == before


def test_a_million_entries_are_searched_in_a_few_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    times = list(range(1_000_000))
    get_many = read_from(times, 0)
    monkeypatch.setattr(table, "get_many", get_many)
    assert find_last_before(1, len(times), 345_678) == 345_678
    assert get_many.call_count <= 6
