"""Undo: one change of each noun, by the rules of the noun; what later changes have touched; what cannot be undone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib import config
from chalicelib.routes.alarms import ring_alarms
from chalicelib.storage import table
from chalicelib.storage.models.actions import Action
from infra import schedule
from infra.testing.world import World
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock
from tests.support.undo import History, create, explain, read

ACTIONS = "/api/v2/actions.json"


@pytest.fixture
def history(world: World, stream: ChangeStream) -> History:
    return History(world, stream)


def test_a_created_object_is_deleted(history: History) -> None:
    action = create(history, ACTIONS, title="x")
    answer = history.undo_newest()
    assert answer.status_code == 200, answer.text
    seq = history.changes()[0]["seq"]
    assert answer.json() == {"undone": [seq], "objects": [history.changes()[0]["object"]]}
    assert history.world.owner.get(action).status_code == 404
    assert [change["verb"] for change in history.changes()] == ["create", "delete"]


def test_a_deleted_object_comes_back_under_its_id_with_a_higher_version(history: History) -> None:
    owner = history.world.owner
    action = create(history, ACTIONS, title="x", labels=[{"name": "one"}])
    owner.patch(action, json={"progress": 5})
    before = owner.get(action).text
    owner.delete(action)
    assert history.undo_newest().status_code == 200
    assert owner.get(action).text == before
    row = table.get(Action.ref(history.world.account, owner.get(action).json()["id"]))
    assert row
    assert row.version == 3  # two before it was deleted
    assert history.newest()["verb"] == "create"
    owner.delete(action)
    assert history.undo_newest().status_code == 200
    row = table.get(Action.ref(history.world.account, owner.get(action).json()["id"]))
    assert row
    assert row.version == 4


def test_an_update_sets_back_the_fields_that_it_has_changed_and_no_others(history: History) -> None:
    owner = history.world.owner
    action = create(history, ACTIONS, title="x", progress=1)
    owner.patch(action, json={"title": "y", "progress": 2})
    seq = history.newest()["seq"]
    owner.patch(action, json={"description": "later"})
    assert history.undo(seq).status_code == 200
    after = owner.get(action).json()
    assert (after["title"], after["progress"], after["description"]) == ("x", 1, "later")


def test_an_undo_can_be_undone(history: History) -> None:
    action = create(history, ACTIONS, title="x")
    history.world.owner.patch(action, json={"title": "y"})
    for title in ("x", "y", "x"):
        assert history.undo_newest().status_code == 200
        assert history.world.owner.get(action).json()["title"] == title


def test_what_a_later_change_has_touched_is_named_unless_the_caller_insists(history: History) -> None:
    owner = history.world.owner
    action = create(history, ACTIONS, title="x")
    owner.patch(action, json={"title": "y", "progress": 2, "description": "d"})
    seq, number = history.newest()["seq"], owner.get(action).json()["id"]
    owner.patch(action, json={"title": "z", "progress": 3})
    assert explain(history.undo(seq)) == (
        f"409 A later change has touched the action {number}: title, progress. To undo this nevertheless, add"
        " ?force=true."
    )
    assert owner.get(action).json()["description"] == "d"
    assert history.undo(seq, force=True).status_code == 200
    assert owner.get(action).json()["title"] == "x"


def test_a_new_object_that_was_changed_is_not_deleted_unless_the_caller_insists(history: History) -> None:
    owner = history.world.owner
    action = create(history, ACTIONS, title="x")
    seq = history.newest()["seq"]
    owner.patch(action, json={"title": "y"})
    assert ": title." in explain(history.undo(seq))
    assert history.undo(seq, force=True).status_code == 200
    assert owner.get(action).status_code == 404


def test_what_has_been_undone_already_is_not_undone_again(history: History) -> None:
    owner = history.world.owner
    action = create(history, ACTIONS, title="x")
    created = history.newest()["seq"]
    owner.delete(action)
    deleted = history.newest()["seq"]
    assert explain(history.undo(created)) == "409 This has been undone already."
    assert history.undo(deleted).status_code == 200
    assert explain(history.undo(deleted)) == "409 This has been undone already."
    owner.patch(action, json={"title": "y"})
    updated = history.newest()["seq"]
    owner.delete(action)
    number = history.newest()["object"]["id"]
    assert explain(history.undo(updated)) == f"409 The action {number} has been deleted since. Undo its deletion first."


def test_an_object_that_others_refer_to_is_not_deleted(history: History) -> None:
    team = create(history, "/api/v2/teams.json", name="A")
    seq, number = history.newest()["seq"], history.newest()["object"]["id"]
    create(history, "/api/v2/teams.json", name="B", parent={"id": number})
    assert "because others refer to it: team" in explain(history.undo(seq))
    assert history.world.owner.get(team).status_code == 200


def test_a_parent_that_would_lead_in_a_circle_is_not_restored(history: History) -> None:
    owner = history.world.owner
    upper = create(history, "/api/v2/teams.json", name="upper")
    upper_id = history.newest()["object"]["id"]
    lower = create(history, "/api/v2/teams.json", name="lower", parent={"id": upper_id})
    lower_id = history.newest()["object"]["id"]
    owner.delete(lower)
    seq = history.newest()["seq"]
    owner.patch(upper, json={"parent": {"id": lower_id}})
    assert "409 This cannot be undone now: " in explain(history.undo(seq))
    assert "circle" in explain(history.undo(seq))


def test_a_measurement_does_not_replace_a_new_one_of_its_day(history: History) -> None:
    owner = history.world.owner
    goal = create(history, "/api/v2/goals.json", title="g")
    number = owner.get(goal).json()["id"]
    fields = {"goal": {"id": number}, "at": "2024-01-31", "actual": 1}
    measurement = create(history, "/api/v2/goal_measurements.json", **fields)
    owner.delete(measurement)
    seq = history.newest()["seq"]
    owner.post("/api/v2/goal_measurements.json", json=fields | {"actual": 2})
    assert explain(history.undo(seq)) == f"409 The goal measurement {number}20240131 exists again."
    assert owner.get(measurement).json()["actual"] == 2


def test_the_light_that_a_report_has_set_is_set_back_with_the_day_that_kept_it(history: History) -> None:
    owner = history.world.owner
    objective = create(history, "/api/v2/objectives.json", title="o")
    number = owner.get(objective).json()["id"]
    reports = "/api/v2/objective_progress_reports.json"
    new = {"objective": {"id": number}, "traffic_light": "red", "at": "2024-05-01"}
    answer = owner.post(reports, json=new)
    assert owner.get(objective).json()["traffic_light"] == "red"
    assert history.undo_request(answer).status_code == 200
    assert owner.get(objective).json()["traffic_light"] is None
    assert owner.get(reports).json() == []
    owner.post(reports, json=new | {"at": "2024-04-01", "traffic_light": "green"})
    assert owner.get(objective).json()["traffic_light"] == "green"


def test_a_deleted_activity_comes_back_at_its_place_with_all_copies(history: History) -> None:
    world = history.world
    stack = world.stack()
    items = [world.item(stack) for _ in range(3)]
    activity = f"/api/activities/{items[1]}"
    world.owner.put(f"{activity}/blox/{world.owner.get(activity).json()['alarm']['id']}", json={"value": None})
    addresses = (activity, f"{stack}/items", "/api/activities", stack)
    before = read(world.owner, *addresses)
    world.owner.delete(activity)
    assert history.undo_newest().status_code == 200
    assert read(world.owner, *addresses) == before


def test_a_delegated_activity_comes_back_with_its_delegation(history: History) -> None:
    world = history.world
    activity = world.activity()
    delegation = world.delegate(activity, "member")
    addresses = (activity, delegation, "/api/delegations/outgoing")
    before = [read(client, *addresses) for client in (world.owner, world.member)]
    world.owner.delete(activity)
    assert history.undo_newest("activity").status_code == 200
    assert [read(client, *addresses) for client in (world.owner, world.member)] == before


def test_an_activity_does_not_come_back_if_its_stack_is_gone(history: History) -> None:
    world = history.world
    stack = world.stack()
    world.owner.delete(f"/api/activities/{world.item(stack)}")
    seq = history.newest()["seq"]
    world.owner.delete(stack)
    assert explain(history.undo(seq)) == (
        "409 The stack on which the activity was does not exist any more. If it was deleted, undo that first."
    )


def test_a_moved_activity_goes_back_to_its_place_among_the_others(history: History) -> None:
    world = history.world
    first, second = world.stack("one"), world.stack("two")
    items = [world.item(first) for _ in range(3)]
    before = read(world.owner, f"{first}/items", f"{second}/items")
    world.owner.post(f"{second}/items", json={"type": "Activity", "id": items[1]})
    moved = read(world.owner, f"{first}/items", f"{second}/items")
    assert history.undo_newest().status_code == 200
    assert read(world.owner, f"{first}/items", f"{second}/items") == before
    assert history.undo_newest().status_code == 200
    assert read(world.owner, f"{first}/items", f"{second}/items") == moved


def test_a_move_is_not_undone_if_the_activity_was_moved_again(history: History) -> None:
    world = history.world
    first, second = world.stack("one"), world.stack("two")
    item = world.item(first)
    world.owner.post(f"{second}/items", json={"type": "Activity", "id": item})
    seq = history.newest()["seq"]
    world.owner.put(f"/api/activities/{item}/move", json={"workspace_id": world.personal})
    assert f"the activity {item}: place." in explain(history.undo(seq))
    assert history.undo(seq, force=True).status_code == 200
    assert [one["activity"]["id"] for one in world.owner.get(f"{first}/items").json()] == [item]


def test_blocks_and_states_of_activities_are_set_back(history: History) -> None:
    world = history.world
    activity = world.activity()
    before = read(world.owner, activity)
    world.owner.put(world.block("priority", activity), json={"value": "high"})
    world.owner.put(f"{activity}/play")
    assert history.undo_newest().status_code == 200
    assert history.undo(history.changes()[-3]["seq"]).status_code == 200
    assert read(world.owner, activity) == before


def test_an_alarm_that_was_due_meanwhile_is_not_sent(
    history: History, clock: Clock, outbox: list[dict[str, object]]
) -> None:
    world = history.world
    activity = world.activity()
    due = (clock.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert world.owner.put(world.block("alarm", activity), json={"value": due}).is_success
    world.owner.delete(activity)
    clock.now += timedelta(hours=2)
    assert history.undo_newest().status_code == 200
    outbox.clear()
    ring_alarms(schedule.EVENT, schedule.Context())
    assert outbox == []


def test_a_deleted_comment_comes_back_for_its_author_only(history: History) -> None:
    world = history.world
    activity = world.activity()
    comment = create(history, f"{activity}/comments", body="a")
    world.owner.patch(comment, json={"body": "b"})
    assert history.undo_newest().status_code == 200
    before = read(world.owner, comment, f"{activity}/comments")
    assert before[0]["body"] == "a"
    world.owner.delete(comment)
    assert explain(history.undo_newest(role="member")).startswith("403 Only the author")
    assert history.undo_newest().status_code == 200
    assert read(world.owner, comment, f"{activity}/comments") == before
    assert history.undo_newest().status_code == 200
    assert world.owner.get(comment).status_code == 404


def test_a_stack_is_changed_deleted_and_restored_at_its_place(history: History) -> None:
    world = history.world
    stacks = [world.stack(name) for name in ("one", "two", "three")]
    before = read(world.owner, f"{world.workspace_url}/stacks")
    world.owner.patch(stacks[1], json={"name": "x", "description": "y"})
    assert history.undo_newest().status_code == 200
    assert read(world.owner, f"{world.workspace_url}/stacks") == before
    world.owner.delete(stacks[1])
    assert history.undo_newest("stack").status_code == 200
    assert read(world.owner, f"{world.workspace_url}/stacks") == before
    assert history.undo_newest("stack").status_code == 200
    assert world.owner.get(stacks[1]).status_code == 404


def test_a_workspace_is_changed_deleted_and_restored_by_its_owner_only(history: History) -> None:
    world = history.world
    before = read(world.owner, world.workspace_url)
    fields = {"name": "y", "setting": {"allow_invitations": False}}
    world.owner.patch(world.workspace_url, json=fields)
    assert history.undo_newest(role="member").status_code == 403
    assert history.undo_newest().status_code == 200
    assert read(world.owner, world.workspace_url) == before
    world.owner.delete(world.workspace_url)
    assert explain(history.undo_newest(role="member")).startswith("403 Only the owner")
    assert history.undo_newest().status_code == 200
    assert read(world.owner, world.workspace_url) == before
    assert history.undo_newest("workspace").status_code == 200
    assert world.owner.get(world.workspace_url).status_code == 404


def test_a_setting_that_was_changed_later_is_named_and_another_one_does_not_matter(history: History) -> None:
    world = history.world
    both = {"allow_invitations": False, "can_change_background": False}
    world.owner.patch(world.workspace_url, json={"setting": both})
    seq = history.newest()["seq"]
    world.owner.patch(world.workspace_url, json={"name": "later", "setting": {"members_can_change_blocks": True}})
    world.owner.patch(world.workspace_url, json={"setting": {"allow_invitations": True}})
    assert f"the workspace {world.workspace}: setting.allow_invitations." in explain(history.undo(seq))
    assert history.undo(seq, force=True).status_code == 200
    setting = world.owner.get(world.workspace_url).json()["setting"]
    assert [setting[name] for name in (*both, "members_can_change_blocks")] == [True, True, True]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("invitation", "because mails about them were sent"),
        ("delegation", "because mails about them were sent"),
        ("activity", "belongs to a delegation"),
        ("user", "An admin can change a user again"),
        ("credential", "a revoked one never works again"),
        ("member", "Memberships cannot be undone"),
        ("follow", "Following a user cannot be undone"),
        ("audit_event", "says what has happened"),
    ],
)
def test_what_cannot_be_undone_says_why(history: History, kind: str, reason: str) -> None:
    world = history.world
    activity = world.activity()
    actions: dict[str, Callable[[], object]] = {
        "invitation": lambda: world.owner.post(
            f"{world.workspace_url}/invitation", json={"slug": world.users["other user"]}
        ),
        "delegation": lambda: world.delegate(activity, "member"),
        "activity": lambda: world.member.put(f"{world.delegate(activity, 'member')}/accept"),
        "user": lambda: world.owner.patch(f"/api/users/{world.users['member']}", json={"first_name": "x"}),
        "credential": lambda: world.owner.post("/api/credentials", json={}),
        "audit_event": lambda: world.owner.post("/api/credentials", json={}),
        "member": lambda: world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}"),
        "follow": lambda: world.owner.put(f"/api/users/{world.users['member']}/collaborate"),
    }
    actions[kind]()
    answer = history.undo_newest(kind)
    assert answer.status_code == 409
    assert reason in answer.json()["detail"]


def test_changes_that_the_caller_cannot_see_or_that_are_gone_are_not_found(
    history: History, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    world = history.world
    world.item()
    assert history.undo(1, "other user").status_code == 404
    assert history.undo(1, "other account").status_code == 404
    assert history.undo(99).status_code == 404
    assert history.undo(1, "read credential").status_code == 403
    clock.now += timedelta(days=config.HISTORY_DAYS + 1)
    world.item()
    assert explain(history.undo(1)) == "410 The change 1 is no longer kept."
    monkeypatch.setattr(config, "HISTORY_DAYS", 0)
    assert "records no changes" in explain(history.undo(1))
    assert "records no changes" in explain(history.undo_request("x"))
