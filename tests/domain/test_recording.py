"""Recording changes: each once, without gaps, and those of an object in their order, whatever goes wrong."""

from collections.abc import Callable

import pytest

from chalicelib.domain.changes import guard
from chalicelib.domain.changes.sequencing import Feed
from chalicelib.storage import feed_rows
from chalicelib.storage.models.base import K
from chalicelib.storage.models.changes import FeedEntry
from chalicelib.storage.rows import Rows
from tests.support.counts import choose
from tests.support.stream_model import ACCOUNTS, StreamModel

SEEDS = choose(quick=30, full=1000)
Break = Callable[[pytest.MonkeyPatch, StreamModel], None]


def run(seed: int, monkeypatch: pytest.MonkeyPatch, break_it: Break | None = None) -> None:
    """Deliver the stream of a seed, and fail if its feeds are wrong."""
    model = StreamModel(seed)
    with monkeypatch.context() as patch:
        model.store.install(patch)
        if break_it:
            break_it(patch, model)
        model.deliver()
    for account in ACCOUNTS:
        check(model.entries(account), model.expected[account])


def run_all(monkeypatch: pytest.MonkeyPatch, break_it: Break | None = None) -> None:
    for seed in range(SEEDS):
        run(seed, monkeypatch, break_it)


def check(entries: list[FeedEntry], expected: dict[str, list[str]]) -> None:
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1)), "There is a gap."
    for object_id in sorted({entry.object_id for entry in entries} | expected.keys()):
        listed = [entry.sequence for entry in entries if entry.object_id == object_id]
        assert listed == expected.get(object_id, []), f"The changes of {object_id} are wrong."
    assert all(entry.ttl is None for entry in entries[-1:]), "The newest entry expires."


def test_each_change_is_recorded_once_and_in_order_whatever_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    run_all(monkeypatch)


def test_all_entries_but_the_newest_expire_although_runs_break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    # A run whose changes must wait keeps what it takes for the newest entry, and may be wrong.
    monkeypatch.setattr(Feed, "keep_newest", lambda _: None)
    for seed in range(SEEDS):
        model = StreamModel(seed)
        with monkeypatch.context() as patch:
            model.store.install(patch)
            model.deliver()
        kept = [entry.seq for account in ACCOUNTS for entry in model.entries(account)[:-1] if entry.ttl is None]
        assert kept == [], f"seed {seed}"


def without_guard(patch: pytest.MonkeyPatch, _model: StreamModel) -> None:
    patch.setattr(guard, "require_predecessor", lambda *_: None)


def without_tombstones(patch: pytest.MonkeyPatch, _model: StreamModel) -> None:
    patch.setattr(feed_rows, "read_many", lambda _: Rows({}))


def without_conditions(patch: pytest.MonkeyPatch, model: StreamModel) -> None:
    def put(row: K) -> None:
        model.store.put_if_absent(row)
        model.store.save(row)

    patch.setattr(feed_rows, "put_if_absent", put)


def with_stale_reads(patch: pytest.MonkeyPatch, model: StreamModel) -> None:
    """Let the Query of entries miss the newest one now and then, as one that is not strongly consistent may."""

    def entries_behind(account: int, seq: int) -> list[FeedEntry]:
        entries = model.store.entries_behind(account, seq)
        return entries[:-1] if model.chance.random() < 0.5 else entries

    patch.setattr(feed_rows, "entries_behind", entries_behind)


@pytest.mark.parametrize("break_it", [without_guard, without_tombstones, without_conditions, with_stale_reads])
def test_the_check_finds_what_is_left_out_of_the_algorithm(monkeypatch: pytest.MonkeyPatch, break_it: Break) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_all(monkeypatch, break_it)
