"""The scheduled function purges deleted workspaces and stacks when they are due, whatever fails on the way."""

import json
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from chalicelib import config, errors
from chalicelib.domain.activities import deletion, purges
from chalicelib.http import schedule as scheduled
from chalicelib.routes.alarms import ring_alarms
from chalicelib.storage import table, unit_of_work
from chalicelib.storage.models.purges import Purge
from infra import operations, schedule
from infra.testing.world import World, create_item, create_workspace
from tests.support.clock import Clock
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.deleted_objects import restore_stack, restore_workspace
from tests.support.failures import Hook, Outage, failure_points
from tests.support.stored_rows import check_places, stored_rows

DAY = 24 * 60 * 60
Json = dict[str, Any]


def run() -> None:
    ring_alarms(schedule.EVENT, schedule.Context())


def workspace_ids() -> set[str]:
    return {row["id"]["N"] for row in stored_rows("workspace")}


def fill(world: World, place: str, count: int = 3) -> list[int]:
    """Put a stack and items with comments into a workspace."""
    assert world.owner.post(f"{place}/stacks", json={"name": "x"}).status_code == 201
    items = [create_item(world.owner, place) for _ in range(count)]
    for item in items[:2]:
        assert world.owner.post(f"/api/activities/{item}/comments", json={"body": "x"}).status_code == 201
    return items


def test_a_workspace_is_purged_with_everything_in_it_after_thirty_days(world: World, clock: Clock) -> None:
    kept = {(row["pk"]["S"], row["sk"]["S"]) for row in stored_rows() if row["kind"]["S"] != "credential"}
    place = f"/api/workspaces/{create_workspace(world.owner)}"
    fill(world, place)
    world.owner.post(f"{place}/invitation", json={"slug": world.users["invited"]})
    assert world.owner.delete(place).status_code == 204
    clock.goes(30 * DAY - 1)
    run()
    assert place.rpartition("/")[2] in workspace_ids()
    clock.goes(1)
    run()
    left = {(row["pk"]["S"], row["sk"]["S"]): row for row in stored_rows()}
    temporary = ("credential", "link_token", "recent_mail")
    assert [key for key, row in left.items() if key not in kept and row["kind"]["S"] not in temporary] == []
    assert kept <= left.keys()


def test_a_stack_is_purged_after_thirty_days_and_the_workspace_stays(world: World, clock: Clock) -> None:
    stack = world.stack()
    number = stack.rpartition("/")[2]
    assert world.owner.delete(stack).status_code == 204
    assert number in [row["id"]["N"] for row in stored_rows("stack")]
    clock.goes(30 * DAY)
    run()
    assert number not in [row["id"]["N"] for row in stored_rows("stack")]
    assert [row for row in stored_rows("stack_lookup") if number in row["sk"]["S"]] == stored_rows("purge") == []
    assert world.owner.get(world.workspace_url).status_code == 200


@pytest.mark.parametrize("days", [0, 3])
def test_the_operator_chooses_the_number_of_days(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    monkeypatch.setattr(config, "PURGE_DAYS", days)
    world.owner.delete(world.workspace_url)
    [note] = stored_rows("purge")
    assert note["due"]["S"] == clock.later(days * DAY)
    clock.goes(days * DAY)
    run()
    assert str(world.workspace) not in workspace_ids()


def test_a_workspace_or_stack_that_was_restored_is_not_purged(world: World, clock: Clock) -> None:
    stack = world.stack()
    world.owner.delete(stack)
    restore_stack(world, stack)
    world.owner.delete(world.workspace_url)
    restore_workspace(world)
    clock.goes(31 * DAY)
    run()
    assert world.owner.get(stack).status_code == 200


def test_a_workspace_that_is_deleted_again_is_purged_thirty_days_after_that(world: World, clock: Clock) -> None:
    stack = world.stack()
    for restore, address in ((partial(restore_stack, world, stack), stack), (partial(restore_workspace, world), "")):
        world.owner.delete(address or world.workspace_url)
        clock.goes(10 * DAY)
        restore()
        world.owner.delete(address or world.workspace_url)
    assert len(stored_rows("purge")) == 2
    clock.goes(20 * DAY)
    run()
    assert str(world.workspace) in workspace_ids()
    clock.goes(10 * DAY)
    run()
    assert str(world.workspace) not in workspace_ids()
    assert stored_rows("purge") == []


def test_a_note_that_belongs_to_no_deletion_is_dropped(world: World) -> None:
    notes = [Purge.build("2020-01-01T00:00:00Z", world.account, *ids) for ids in ((world.workspace,), (7, 8))]
    unit_of_work.run(lambda: unit_of_work.Change(None, save=notes))
    run()
    assert stored_rows("purge") == []
    assert world.owner.get(world.workspace_url).status_code == 200


def assert_hidden(world: World, workspace: int, items: list[int]) -> None:
    check_places()
    assert {world.owner.get(f"/api/activities/{item}").status_code for item in items} == {404}
    assert workspace not in [one["id"] for one in world.owner.get("/api/workspaces").json()]


@pytest.mark.parametrize("lost", [False, pytest.param(True, marks=pytest.mark.nightly)])
def test_a_purge_that_is_cut_off_leaves_nothing_visible_and_is_finished_by_the_next_run(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    monkeypatch.setattr(config, "PURGE_DAYS", 0)
    monkeypatch.setattr("chalicelib.clock.sleep", lambda _: None)
    outage = Outage(on, lost)
    for after in failure_points():
        number = create_workspace(world.owner)
        items = fill(world, f"/api/workspaces/{number}")
        assert world.owner.delete(f"/api/workspaces/{number}").status_code == 204
        outage.begins(after)
        with suppress(scheduled.IncompleteRun, errors.Problem):
            run()
        outage.ends()
        assert_hidden(world, number, items)
        run()
        assert str(number) not in workspace_ids()
        assert stored_rows("purge", "comment", "comment_lookup", "placement") == []
        if not outage.struck:
            return
    raise AssertionError("it never ends")


def test_a_purge_ends_when_its_time_is_over_and_the_next_run_continues(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH_SIZE", 1)
    fill(world, world.workspace_url, 4)
    world.owner.delete(world.workspace_url)
    [note] = table.query(Purge.due_until("9"))
    counts: list[tuple[str | None, int]] = [(purges.UNFINISHED, len(stored_rows("activity")))]
    while counts[-1][1] > 0:
        counts.append((purge_for_a_while(note, steps=3), len(stored_rows("activity"))))
        with pytest.raises(errors.NotFound):
            restore_workspace(world)
    assert {outcome for outcome, _ in counts} == {purges.UNFINISHED}
    assert len(counts) > 2
    assert purge_for_a_while(note, steps=99) == purges.FINISHED
    assert purge_for_a_while(note, steps=99) is None, "another run was faster"


def purge_for_a_while(note: Purge, steps: int) -> str | None:
    """Purge as long as that many steps take, and return the outcome."""
    answers = iter([True] * steps)
    purged = unit_of_work.run(partial(purges.purge, note, lambda: next(answers, False)))
    return purged.outcome if purged else None


def test_a_workspace_that_is_restored_just_before_its_purge_begins_stays(world: World, clock: Clock, on: Hook) -> None:
    item = world.item()
    world.owner.delete(world.workspace_url)
    clock.goes(30 * DAY)
    done: list[bool] = []

    def restore(**_: Any) -> None:
        if not done:
            done.append(True)
            restore_workspace(world)

    on("before-call.dynamodb.PutItem", restore)
    run()
    assert done
    assert world.owner.get(f"/api/activities/{item}").status_code == 200
    check_places()


def test_a_stack_that_is_restored_just_before_its_purge_stays(world: World, clock: Clock, on: Hook) -> None:
    stack = world.stack()
    world.owner.delete(stack)
    clock.goes(30 * DAY)
    ConcurrentWriter(on).work = lambda: restore_stack(world, stack)
    run()
    assert world.owner.get(stack).status_code == 200


def test_a_failed_purge_does_not_stop_the_others_and_the_run_reports_it(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "PURGE_DAYS", 0)
    places = [create_workspace(world.owner) for _ in range(2)]
    for place in places:
        world.owner.delete(f"/api/workspaces/{place}")
    work, failed = purges.purge, list[Purge]()

    def fail_once(due: Purge, has_time: purges.HasTime) -> Any:
        if not failed:
            failed.append(due)
            raise errors.Unavailable("no")
        return work(due, has_time)

    monkeypatch.setattr(purges, "purge", fail_once)
    with pytest.raises(scheduled.IncompleteRun):
        run()
    assert len(stored_rows("purge")) == 1
    run()
    assert not {str(place) for place in places} & workspace_ids()


def test_each_purge_is_one_line_in_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(config, "PURGE_DAYS", 0)
    world.owner.delete(world.workspace_url)
    caplog.clear()
    run()
    [line] = [json.loads(record.message) for record in caplog.records if record.name == "access"]
    expected = {"work": "purged", "account": world.account, "workspace": world.workspace, "outcome": "finished"}
    assert expected.items() <= line.items()


def test_the_operator_purges_a_deleted_workspace_or_stack_at_once(world: World) -> None:
    stack = world.stack()
    number = int(stack.rpartition("/")[2])
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        operations.purge(world.account, world.workspace, number)
    world.owner.delete(stack)
    purged = {"account": world.account, "workspace": world.workspace, "stack": number, "outcome": "finished"}
    assert operations.purge(world.account, world.workspace, number) == {"purged": purged}
    with pytest.raises(errors.NotFound):
        operations.purge(world.account, world.workspace, number)
    with pytest.raises(errors.Conflict, match="has not been deleted"):
        operations.purge(world.account, world.workspace)
    fill(world, world.workspace_url)
    world.owner.delete(world.workspace_url)
    assert operations.purge(world.account, world.workspace) == {"purged": purged | {"stack": 0}}
    assert str(world.workspace) not in workspace_ids()
    assert stored_rows("purge", "comment", "placement") == []
    with pytest.raises(errors.NotFound):
        operations.purge(world.account, world.workspace)
