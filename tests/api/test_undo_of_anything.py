"""Undoing any change restores what was there before it, and undoing that restores the change."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from infra.testing.world import World
from tests.support import counts
from tests.support.change_stream import ChangeStream
from tests.support.random_writes import RandomWrites
from tests.support.undo import History


@pytest.fixture
def history(world: World, stream: ChangeStream) -> History:
    return History(world, stream)


@settings(
    max_examples=counts.choose(quick=4, full=60),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # the world goes on from one example to the next, so nothing can be tried again
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_undo_restores_what_was_before_and_undoing_that_restores_the_change(
    history: History, data: st.DataObject
) -> None:
    writes = RandomWrites(history.world, lambda most: data.draw(st.integers(0, 10**6)) % most)
    for _ in range(3):
        writes.write()
    before = writes.shown()
    answer = writes.write()
    after = writes.shown()
    if answer is None or not answer.is_success or before == after:
        return
    undo = history.undo_request(answer)
    assert undo.status_code == 200, (answer.request.method, answer.request.url, undo.text)
    assert writes.shown() == before
    again = history.undo_newest() if len(undo.json()["undone"]) == 1 else history.undo_request(undo)
    assert again.status_code == 200, again.text
    assert writes.shown() == after
