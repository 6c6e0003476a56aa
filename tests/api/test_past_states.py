"""Single objects as they were at a time: `?at=` on their addresses."""

from typing import Any

import pytest

from chalicelib import config
from infra.testing.nouns import ogsm_objects
from infra.testing.world import World, location_of
from tests.support.change_stream import ChangeStream
from tests.support.clock import Timeline
from tests.support.histories import CREATED_AND_UPDATED, NOUNS_ONCE, create_action, create_comment, without_items

Json = dict[str, Any]
DAY = 86_400


def at(world: World, address: str, time: str, role: str = "owner", status: int = 200) -> Any:
    """Return an object as it was at a time, or the explanation of an error."""
    answer = world.clients[role].get(address, params={"at": time})
    assert answer.status_code == status, answer.text
    return answer.json() if status == 200 else answer.json()["detail"]


def check_past_states(world: World, stream: ChangeStream, timeline: Timeline, address: str, body: Json) -> None:
    """Update an object that has just been created, and fail unless it is answered as it was before and after that."""
    before, created = timeline.later(-1), timeline.mark()
    first = without_items(world.owner.get(address).json())
    assert world.owner.patch(address, json=body).is_success
    updated = timeline.mark()
    stream.catch_up()
    second = without_items(world.owner.get(address).json())
    assert [at(world, address, time) for time in (created, updated, timeline.mark())] == [first, second, second]
    assert "no such object" in at(world, address, before, status=404)


@pytest.mark.parametrize("name", CREATED_AND_UPDATED)
def test_an_object_is_answered_as_it_was(world: World, stream: ChangeStream, timeline: Timeline, name: str) -> None:
    timeline.goes(10)
    create, body = CREATED_AND_UPDATED[name]
    check_past_states(world, stream, timeline, create(world), body)


@pytest.mark.parametrize("noun", NOUNS_ONCE)
def test_an_ogsm_object_is_answered_as_it_was(
    world: World, stream: ChangeStream, timeline: Timeline, noun: Any
) -> None:
    timeline.goes(10)
    check_past_states(world, stream, timeline, ogsm_objects.create(noun, world), ogsm_objects.changed_body(noun))


def test_a_deleted_object_is_answered_as_it_was_and_is_not_there_afterwards(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    for create in (create_action, World.stack, World.activity, create_comment):
        address = create(world)
        present = without_items(world.owner.get(address).json())
        before = timeline.mark()
        assert world.owner.delete(address).is_success
        after = timeline.mark()
        stream.catch_up()
        assert at(world, address, before) == present
        at(world, address, after, status=404)


def test_an_object_that_is_created_again_has_a_gap(world: World, stream: ChangeStream, timeline: Timeline) -> None:
    goal = location_of(world.owner.post("/api/v2/goals.json", json={"title": "x"})).removesuffix(".json")
    place = f"{goal}/measurements/2024-01-31.json"
    times, answers = [], []
    for actual in (1, None, 2):
        changed = world.owner.put(place, json={"actual": actual}) if actual else world.owner.delete(place)
        assert changed.is_success
        times.append(timeline.mark())
        answers.append(changed.json() if actual else None)
        address = f"/api/v2/goal_measurements/{changed.json()['id']}.json"
    stream.catch_up()
    assert [at(world, address, times[0]), at(world, address, times[2])] == [answers[0], answers[2]]
    at(world, address, times[1], status=404)


def test_a_moved_activity_is_answered_to_those_who_see_the_place_where_it_was(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    activity = f"/api/activities/{world.item(world.personal_url)}"
    private = timeline.mark()
    assert world.owner.put(f"{activity}/move", json={"workspace_id": world.workspace}).is_success
    shared = timeline.mark()
    stream.catch_up()
    assert at(world, activity, private)["id"] == at(world, activity, shared, "member")["id"]
    at(world, activity, private, "member", status=404)


def test_an_invitation_and_a_delegation_are_answered_as_they_were(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    other = world.clients["other user"]
    invitation, delegation = world.invite("other user"), world.delegate()
    pending = timeline.mark()
    assert other.put(f"{invitation}/decline").is_success
    assert other.put(f"{delegation}/decline").is_success
    declined = timeline.mark()
    stream.catch_up()
    for address in (invitation, delegation):
        for role in ("owner", "other user"):
            states = [at(world, address, time, role)["state"] for time in (pending, declined)]
            assert states == ["pending", "declined"]
        at(world, address, pending, "other account", status=404)


@pytest.mark.parametrize("name", CREATED_AND_UPDATED)
def test_an_object_that_is_older_than_the_feed_is_answered(world: World, timeline: Timeline, name: str) -> None:
    create, body = CREATED_AND_UPDATED[name]
    address = create(world)
    timeline.goes(100)
    stream = ChangeStream()
    began = timeline.mark()
    first = without_items(world.owner.get(address).json())
    assert at(world, address, began) == first
    assert world.owner.patch(address, json=body).is_success
    stream.catch_up()
    assert at(world, address, began) == first
    assert at(world, address, timeline.mark()) == without_items(world.owner.get(address).json())


def test_an_own_invitation_or_delegation_that_is_older_than_the_feed_is_answered(
    world: World, timeline: Timeline
) -> None:
    for address in (world.invite("other user"), world.delegate()):
        now = timeline.mark()
        assert at(world, address, now) == world.owner.get(address).json()
        at(world, address, now, "member", status=404)


def test_a_member_who_has_left_sees_no_past_state(world: World, stream: ChangeStream, timeline: Timeline) -> None:
    addresses = [world.workspace_url, world.stack(), world.activity(), create_comment(world)]
    time = timeline.mark()
    stream.catch_up()
    for address in addresses:
        at(world, address, time, "member")
    assert world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}").status_code == 204
    stream.catch_up()
    for address in addresses:
        at(world, address, time, "member", status=404)


def test_a_stack_was_in_its_own_workspace_only(world: World, stream: ChangeStream, timeline: Timeline) -> None:
    address = world.stack()
    time = timeline.mark()
    stream.catch_up()
    at(world, f"{world.personal_url}/stacks/{address.rpartition('/')[2]}", time, status=404)


def test_the_fields_of_a_past_state_can_be_chosen(world: World, stream: ChangeStream, timeline: Timeline) -> None:
    address = create_action(world)
    time = timeline.mark()
    world.owner.patch(address, json={"title": "y"})
    stream.catch_up()
    answer = world.owner.get(address, params={"at": time, "fields": "title"})
    assert answer.json() == {"title": "x"}
    same = world.owner.get(
        address, params={"at": time, "fields": "title"}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert same.status_code == 304


def test_a_change_that_has_not_been_recorded_yet_is_waited_for(
    world: World, stream: ChangeStream, timeline: Timeline
) -> None:
    address = create_action(world)
    created = timeline.mark()
    stream.catch_up()
    world.owner.patch(address, json={"title": "y"})
    answer = world.owner.get(address, params={"at": created})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert at(world, address, timeline.mark())["title"] == "y"
    world.owner.delete(address)
    assert world.owner.get(address, params={"at": timeline.mark()}).status_code == 503
    stream.catch_up()
    assert at(world, address, created)["title"] == "x"


def test_without_any_recorded_change_the_past_of_a_younger_object_is_unknown(world: World, timeline: Timeline) -> None:
    address = create_action(world)
    assert "recorded" in at(world, address, timeline.later(-5), status=410)
    assert at(world, address, timeline.mark())["title"] == "x"


def test_a_time_before_the_feed_began_is_gone(world: World, timeline: Timeline) -> None:
    stream = ChangeStream()
    address = create_action(world)
    stream.catch_up()
    for path in (address, "/api/v2/actions.json"):
        assert timeline.later(0) in at(world, path, timeline.later(-1), status=410)


def test_a_time_before_the_kept_window_is_gone(
    world: World, stream: ChangeStream, timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "HISTORY_DAYS", 10)
    address = create_action(world)
    created = timeline.mark()
    stream.catch_up()
    timeline.goes(10 * DAY)
    world.owner.patch(address, json={"title": "y"})
    stream.catch_up()
    for path in (address, "/api/v2/actions.json"):
        assert "kept since" in at(world, path, created, status=410)
    assert at(world, address, timeline.later(-1))["title"] == "x"
    assert at(world, "/api/v2/actions.json", timeline.later(-1))[0]["title"] == "x"


@pytest.mark.parametrize(("time", "detail"), [("2999-01-01", "future"), ("yesterday", "must be a time")])
def test_a_wrong_time_is_refused(world: World, time: str, detail: str) -> None:
    for path in (create_action(world), "/api/v2/actions.json", "/api/v2/actions.csv", "/api/v2/goals.json"):
        assert detail in at(world, path, time, status=422)


def test_without_changes_there_is_no_past(world: World, monkeypatch: pytest.MonkeyPatch, timeline: Timeline) -> None:
    monkeypatch.setattr(config, "HISTORY_DAYS", 0)
    for path in (create_action(world), "/api/v2/actions.json"):
        assert "HistoryDays" in at(world, path, timeline.mark(), status=404)
