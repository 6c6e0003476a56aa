"""Random writes through the API of what can be undone, and what the API shows of all of it."""

from collections.abc import Callable
from typing import Any

import httpx

from infra.testing.world import World
from tests.support.undo import read

Json = dict[str, Any]
Draw = Callable[[int], int]  # returns a number from 0 to below this one

OGSM = ("teams", "objectives", "strategies", "goals", "kpis", "actions")
REFERENCES = {"strategies": "objectives", "goals": "objectives", "kpis": "strategies", "actions": "strategies"}
REPORTS = {"objective_progress_reports": "objective", "strategy_progress_reports": "strategy"}
MEASUREMENTS = {"goal_measurements": "goal", "kpi_measurements": "kpi"}
ITEMS = {"objective": "objectives", "strategy": "strategies", "goal": "goals", "kpi": "kpis"}
MOST = 3  # of each kind, so that what is shown stays small
LIGHTS = ("red", "orange", "green")


class RandomWrites:
    """The owner of a world, who writes anything. The methods that write return the answer, or None if there is none."""

    def __init__(self, world: World, draw: Draw) -> None:
        self.world, self.client, self.draw = world, world.owner, draw

    def pick(self, things: Any) -> Any:
        """Return one of these things, or None if there is none."""
        known = list(things)
        return known[self.draw(len(known))] if known else None

    def write(self) -> httpx.Response | None:
        """Write something."""
        work = (
            self.add_object, self.change_object, self.change_object, self.delete_object, self.report, self.archive,
            self.add_item, self.change_item, self.change_item, self.move_item, self.move_item, self.delete_item,
            self.comment, self.change_comment, self.delete_comment,
            self.add_stack, self.change_stack, self.delete_stack,
            self.add_workspace, self.change_workspace, self.delete_workspace,
        )  # fmt: skip
        step: Callable[[], httpx.Response | None] = self.pick(work)
        return step()

    def send(self, method: str, address: str, json: Json | None = None) -> httpx.Response:
        """Send a request of the owner."""
        return self.client.request(method, address, json=json)

    def write_until_accepted(self) -> httpx.Response:
        """Write something that is possible now."""
        while True:
            answer = self.write()
            if answer is not None and answer.is_success:
                return answer

    def read_list(self, path: str) -> list[Json]:
        """Return what an address lists."""
        found: list[Json] = self.client.get(path).json()
        return found

    def objects(self, noun: str) -> list[Json]:
        """Return all objects of a noun."""
        return self.read_list(f"/api/v2/{noun}.json")

    def one_object(self) -> str | None:
        """Return the address of an object."""
        noun = self.pick(OGSM)
        one = self.pick(self.objects(noun))
        return one and f"/api/v2/{noun}/{one['id']}.json"

    def add_object(self) -> httpx.Response | None:
        noun = self.pick(OGSM)
        if len(self.objects(noun)) >= MOST:
            return None
        fields: Json = {"name" if noun == "teams" else "title": self.pick("abc")}
        if noun == "teams":
            fields["parent"] = self._reference(noun)
        elif noun in REFERENCES and self.draw(2):
            one = self._reference(REFERENCES[noun])
            fields[REFERENCES[noun]] = [one] if one else []
        return self.client.post(f"/api/v2/{noun}.json", json=fields)

    def _reference(self, noun: str) -> Json | None:
        one = self.pick(self.objects(noun))
        return one and {"id": one["id"]}

    def change_object(self) -> httpx.Response | None:
        address = self.one_object()
        if address is None:
            return None
        if "/teams/" in address:
            return self.client.patch(address, json={"name": self.pick("abc"), "parent": self._reference("teams")})
        choices = [{"title": self.pick("abc")}, {"traffic_light": self.pick(LIGHTS)}, {"description": self.pick("xyz")}]
        fields = self.pick(choices) | self.pick(choices)
        return self.client.patch(address, json=fields)

    def delete_object(self) -> httpx.Response | None:
        address = self.one_object()
        return self.send("DELETE", address + self.pick(("", "?cascade=true"))) if address else None

    def report(self) -> httpx.Response | None:
        noun, subject = self.pick([*REPORTS.items(), *MEASUREMENTS.items()])
        one = self._reference(ITEMS[subject])
        day = f"2024-01-{self.draw(28) + 1:02}"
        fields = {subject: one, "at": day, "traffic_light": self.pick(LIGHTS)}
        return self.client.post(f"/api/v2/{noun}.json", json=fields) if one else None

    def archive(self) -> httpx.Response | None:
        one = self.pick(self.objects("strategies"))
        value = {"archived": bool(self.draw(2))}
        return self.send("PATCH", f"/api/v2/strategies/{one['id']}.json", json=value) if one else None

    def shared_workspaces(self) -> list[int]:
        """Return the ids of the workspaces that can be deleted."""
        return [one["id"] for one in self.read_list("/api/workspaces") if one["type"] != "PersonalWorkspace"]

    def places(self) -> list[str]:
        """Return the addresses of workspaces and stacks, which take items."""
        workspaces = [f"/api/workspaces/{one}" for one in (*self.shared_workspaces(), self.world.personal)]
        stacks = [f"{one}/stacks/{stack['id']}" for one in workspaces for stack in self.read_list(f"{one}/stacks")]
        return [*workspaces, *stacks]

    def add_item(self) -> httpx.Response | None:
        if len(self.read_list("/api/activities")) >= MOST:
            return None
        return self.client.post(f"{self.pick(self.places())}/items", json={"type": "Activity", "name": "x"})

    def one_item(self) -> Json | None:
        """Return an activity."""
        one: Json | None = self.pick(self.read_list("/api/activities"))
        return one

    def change_item(self) -> httpx.Response | None:
        one = self.one_item()
        if one is None:
            return None
        address = f"/api/activities/{one['id']}"
        verb = self.pick(("play", "pause", "finish", "blox", "blox", "name"))
        if verb == "name":
            return self.client.patch(address, json={"name": self.pick("xyz"), "description": self.pick("xyz")})
        if verb == "blox":
            block, value = self.pick((("priority", "high"), ("progress", self.draw(101)), ("size", "small")))
            return self.client.put(f"{address}/blox/{one[block]['id']}", json={"value": value})
        return self.client.put(f"{address}/{verb}")

    def move_item(self) -> httpx.Response | None:
        one = self.one_item()
        if one is None:
            return None
        body = {"type": "Activity", "id": one["id"]}
        if self.draw(4) == 0:
            return self.client.put(f"{self.world.personal_url}/archive", json=body)
        return self.client.post(f"{self.pick(self.places())}/items", json=body)

    def delete_item(self) -> httpx.Response | None:
        one = self.one_item()
        return self.send("DELETE", f"/api/activities/{one['id']}") if one else None

    def comment(self) -> httpx.Response | None:
        one = self.one_item()
        body = {"body": self.pick("xyz")}
        return self.send("POST", f"/api/activities/{one['id']}/comments", json=body) if one else None

    def one_comment(self) -> str | None:
        """Return the address of a comment."""
        found = [one for item in self.read_list("/api/activities") for one in self.comments_on(item)]
        one = self.pick(found)
        return one and f"/api/comments/{one['id']}"

    def comments_on(self, item: Json) -> list[Json]:
        """Return the comments on an activity."""
        return self.read_list(f"/api/activities/{item['id']}/comments")

    def change_comment(self) -> httpx.Response | None:
        address = self.one_comment()
        return self.send("PATCH", address, json={"body": self.pick("abc")}) if address else None

    def delete_comment(self) -> httpx.Response | None:
        address = self.one_comment()
        return self.send("DELETE", address) if address else None

    def add_stack(self) -> httpx.Response | None:
        workspace = self.pick((*self.shared_workspaces(), self.world.personal))
        if len(self.read_list(f"/api/workspaces/{workspace}/stacks")) >= MOST:
            return None
        return self.client.post(f"/api/workspaces/{workspace}/stacks", json={"name": self.pick("abc")})

    def one_stack(self) -> str | None:
        """Return the address of a stack."""
        stack: str | None = self.pick([place for place in self.places() if "/stacks/" in place])
        return stack

    def change_stack(self) -> httpx.Response | None:
        address = self.one_stack()
        fields = {"name": self.pick("abc"), "description": self.pick("xyz")}
        return self.send("PATCH", address, json=fields) if address else None

    def delete_stack(self) -> httpx.Response | None:
        address = self.one_stack()
        return self.send("DELETE", address) if address else None

    def add_workspace(self) -> httpx.Response | None:
        if len(self.shared_workspaces()) >= MOST - 1:
            return None
        return self.client.post("/api/workspaces", json={"name": self.pick("abc")})

    def change_workspace(self) -> httpx.Response | None:
        one = self.pick(self.shared_workspaces())
        fields = {"name": self.pick("abc"), "setting": {"allow_invitations": bool(self.draw(2))}}
        return self.send("PATCH", f"/api/workspaces/{one}", json=fields) if one else None

    def delete_workspace(self) -> httpx.Response | None:
        one = self.pick(self.shared_workspaces())
        query = self.pick(("", "?archive_items=true"))
        return self.send("DELETE", f"/api/workspaces/{one}{query}") if one else None

    def shown(self) -> list[Any]:
        """Return what the API shows of everything, without the times of changes."""
        nouns = (*OGSM, *REPORTS, *MEASUREMENTS)
        spaces = [f"/api/workspaces/{one}" for one in (*self.shared_workspaces(), self.world.personal)]
        lists = [f"{space}{tail}" for space in spaces for tail in ("/stacks", "/inbox")]
        comments = [f"/api/activities/{one['id']}/comments" for one in self.read_list("/api/activities")]
        own = ("/api/workspaces", "/api/activities", f"{self.world.personal_url}/archive")
        return read(self.client, *own, *lists, *comments, *(f"/api/v2/{noun}.json" for noun in nouns))
