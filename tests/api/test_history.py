"""The history of an object: its changes, newest first, for everybody who may see the object or its last state."""

from typing import Any

import httpx
import pytest

from chalicelib import clock, config
from chalicelib.domain.changes.history import NEWEST
from infra.testing.nouns import ogsm_objects
from infra.testing.world import World, create_user, location_of
from tests.support.change_stream import ChangeStream
from tests.support.histories import (
    CREATED_AND_UPDATED,
    NOUNS_ONCE,
    Create,
    create_action,
    create_comment,
    create_workspace,
    without_items,
)

Json = dict[str, Any]


def history_of(client: httpx.Client, address: str, query: str = "") -> list[Json]:
    """Return the changes of an object, newest first."""
    answer = client.get(f"{address}/history{query}")
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()
    return found


def verbs(changes: list[Json]) -> list[str]:
    return [change["verb"] for change in changes]


def check_created_and_updated(world: World, stream: ChangeStream, address: str, body: Json) -> None:
    created = without_items(world.owner.get(address).json())
    assert world.owner.patch(address, json=body).is_success
    stream.catch_up()
    updated = without_items(world.owner.get(address).json())
    changes = history_of(world.owner, address)
    assert verbs(changes) == ["update", "create"]
    assert [change["before"] for change in changes] == [created, None]
    assert [change["after"] for change in changes] == [updated, created]
    feed = world.owner.get("/api/changes").json()
    assert changes == [change for change in reversed(feed) if change["object"] == changes[0]["object"]]


@pytest.mark.parametrize("name", CREATED_AND_UPDATED)
def test_the_history_of_an_object_has_its_changes_as_the_feed_has_them(
    world: World, stream: ChangeStream, name: str
) -> None:
    create, body = CREATED_AND_UPDATED[name]
    check_created_and_updated(world, stream, create(world), body)


@pytest.mark.parametrize("noun", NOUNS_ONCE)
def test_the_history_of_an_ogsm_object_has_its_changes(world: World, stream: ChangeStream, noun: Any) -> None:
    address = ogsm_objects.create(noun, world)
    check_created_and_updated(world, stream, address, ogsm_objects.changed_body(noun))
    assert history_of(world.owner, address.removesuffix(".json")) == history_of(world.owner, address)


def test_the_history_of_an_invitation_has_its_decision(world: World, stream: ChangeStream) -> None:
    address = world.invite("other user")
    assert world.clients["other user"].put(f"{address}/decline").is_success
    stream.catch_up()
    changes = history_of(world.owner, address)
    assert [change["after"]["state"] for change in changes[:1]] == ["declined"]
    assert verbs(changes)[-1] == "create"
    assert world.member.get(f"{address}/history").status_code == 404


def test_the_history_of_a_delegation_goes_on_when_it_ends(world: World, stream: ChangeStream) -> None:
    address = world.delegate()
    assert world.clients["other user"].put(f"{address}/accept").is_success
    activity = world.owner.get(address).json()["activity"]["id"]
    assert world.owner.put(f"/api/activities/{activity}/take_back").is_success
    stream.catch_up()
    for client in (world.owner, world.clients["other user"]):
        states = [change["after"]["state"] for change in history_of(client, address)]
        assert states == ["taken_back", "accepted", "pending", "pending"]  # its mail was sent in between


def test_a_history_has_pages(world: World, stream: ChangeStream) -> None:
    address = create_action(world)
    for number in range(4):
        world.owner.patch(address, json={"title": f"title {number}"})
    stream.catch_up()
    whole = history_of(world.owner, address)
    first = world.owner.get(f"{address}/history", params={"limit": 2})
    second = world.owner.get(first.links["next"]["url"])
    third = world.owner.get(second.links["next"]["url"])
    assert [*first.json(), *second.json(), *third.json()] == whole
    assert [len(page.json()) for page in (first, second, third)] == [2, 2, 1]
    assert "next" not in third.links


def test_a_cursor_of_another_history_is_refused(world: World, stream: ChangeStream) -> None:
    one, other = create_action(world), create_action(world)
    world.owner.patch(one, json={"title": "y"})
    stream.catch_up()
    cursor = httpx.URL(world.owner.get(f"{one}/history?limit=1").links["next"]["url"]).params["cursor"]
    assert world.owner.get(f"{other}/history", params={"cursor": cursor}).status_code == 422


def test_a_write_that_changed_nothing_that_is_answered_is_left_out(world: World, stream: ChangeStream) -> None:
    strategy = location_of(world.owner.post("/api/v2/strategies.json", json={"title": "x"}))
    number = int(strategy.rpartition("/")[2].removesuffix(".json"))
    action = location_of(world.owner.post("/api/v2/actions.json", json={"title": "x", "strategies": [{"id": number}]}))
    world.owner.patch(strategy, json={"archived": True})
    world.owner.patch(action, json={"archived": True})
    stream.catch_up()
    assert verbs(history_of(world.owner, action)) == ["update", "create"]


def test_the_seq_is_right_when_others_were_recorded_in_between(world: World, stream: ChangeStream) -> None:
    one, other = create_action(world), create_action(world)
    world.owner.patch(one, json={"title": "y"})
    world.owner.patch(other, json={"title": "y"})
    stream.catch_up(batch_size=1)
    for address in (one, other):
        seqs = [change["seq"] for change in history_of(world.owner, address)]
        assert [world.owner.get(f"/api/changes/{seq}").json() for seq in seqs] == history_of(world.owner, address)


@pytest.mark.parametrize("create", [create_action, World.stack, create_workspace, World.activity])
def test_the_history_of_a_deleted_object_stays_for_those_who_saw_it(
    world: World, stream: ChangeStream, create: Create
) -> None:
    address = create(world)
    assert world.owner.delete(address).is_success
    stream.catch_up()
    assert verbs(history_of(world.owner, address)) == ["delete", "create"]
    assert world.clients["other account"].get(f"{address}/history").status_code == 404


def test_an_unknown_object_and_a_deleted_one_of_others_get_the_same_answer(world: World, stream: ChangeStream) -> None:
    address = world.stack()
    world.owner.delete(address)
    stream.catch_up()
    unknown = f"{address.rpartition('/')[0]}/99999"
    details = [world.clients["other user"].get(f"{one}/history").json()["detail"] for one in (address, unknown)]
    assert details[0] == details[1]
    assert world.owner.get(f"{unknown}/history").status_code == 404


def test_a_stack_has_its_history_at_the_address_in_its_own_workspace_only(world: World, stream: ChangeStream) -> None:
    address = world.stack()
    world.owner.delete(address)
    stream.catch_up()
    elsewhere = f"{world.personal_url}/stacks/{address.rpartition('/')[2]}"
    assert world.owner.get(f"{elsewhere}/history").status_code == 404


def test_a_member_who_has_left_sees_nothing_more(world: World, stream: ChangeStream) -> None:
    addresses = [world.workspace_url, world.stack(), world.activity(), create_comment(world)]
    world.owner.delete(addresses[1])
    stream.catch_up()
    for address in addresses:
        assert world.member.get(f"{address}/history").status_code == 200
    assert world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}").status_code == 204
    stream.catch_up()
    for address in addresses:
        assert world.member.get(f"{address}/history").status_code == 404


def test_each_side_of_a_move_is_shown_to_those_who_may_see_it(world: World, stream: ChangeStream) -> None:
    activity = f"/api/activities/{world.item(world.personal_url)}"
    assert world.owner.put(f"{activity}/move", json={"workspace_id": world.workspace}).is_success
    stream.catch_up()
    assert verbs(history_of(world.owner, activity)) == ["move", "create"]
    [move] = history_of(world.member, activity)
    assert (move["verb"], move["before"]) == ("move", None)
    assert move["after"]["name"] == "x"


def test_a_slug_names_a_user_as_long_as_somebody_has_it(world: World, stream: ChangeStream) -> None:
    user = create_user(world.account, "Una")["user"]["id"]
    slug = world.owner.get(f"/api/users/{user}").json()["slug"]
    assert verbs_after(world, stream, f"/api/users/{slug}") == ["update", "create"]
    assert world.owner.delete(f"/api/users/{user}").status_code == 204
    stream.catch_up()
    assert world.owner.get(f"/api/users/{slug}/history").status_code == 404
    assert verbs(history_of(world.member, f"/api/users/{user}"))[0] == "delete"


def verbs_after(world: World, stream: ChangeStream, address: str) -> list[str]:
    """Update a user, and return the verbs of the history."""
    assert world.owner.patch(address, json={"last_name": "y"}).is_success
    stream.catch_up()
    return verbs(history_of(world.owner, address))


@pytest.mark.parametrize("tail", ["/history", "?at="])
def test_a_refusal_costs_the_same_however_much_there_is(
    world: World, stream: ChangeStream, asked: list[str], tail: str
) -> None:
    few, many = world.activity(), world.activity()
    for number in range(2 * NEWEST):
        assert world.owner.patch(many, json={"name": f"name {number}"}).is_success
    stream.catch_up()
    end = tail + clock.now() if tail.endswith("=") else tail
    world.clients["other user"].get("/api/me")  # the first request of a day stores when the credential was used
    costs = []
    for address in (few, many):
        asked.clear()
        assert world.clients["other user"].get(address + end).status_code == 404
        costs.append(sorted(asked))
    assert costs[0] == costs[1]


def test_an_object_without_a_recorded_change_has_an_empty_history(world: World) -> None:
    assert history_of(world.owner, world.stack()) == []
    assert history_of(world.owner, world.inbox_url) == []


def test_a_deployment_that_keeps_no_changes_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "HISTORY_DAYS", 0)
    answer = world.owner.get(f"{create_action(world)}/history")
    assert answer.status_code == 404
    assert "HistoryDays" in answer.json()["detail"]
