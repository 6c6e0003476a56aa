"""Undoing any change restores what was there before it, and undoing that restores the change."""

import random

import pytest

from infra.testing.world import World
from tests.support import counts
from tests.support.change_stream import ChangeStream
from tests.support.random_writes import RandomWrites
from tests.support.undo import History

SEEDS = range(counts.choose(quick=1, full=12))
STEPS = counts.choose(quick=3, full=12)  # of each seed
WRITES_BEFORE = 4  # each step


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_undo_restores_what_was_before_and_undoing_that_restores_the_change(
    world: World, stream: ChangeStream, seed: int
) -> None:
    writes, history = RandomWrites(world, random.Random(seed).randrange), History(world, stream)
    for _ in range(STEPS):
        for _ in range(WRITES_BEFORE):
            writes.write()
        check_undo(writes, history)


def check_undo(writes: RandomWrites, history: History) -> None:
    """Write something, undo it and undo that, and compare what everything shows."""
    before = writes.shown()
    answer = writes.write_until_accepted()
    after = writes.shown()
    if before == after:
        return  # what was sent was there already
    sent = f"{answer.request.method} {answer.request.url.raw_path.decode()}"
    undo = history.undo_request(answer)
    assert undo.status_code == 200, (sent, undo.text)
    assert writes.shown() == before, sent
    again = history.undo_newest() if len(undo.json()["undone"]) == 1 else history.undo_request(undo)
    assert again.status_code == 200, (sent, again.text)
    assert writes.shown() == after, sent
