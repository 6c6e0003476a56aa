"""Random changes of activities by several users: each activity stays whole, and the right users see it."""

import random
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.domain.activities import lifecycle
from infra.testing.world import World, add_member, create_workspace, item_ids, list_item_ids, personal_workspace_id
from tests.support import counts
from tests.support.places import delegation, document_of, parties
from tests.support.stored_rows import check_places, stored_rows

PEOPLE = ("owner", "member", "other user")
VERBS = ("play", "pause", "finish", "take_over", "delete", "approve", "reject", "accept", "decline", "take_back")
STEPS = counts.choose(quick=40, full=160)
CHECKED_EVERY = counts.choose(quick=8, full=4)  # steps
SEEDS = range(counts.choose(quick=1, full=4))
REFUSED = {403, 404, 409, 422}  # 422: delegating to oneself
Json = dict[str, Any]


Work = Callable[[str, httpx.Client], httpx.Response | None]


class RandomChanges:
    """Users who share some workspaces and try anything with any activity, whether they may or not."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.homes = {person: personal_workspace_id(world.clients[person]) for person in PEOPLE}
        setting = {"allow_take_over_by_members": True, "members_can_change_blocks": True}
        theirs = create_workspace(world.clients["other user"], "Theirs")
        add_member(world.account, theirs, world.users["owner"])
        world.clients["other user"].put(f"/api/workspaces/{theirs}", json={"setting": setting})
        self.spaces = {world.workspace: {"owner", "member"}, theirs: {"other user", "owner"}}
        self.all_spaces = [*self.spaces, *self.homes.values()]
        self.work: list[Work] = [
            self.create,
            self.create,
            self.add,
            self.rename,
            self.change_block,
            self.move,
            self.move,
        ]
        self.work += [self.act] * 9 + [self.delegate] * 4 + [self.redelegate, self.leave_or_join]

    def step(self) -> None:
        """Do one random thing."""
        person = self.random.choice(PEOPLE)
        answer = self.random.choice(self.work)(person, self.world.clients[person])
        assert answer is None or answer.status_code < 300 or answer.status_code in REFUSED, answer.text

    def any_one(self) -> str:
        known = sorted(int(row["id"]["N"]) for row in stored_rows("activity"))
        return f"/api/activities/{self.random.choice([*known, 99_999])}"

    def create(self, _: str, client: httpx.Client) -> httpx.Response:
        return client.post("/api/activities", json={"name": "x"})

    def add(self, _: str, client: httpx.Client) -> httpx.Response:
        return client.post(f"/api/workspaces/{self.random.choice(self.all_spaces)}/items", json={"name": "y"})

    def rename(self, _: str, client: httpx.Client) -> httpx.Response:
        return client.put(self.any_one(), json={"name": self.random.choice("abc")})

    def change_block(self, _: str, client: httpx.Client) -> httpx.Response | None:
        address = self.any_one()
        shown = client.get(address)
        if shown.status_code != 200:
            return None
        value = {"value": self.random.randrange(101)}
        return client.put(f"{address}/blox/{shown.json()['progress']['id']}", json=value)

    def move(self, _: str, client: httpx.Client) -> httpx.Response:
        body = {"workspace_id": self.random.choice(self.all_spaces)}
        body |= self.random.choice([{}, {"source_id": self.random.choice(self.all_spaces)}])
        return client.put(f"{self.any_one()}/move", json=body)

    def act(self, _: str, client: httpx.Client) -> httpx.Response:
        return client.put(f"{self.any_one()}/{self.random.choice(VERBS)}")

    def delegate(self, _: str, client: httpx.Client) -> httpx.Response:
        body = {"slug": self.world.users[self.random.choice(PEOPLE)], "sign_off": self.random.choice([True, False])}
        return client.put(f"{self.any_one()}/delegate", json=body)

    def redelegate(self, _: str, client: httpx.Client) -> httpx.Response | None:
        delegations = client.get("/api/delegations").json()
        if not delegations:
            return None
        body = {"slug": self.world.users[self.random.choice(PEOPLE)]}
        return client.post(f"/api/delegations/{self.random.choice(delegations)['id']}/redelegate", json=body)

    def leave_or_join(self, _: str, __: httpx.Client) -> httpx.Response | None:
        inside = self.spaces[self.world.workspace]
        user = self.world.users["member"]
        if "member" in inside:
            inside.remove("member")
            return self.world.member.delete(f"{self.world.workspace_url}/members/{user}")
        inside.add("member")
        add_member(self.world.account, self.world.workspace, user)
        return None

    def check(self) -> None:
        """Check that every activity is whole, and that exactly the right users see it.

        Nobody sees the activities in a deleted workspace, nor their delegations. They can be restored.
        """
        lying = {item: place for item, place in check_places().items() if self.spaces.get(place[0]) != set()}
        where = {item: workspace for item, (workspace, _) in lying.items()}
        stored = {number: row for row in stored_rows("activity") if (number := int(row["id"]["N"])) in lying}
        docs = {number: document_of(row) for number, row in stored.items()}
        users = {self.world.users[person]: person for person in PEOPLE}
        for doc in docs.values():
            assert doc["state"] in lifecycle.TRANSITIONS
            assert doc["assignee"] in users
        self.check_delegations(stored, docs)
        for person in PEOPLE:
            inside = {self.homes[person], *(space for space, people in self.spaces.items() if person in people)}
            stands = {one for one, doc in docs.items() if self.world.users[person] in doc.values()}
            between = {one for one, row in stored.items() if self.world.users[person] in parties(row)}
            shown = sorted({one for one in stands if where[one] in inside} | between, reverse=True)
            client = self.world.clients[person]
            assert [one["id"] for one in client.get("/api/activities").json()] == shown
            assert sorted(list_item_ids(client, "/api/workspaces/items")) == sorted(
                one for one, (space, stack) in lying.items() if space in inside and stack
            )

    def check_delegations(self, stored: dict[int, Json], docs: dict[int, Json]) -> None:
        """Check that every open delegation has its activity, agrees with the assignee, and is shown to both sides."""
        held = {number: delegation(row) for number, row in stored.items() if delegation(row)}
        is_open = {number: one for number, one in held.items() if one["state"] in lifecycle.OPEN_STATES}
        for number, one in is_open.items():
            assert one["delegator"] != one["delegee"]
            assert docs[number]["state"] != lifecycle.APPROVED
            if one["state"] == lifecycle.ACCEPTED:
                assert docs[number]["assignee"] == one["delegee"]
        for person in PEOPLE:
            user, client = self.world.users[person], self.world.clients[person]
            shown = {one["id"]: one for one in client.get("/api/delegations").json()}
            mine = {one["id"] for one in is_open.values() if user in (one["delegator"], one["delegee"])}
            assert {number for number, one in shown.items() if one["state"] in lifecycle.OPEN_STATES} == mine
            given = {
                one["activity"]["id"] for one in shown.values() if one["id"] in mine and one["delegator"]["id"] == user
            }
            boxes = [client.get(f"/api/workspaces/{space}/outboxes") for space in self.all_spaces]
            assert {
                id_ for box in boxes if box.is_success for one in box.json() for id_ in item_ids(one["items"])
            } <= given


@pytest.mark.nightly
@pytest.mark.parametrize("seed", SEEDS)
def test_random_work_leaves_each_activity_whole_and_visible_to_the_right_users(world: World, seed: int) -> None:
    changes = RandomChanges(world, seed)
    for number in range(STEPS):
        changes.step()
        if number % CHECKED_EVERY == CHECKED_EVERY - 1:
            changes.check()
    assert world.owner.delete(f"{world.workspace_url}?archive_items={seed == 0}").status_code == 204
    changes.spaces[world.workspace] = set()  # it is deleted
    changes.check()
    assert len(check_places()) > 3
