"""A whole session of an agent, which plans a quarter and knows nothing of the service but its list of tools."""

from typing import Any

import pytest

from infra.testing.world import World
from tests.support.agents import Agent
from tests.support.change_stream import ChangeStream
from tests.support.ogsm_plan import Plan

Json = dict[str, Any]

LATE = ("Open the shop", "Hire a baker", "Paint the door")


class Session:
    """An agent that calls only what tools/list offers, with the arguments that are described there."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._tools = agent.list_tools()

    def send(self, tool: str, arguments: Json, **more: Any) -> Json:
        schema = self._tools[tool]["inputSchema"]
        assert set(arguments) <= set(schema["properties"])
        assert set(schema.get("required", ())) <= set(arguments)
        return self._agent.send(tool, arguments, **more)

    def call(self, tool: str, /, **arguments: Any) -> Json:
        result = self.send(tool, arguments)
        assert not result.get("isError"), result
        data: Json = result["structuredContent"]
        return data

    def confirm(self, tool: str, /, **arguments: Any) -> Json:
        """Call a tool that asks first: answer its question, or send the token of its preview."""
        first = self.send(tool, arguments)
        if first["resultType"] == "input_required":
            done = self._agent.reply(tool, arguments, first, "accept")
        else:
            token = first["structuredContent"]["confirm_token"]
            done = self.send(tool, arguments | {"confirm_token": token})
        assert not done.get("isError"), done
        data: Json = done["structuredContent"]
        return data


@pytest.fixture
def canvas(world: World) -> str:
    """Create a plan with three late actions of somebody who has left, one that is not late, and one that is done."""
    plan = Plan(world.owner)
    canvas = plan.add("ogsm_canvas", name="Bakery", status="active")
    strategy = plan.add("strategy", title="Sell bread", ogsm_canvases=[canvas])
    on_plan = {"ogsm_canvases": [canvas], "strategies": [strategy], "assignee": "Gone Person"}
    for title in LATE:
        plan.add("action", title=title, due="2024-01-31", **on_plan)
    plan.add("action", title="Buy flour", due="2999-01-31", **on_plan)
    plan.add("action", title="Find a name", due="2024-01-31", status="done", **on_plan)
    return canvas


@pytest.mark.usefixtures("canvas")
@pytest.mark.parametrize("can_elicit", [True, False], ids=["a client that asks its user", "a client without questions"])
def test_an_agent_plans_a_quarter(world: World, stream: ChangeStream, outbox: list[Json], *, can_elicit: bool) -> None:
    agent = Session(Agent(world.owner, can_elicit=can_elicit))
    plan = find_plan(agent)
    [mia] = agent.call("find_people", q="mia")["people"]
    actions = give_late_actions(agent, plan, mia)
    prepare_work(agent, mia)
    assert [mail["Destination"]["ToAddresses"] for mail in outbox] == [["mia@acme.example"]]
    delete_and_undo(agent, actions[-1], stream)
    assert agent.call("find_actions", assignee=mia["name"], sort="id")["actions"] == actions


def find_plan(agent: Session) -> int:
    """Find out who calls and what the plan is."""
    context = agent.call("get_context")
    assert context["may_write"]
    [plan] = context["ogsm_canvases"]
    entries = agent.call("read_plan", ogsm_canvas_id=plan["id"])["entries"]
    assert [entry["kind"] for entry in entries] == ["strategy", *["action"] * 5]
    review = agent.call("read_plan", ogsm_canvas_id=plan["id"], view="review")["review"]
    assert len(review["actions"]["overdue"]) == len(LATE)
    found: int = plan["id"]
    return found


def give_late_actions(agent: Session, plan: int, mia: Json) -> list[Json]:
    """Give the late actions to Mia, with a new day. Return them."""
    late = agent.call("find_actions", ogsm_canvas_id=plan, overdue=True, sort="id")["actions"]
    assert [action["title"] for action in late] == list(LATE)
    for action in late:
        agent.call("update_action", action_id=action["id"], assignee=mia["name"], due="2999-03-31")
    assert agent.call("find_actions", overdue=True)["actions"] == []
    given: list[Json] = agent.call("find_actions", assignee=mia["name"], sort="id")["actions"]
    assert [action["title"] for action in given] == list(LATE)
    return given


def prepare_work(agent: Session, mia: Json) -> None:
    """Make a workspace with a stack and an activity, delegate the activity to Mia, and comment on it."""
    workspace = agent.call("create_workspace", name="Opening")["workspace"]["id"]
    stack = agent.call("create_workspace", name="First", workspace_id=workspace)["stack"]["id"]
    activity = agent.call("create_activity", name="Call painters", stack_id=stack, priority="high")["activity"]["id"]
    assert agent.confirm("hand_over", activity_id=activity, to=[mia["slug"]], note="Soon", sign_off=True)["done"]
    agent.call("comment", activity_id=activity, body="Three offers are enough.")
    [delegation] = agent.call("list_my_work", what="delegations_by_me")["delegations_by_me"]
    assert (delegation["activity"]["id"], delegation["delegee"]) == (activity, mia["name"])


def delete_and_undo(agent: Session, action: Json, stream: ChangeStream) -> None:
    """Ask to delete an action, be asked, confirm, and then undo what was done."""
    deleted = agent.confirm("delete", kind="action", id=action["id"])
    assert deleted["deleted"] == {"kind": "action", "id": action["id"]}
    assert action not in agent.call("find_actions")["actions"]
    stream.catch_up()
    newest = agent.call("list_changes", kind="action")["changes"][-1]
    assert (newest["verb"], newest["request_id"]) == ("delete", deleted["request_id"])
    agent.call("undo", seq=newest["seq"])
