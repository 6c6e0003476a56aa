"""The life of activities, with random work by random people: always one place, an assignee, and the same everywhere."""

import json
import random
from collections.abc import Callable

import httpx
import pytest

from chalicelib.domain import lifecycle
from tests.world import World, join, listed, personal_of, places, rows, share

PEOPLE = ("owner", "member", "other user")
VERBS = ("play", "pause", "finish", "take_over", "delete")
STEPS = 80
REFUSED = {403, 404, 409}


Work = Callable[[str, httpx.Client], httpx.Response | None]


class Lives:
    """People in workspaces that they share in part, who do anything with any activity, whether they may or not."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.homes = {person: personal_of(world.clients[person]) for person in PEOPLE}
        setting = {"allow_take_over_by_members": True, "members_can_change_blocks": True}
        theirs = share(world.clients["other user"], "Theirs")
        join(world.account, theirs, world.users["owner"])
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
        self.work += [self.act] * 6 + [self.leave_or_join]

    def step(self) -> None:
        """Does one thing."""
        person = self.random.choice(PEOPLE)
        answer = self.random.choice(self.work)(person, self.world.clients[person])
        assert answer is None or answer.status_code < 300 or answer.status_code in REFUSED, answer.text

    def any_one(self) -> str:
        known = sorted(int(row["id"]["N"]) for row in rows("activity"))
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

    def leave_or_join(self, _: str, __: httpx.Client) -> httpx.Response | None:
        inside = self.spaces[self.world.workspace]
        user = self.world.users["member"]
        if "member" in inside:
            inside.remove("member")
            return self.world.member.delete(f"{self.world.here}/members/{user}")
        inside.add("member")
        join(self.world.account, self.world.workspace, user)
        return None

    def check(self) -> None:
        """Every activity is whole, and shown to those whom it concerns alone."""
        lying = places()
        where = {item: workspace for item, (workspace, _) in lying.items()}
        docs = {int(row["id"]["N"]): json.loads(row["doc"]["S"]) for row in rows("activity")}
        users = {self.world.users[person]: person for person in PEOPLE}
        for doc in docs.values():
            assert doc["state"] in lifecycle.TABLE
            assert doc["assignee"].strip("\0") in users
        for person in PEOPLE:
            inside = {self.homes[person], *(space for space, people in self.spaces.items() if person in people)}
            stands = {one for one, doc in docs.items() if f"\0{self.world.users[person]}" in doc.values()}
            shown = sorted((one for one in stands if where[one] in inside), reverse=True)
            client = self.world.clients[person]
            assert [one["id"] for one in client.get("/api/activities").json()] == shown
            assert sorted(listed(client, "/api/workspaces/items")) == sorted(
                one for one, (space, stack) in lying.items() if space in inside and stack
            )


@pytest.mark.parametrize("seed", range(2))
def test_any_work_leaves_each_activity_whole_and_with_its_people(world: World, seed: int) -> None:
    lives = Lives(world, seed)
    for number in range(STEPS):
        lives.step()
        if number % 4 == 3:
            lives.check()
    assert world.owner.delete(f"{world.here}?archive_items={seed == 0}").status_code == 204
    lives.spaces[world.workspace] = set()
    lives.check()
    assert len(places()) > 3
