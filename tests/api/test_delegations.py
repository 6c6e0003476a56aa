"""/api/delegations: delegations as both sides see them, from the first state to each final one."""

from typing import Any

import httpx
import pytest

from chalicelib.storage.models.workspaces import Workspace
from infra.testing.world import World, create_item, item_ids, personal_workspace_id
from tests.support.concurrent_writes import ConcurrentWriter, mark_as_being_deleted
from tests.support.delegations import DELEGATIONS, activity_of
from tests.support.failures import Hook
from tests.support.purges import purge_deleted
from tests.support.stored_rows import check_places, stored_rows

KEYS = ["id", "activity", "delegator", "delegee", "note", "sign_off", "state", "created_at", "updated_at"]
ADDED = ["reason", "delivery", "links"]
SIDES = ("", "/pending", "/incoming", "/incoming/pending", "/outgoing", "/outgoing/pending")
Json = dict[str, Any]


@pytest.fixture
def udo(world: World) -> httpx.Client:
    """Return a client of a user of the account who is not in the workspace."""
    return world.clients["other user"]


def accepted(world: World, address: str = "", **more: Any) -> str:
    """Return the address of a delegation to Udo that Udo has accepted."""
    delegation = world.delegate(address, **more)
    assert world.clients["other user"].put(f"{delegation}/accept").status_code == 200
    return delegation


def outbox_of(world: World) -> dict[str, list[int]]:
    """Return the activities in each of the owner's outboxes."""
    answer = world.owner.get(f"{world.workspace_url}/outboxes")
    assert answer.status_code == 200, answer.text
    return {one["user"]["id"]: item_ids(one["items"]) for one in answer.json()}


def counted(client: httpx.Client) -> list[int]:
    """Return how many delegations each of the lists has."""
    return [len(client.get(f"{DELEGATIONS}{side}").json()) for side in SIDES]


def inbox(client: httpx.Client) -> list[int]:
    return item_ids(client.get(f"/api/workspaces/{personal_workspace_id(client)}/inbox").json()["items"])


def test_a_delegation_is_shown_to_both_and_waits_for_the_delegee(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate(note="Please", sign_off="true")
    shown = udo.get(delegation).json()
    assert list(shown) == [*KEYS, *ADDED]
    assert (shown["note"], shown["sign_off"], shown["state"], shown["delivery"]) == ("Please", True, "pending", "sent")
    assert (shown["delegator"]["first_name"], shown["delegee"]["first_name"]) == ("Ada", "Udo")
    assert shown == world.owner.get(delegation).json() == udo.get(f"{DELEGATIONS}/incoming/pending").json()[0]
    assert (counted(world.owner), counted(udo)) == ([1, 1, 0, 0, 1, 1], [1, 1, 1, 1, 0, 0])
    address = activity_of(udo, delegation)
    assert udo.get(address).json() == shown["activity"] == udo.get("/api/activities").json()[0]
    assert udo.get(f"{world.workspace_url}/inbox").status_code == 404
    assert inbox(udo) == []
    assert outbox_of(world) == {world.users["other user"]: [shown["activity"]["id"]]}
    check_places()


def test_accepting_makes_the_delegee_the_assignee_and_puts_the_activity_into_their_inbox(
    world: World, udo: httpx.Client
) -> None:
    address = world.activity("play")
    delegation = world.delegate(address)
    below = create_item(udo, f"/api/workspaces/{personal_workspace_id(udo)}")
    answer = udo.put(f"{address}/accept")
    assert (answer.status_code, answer.json()["assignee"]["first_name"]) == (200, "Udo")
    assert inbox(udo) == [answer.json()["id"], below]
    assert world.owner.get(f"{world.workspace_url}/items").json() == []
    assert outbox_of(world) == {world.users["other user"]: [answer.json()["id"]]}
    assert world.owner.get(delegation).json()["state"] == "accepted"
    assert (counted(world.owner), counted(udo)) == ([1, 0, 0, 0, 1, 0], [1, 0, 1, 0, 0, 0])
    assert udo.put(f"{address}/pause").json()["state"] == "paused"
    assert outbox_of(world), "it is still handed over"
    check_places()


def test_the_delegator_still_sees_the_activity_and_comments_on_it_but_cannot_change_it(
    world: World, udo: httpx.Client
) -> None:
    delegation = accepted(world)
    address = activity_of(udo, delegation)
    assert world.owner.get(address).json() == udo.get(address).json() == world.owner.get("/api/activities").json()[0]
    assert world.owner.post(f"{address}/comments", json={"body": "How is it going?"}).status_code == 201
    refused = world.owner.put(address, json={"name": "Mine"})
    assert refused.status_code == 403
    assert "only view" in refused.json()["detail"]
    assert [world.owner.put(f"{address}/{verb}").status_code for verb in ("play", "finish", "delete")] == [403] * 3
    assert world.member.get(address).status_code == 404


def test_an_accepted_activity_stays_in_a_workspace_that_the_delegee_is_a_member_of(world: World) -> None:
    stack = world.stack()
    address = f"/api/activities/{world.item(stack)}"
    delegation = world.delegate(address, "member")
    assert world.member.put(f"{delegation}/accept").json()["state"] == "accepted"
    assert item_ids(world.owner.get(f"{stack}/items").json()) == [int(address.rpartition("/")[2])]
    assert world.owner.get(address).json()["assignee"]["first_name"] == "Mia"
    assert list(outbox_of(world)) == [world.users["member"]]
    check_places()


def test_a_delegee_who_is_only_invited_gets_the_activity_in_their_inbox(world: World) -> None:
    delegation = world.delegate(to="invited")
    address = activity_of(world.invited, delegation)
    assert world.invited.put(f"{delegation}/accept").status_code == 200
    assert inbox(world.invited) == [int(address.rpartition("/")[2])]


def test_an_activity_that_is_taken_back_returns_to_its_stack_and_its_delegator(world: World, udo: httpx.Client) -> None:
    stack = world.stack()
    address = f"/api/activities/{world.item(stack)}"
    delegation = accepted(world, address)
    answer = world.owner.put(f"{address}/take_back")
    assert (answer.status_code, answer.json()["assignee"]["first_name"]) == (200, "Ada")
    assert item_ids(world.owner.get(f"{stack}/items").json()) == [answer.json()["id"]]
    assert [udo.get(address).status_code, inbox(udo), outbox_of(world)] == [404, [], {}]
    assert udo.get(delegation).json()["state"] == "taken_back"
    assert udo.get(delegation).json()["activity"] == answer.json(), "as it was then"
    world.owner.put(address, json={"name": "Secret"})
    assert udo.get(delegation).json()["activity"]["name"] == "x"
    check_places()


def test_an_activity_returns_to_an_inbox_if_its_stack_or_workspace_was_deleted(world: World, udo: httpx.Client) -> None:
    stack = world.stack()
    addresses = [f"/api/activities/{world.item(stack)}" for _ in range(2)]
    for address in addresses:
        accepted(world, address)
    assert world.owner.delete(stack).status_code == 204
    first, second = [int(address.rpartition("/")[2]) for address in addresses]
    assert world.owner.put(f"{addresses[0]}/take_back").status_code == 200
    assert item_ids(world.owner.get(f"{world.workspace_url}/inbox").json()["items"]) == [first]
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert world.owner.put(f"{addresses[1]}/take_back").status_code == 200
    assert inbox(world.owner) == [second]
    check_places()


@pytest.mark.parametrize(("method", "earlier_commits"), [("PUT", 0), ("DELETE", 2)])
def test_an_activity_returns_elsewhere_if_its_stack_is_deleted_at_that_moment(
    world: World, on: Hook, method: str, earlier_commits: int
) -> None:
    """It is taken back, or its delegee is removed from the account, whose mark and credential come first."""
    stack, rival = world.stack(), ConcurrentWriter(on)
    number = world.item(stack)
    accepted(world, f"/api/activities/{number}")

    def delete_after(commits: int) -> None:
        rival.work = lambda: delete_after(commits - 1) if commits else world.owner.delete(stack)

    delete_after(earlier_commits)
    addresses = {"PUT": f"/api/activities/{number}/take_back", "DELETE": f"/api/users/{world.users['other user']}"}
    assert world.owner.request(method, addresses[method]).is_success
    assert world.owner.get(stack).status_code == 404
    assert item_ids(world.owner.get(f"{world.workspace_url}/inbox").json()["items"]) == [number]
    assert world.owner.get(f"{DELEGATIONS}/outgoing").json()[0]["state"] == "taken_back"
    check_places()


def test_declining_gives_a_reason_and_changes_nothing_else(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate(note="Please")
    address = activity_of(udo, delegation)
    before = world.owner.get(address).json()
    answer = udo.put(f"{delegation}/decline", json={"note": "No time"})
    assert answer.status_code == 200
    assert [answer.json()[name] for name in ("state", "note", "reason")] == ["declined", "Please", "No time"]
    assert world.owner.get(delegation).json() == answer.json() == udo.get(delegation).json()
    assert world.owner.get(address).json() == before
    assert [udo.get(address).status_code, outbox_of(world)] == [404, {}]
    check_places()


def test_sign_off_can_be_refused_until_it_is_given(world: World, udo: httpx.Client) -> None:
    delegation = accepted(world, sign_off=True)
    address = activity_of(udo, delegation)
    assert udo.put(f"{address}/finish").json()["state"] == "finished"
    assert udo.put(f"{address}/approve").status_code == 403
    assert world.owner.put(f"{address}/reject").json()["state"] == "rejected"
    assert world.owner.get(delegation).json()["state"] == "accepted"
    assert udo.put(f"{address}/play").json()["state"] == "active"
    assert world.owner.put(f"{address}/approve").status_code == 409
    udo.put(f"{address}/finish")
    assert world.owner.put(f"{address}/approve").json()["state"] == "approved"
    done = world.owner.get(delegation).json()
    assert (done["state"], done["activity"]["state"]) == ("done", "approved")
    assert [outbox_of(world), inbox(udo)] == [{}, [done["activity"]["id"]]]
    assert world.owner.get(address).status_code == 200, "it is still seen by whoever handed it over"
    assert world.owner.get("/api/activities").json() == [done["activity"]]
    check_places()


def test_a_delegation_that_is_done_closes_the_activity_to_a_delegator_who_has_no_part_in_it(
    world: World, udo: httpx.Client
) -> None:
    activity = f"/api/activities/{world.item()}"
    assert world.owner.patch(world.workspace_url, json={"setting": {"allow_take_over_by_members": True}}).is_success
    assert world.member.put(f"{activity}/delegate", json={"slug": world.users["other user"]}).status_code == 200
    assert udo.put(f"{activity}/accept").status_code == 200
    assert world.member.get(activity).status_code == 200, "The delegator keeps seeing it."
    assert udo.put(f"{activity}/finish").status_code == 200
    assert [client.get(activity).status_code for client in (world.member, udo)] == [404, 200]
    assert world.member.get(f"{activity}/comments").status_code == 404
    assert world.member.get("/api/activities").json() == []
    [past] = world.member.get("/api/delegations").json()
    assert past["state"] == "done"
    check_places()


def test_without_sign_off_a_delegation_is_done_when_the_activity_is_finished(world: World, udo: httpx.Client) -> None:
    delegation = accepted(world)
    address = activity_of(udo, delegation)
    assert udo.put(f"{address}/finish").status_code == 200
    assert world.owner.get(delegation).json()["state"] == "done"
    assert world.owner.put(f"{address}/approve").status_code == 403
    check_places()


@pytest.mark.parametrize("who", ["owner", "other user"])
@pytest.mark.parametrize("is_accepted", [False, True])
def test_delegator_and_delegee_can_redelegate(world: World, who: str, is_accepted: bool) -> None:
    delegation = accepted(world, sign_off=True) if is_accepted else world.delegate(sign_off=True)
    answer = world.clients[who].post(f"{delegation}/redelegate", json={"slug": "mia-member", "note": "You know it"})
    assert answer.status_code == 201, answer.text
    begun = world.member.get(answer.headers["location"]).json()
    assert begun == answer.json()
    assert [begun[name] for name in ("state", "note", "sign_off")] == ["pending", "You know it", True]
    assert (begun["delegator"]["first_name"], begun["delegee"]["first_name"]) == ("Ada", "Mia")
    old = world.owner.get(delegation).json()
    assert (old["state"], old["delegee"]["first_name"]) == ("redelegated", "Udo")
    assert begun["activity"]["assignee"]["first_name"] == "Ada"
    assert list(outbox_of(world)) == [world.users["member"]]
    assert world.clients["other user"].get("/api/activities").json() == []
    assert check_places()[begun["activity"]["id"]][0] == world.workspace
    assert world.member.put(f"{answer.headers['location']}/accept").status_code == 200
    check_places()


@pytest.mark.parametrize(("first", "second"), [("accept", "decline"), ("decline", "accept"), ("accept", "accept")])
def test_of_two_racing_decisions_one_wins(world: World, udo: httpx.Client, on: Hook, first: str, second: str) -> None:
    delegation, rival = world.delegate(), ConcurrentWriter(on)
    answers: list[httpx.Response] = []
    rival.work = lambda: answers.append(udo.put(f"{delegation}/{first}"))
    loser = udo.put(f"{delegation}/{second}")
    assert [answers[0].status_code, loser.status_code] == [200, 409]
    check_places()


def test_an_ended_delegation_cannot_be_decided(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate()
    udo.put(f"{delegation}/decline")
    for verb in ("accept", "decline"):
        answer = udo.put(f"{delegation}/{verb}")
        assert (answer.status_code, "declined" in answer.json()["detail"]) == (409, True)
    assert world.owner.post(f"{delegation}/redelegate", json={"slug": "mia-member"}).status_code == 409


def test_one_delegation_is_open_at_a_time_and_a_refused_verb_names_the_allowed_ones(world: World) -> None:
    delegation = world.delegate(to="member")
    address = activity_of(world.member, delegation)
    again = world.owner.put(f"{address}/delegate", json={"slug": world.users["other user"]})
    assert again.status_code == 409
    for verb in ("accept", "decline", "take_back", "redelegate"):
        assert verb in again.json()["detail"]
    finished = world.activity("finish")
    assert world.owner.put(f"{finished}/delegate", json={"slug": "mia-member"}).status_code == 409
    assert world.owner.put(f"{finished}/take_back").status_code == 409


def test_taking_over_ends_the_delegation(world: World, udo: httpx.Client) -> None:
    for to in ("other user", "member"):
        delegation = world.delegate(to=to)
        address = activity_of(world.owner, delegation)
        if to == "member":
            world.member.put(f"{delegation}/accept")
        assert world.owner.put(f"{address}/take_over").status_code == 200
        assert world.owner.get(delegation).json()["state"] == "taken_back"
        assert outbox_of(world) == {}
        check_places()


@pytest.mark.parametrize("how", ["activity", "workspace"])
def test_a_delegation_is_deleted_with_its_activity_or_workspace(world: World, udo: httpx.Client, how: str) -> None:
    delegation = world.delegate()
    address = activity_of(udo, delegation) if how == "activity" else world.workspace_url
    assert world.owner.delete(address).status_code == 204
    assert [udo.get(delegation).status_code, udo.get(DELEGATIONS).json(), udo.get("/api/activities").json()] == [
        404,
        [],
        [],
    ]
    purge_deleted()
    assert stored_rows("delegation", "user_activity", "activity") == []


def test_a_delegation_stays_open_when_its_workspace_is_archived(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate()
    assert world.owner.delete(f"{world.workspace_url}?archive_items=true").status_code == 204
    assert udo.put(f"{delegation}/accept").status_code == 200
    assert world.owner.put(f"{activity_of(udo, delegation)}/take_back").status_code == 200
    assert len(inbox(world.owner)) == 1
    check_places()


def test_delegations_in_a_workspace_that_is_being_deleted_are_hidden(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate()
    mark_as_being_deleted(Workspace.ref(world.account, world.workspace))
    assert [udo.get(delegation).status_code, udo.get(DELEGATIONS).json(), udo.get("/api/activities").json()] == [
        404,
        [],
        [],
    ]
    assert world.owner.get(DELEGATIONS).json() == []


def test_activities_delegated_to_a_user_return_when_the_user_is_removed(world: World, udo: httpx.Client) -> None:
    both = [accepted(world), world.delegate()]
    addresses = [activity_of(udo, one) for one in both]
    assert world.owner.delete(f"/api/users/{world.users['other user']}").status_code == 204
    assert [world.owner.get(one).json()["state"] for one in both] == ["taken_back"] * 2
    numbers = [int(address.rpartition("/")[2]) for address in addresses]
    assert sorted(item_ids(world.owner.get(f"{world.workspace_url}/items").json())) == numbers
    assert world.owner.get(addresses[0]).json()["assignee"]["first_name"] == "Ada"
    check_places()


def test_activities_delegated_by_a_user_stay_with_the_delegee_when_the_user_is_removed(
    world: World, udo: httpx.Client
) -> None:
    addresses = [f"/api/activities/{create_item(world.member, world.workspace_url)}" for _ in range(2)]
    for address in addresses:
        assert world.member.put(f"{address}/delegate", json={"slug": world.users["other user"]}).status_code == 200
    assert udo.put(f"{addresses[0]}/accept").status_code == 200
    assert world.owner.delete(f"/api/users/{world.users['member']}").status_code == 204
    states = {one["activity"]["id"]: one["state"] for one in udo.get(DELEGATIONS).json()}
    assert list(states.values()) == ["taken_back", "done"]
    assert inbox(udo) == [int(addresses[0].rpartition("/")[2])]
    check_places()


def test_delegations_are_listed_in_pages_open_ones_first(world: World, udo: httpx.Client) -> None:
    first, second, third = (world.delegate(world.activity()) for _ in range(3))
    udo.put(f"{third}/decline")
    expected = [int(one.rpartition("/")[2]) for one in (second, first, third)]
    assert [one["id"] for one in udo.get(DELEGATIONS).json()] == expected
    seen, address = [], f"{DELEGATIONS}?limit=1"
    while address:
        answer = udo.get(address)
        seen += [one["id"] for one in answer.json()]
        address = answer.links.get("next", {}).get("url", "")
    assert seen == expected
    assert [one["id"] for one in udo.get(f"{DELEGATIONS}?page=2&per_page=2").json()] == expected[2:]
    following = httpx.URL(udo.get("/api/activities?limit=1").links["next"]["url"])
    assert following.path == "/api/activities"
    cursor = following.params["cursor"]
    assert udo.get(f"{DELEGATIONS}?cursor={cursor}").status_code == 422
