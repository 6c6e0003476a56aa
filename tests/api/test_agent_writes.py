"""The tools that create and change things at once."""

from typing import Any

import pytest

from infra.testing.world import World
from tests.support.agents import Agent

Json = dict[str, Any]

FLAT = {
    "title": "Open the shop",
    "description": "<p>Soon</p>",
    "assignee": "Mia Member",
    "involved": ["Udo", "Ivo"],
    "labels": ["a", "b"],
    "start": "2024-01-01",
    "due": "2024-02-01",
    "status": "doing",
    "traffic_light": "orange",
    "progress": 40,
    "strategies": [4, 5],
    "ogsm_canvases": [7],
    "archived": True,
}


@pytest.fixture
def agent(world: World) -> Agent:
    """Return an agent of the owner of the workspace."""
    return Agent(world.owner)


def test_an_action_is_answered_in_the_flat_form_in_which_it_was_sent(world: World, agent: Agent) -> None:
    action = agent.call("create_action", **FLAT)["action"]
    assert {name: action[name] for name in FLAT} == FLAT
    stored = world.owner.get(f"/api/v2/actions/{action['id']}.json").json()
    assert (stored["assignee"], stored["strategies"]) == ({"name": "Mia Member"}, [{"id": 4}, {"id": 5}])
    again = agent.call("update_action", action_id=action["id"], **FLAT)["action"]
    assert again == action


def test_an_update_changes_what_is_sent_and_null_clears(agent: Agent) -> None:
    action = agent.call("create_action", **FLAT)["action"]
    cleared = agent.call("update_action", action_id=action["id"], assignee=None, due=None, labels=[])["action"]
    assert cleared == action | {"assignee": None, "due": None, "labels": []}


def test_ids_and_flags_may_be_sent_as_text(agent: Agent) -> None:
    action = agent.call("create_action", title="x", strategies=["4"], archived="true", progress="7")["action"]
    assert (action["strategies"], action["archived"], action["progress"]) == ([4], True, 7)
    assert agent.call("get_object", kind="action", id=str(action["id"]))["action"] == action


def test_an_activity_is_created_with_its_blocks_where_it_belongs(world: World, agent: Agent) -> None:
    stack = int(world.stack().rpartition("/")[2])
    blocks = {"priority": "high", "size": "small", "progress": 30, "target_date": "2030-01-01T00:00:00Z"}
    for place in ({}, {"workspace_id": world.workspace}, {"stack_id": stack}):
        activity = agent.call("create_activity", name="x", description="y", **blocks, **place)["activity"]
        assert {name: activity[name] for name in blocks} == blocks | {"progress": "30"}
        assert (activity["name"], activity["description"], activity["alarm"]) == ("x", "y", None)
    listed = agent.call("browse_workspace", workspace_id=world.workspace, part="items", stack_id=stack)["items"]
    assert [item["id"] for item in listed] == [activity["id"]]


def test_an_activity_is_changed_field_by_field(agent: Agent) -> None:
    activity = agent.call("create_activity", name="x", target_date="2030-01-01")["activity"]
    sent = {"name": "y", "priority": "low", "target_date": None}
    changed = agent.call("update_activity", activity_id=activity["id"], **sent)["activity"]
    assert {name: changed[name] for name in sent} == sent
    only_block = agent.call("update_activity", activity_id=activity["id"], progress=100)["activity"]
    assert (only_block["name"], only_block["progress"]) == ("y", "100")


def test_what_a_call_had_done_before_it_was_refused_is_told(world: World) -> None:
    activity = world.item()
    member = Agent(world.member)  # who may not change blocks
    refusal = member.refusal("update_activity", activity_id=activity, name="New name", priority="high")
    assert (refusal["status"], refusal["done_before"]) == (403, [f"PATCH /api/activities/{activity}"])
    assert refusal["request_id"]
    assert member.call("get_object", kind="activity", id=activity)["activity"]["name"] == "New name"


def test_an_activity_goes_through_its_states(world: World, agent: Agent) -> None:
    activity = agent.call("create_activity", name="x", workspace_id=world.workspace)["activity"]["id"]
    for verb, state in (("play", "active"), ("pause", "paused"), ("play", "active"), ("finish", "finished")):
        assert agent.call("act_on_activity", activity_id=activity, verb=verb)["activity"]["state"] == state


def test_an_activity_is_moved_and_archived(world: World, agent: Agent) -> None:
    stack = int(world.stack().rpartition("/")[2])
    activity = agent.call("create_activity", name="x")["activity"]["id"]
    places: list[tuple[Json, Json]] = [
        ({"verb": "move", "workspace_id": world.workspace}, {"part": "inbox"}),
        ({"verb": "move", "stack_id": stack}, {"part": "items", "stack_id": stack}),
        ({"verb": "archive", "workspace_id": world.personal}, {"part": "archive"}),
    ]
    for where, shown in places:
        agent.call("act_on_activity", activity_id=activity, **where)
        workspace = world.personal if shown["part"] == "archive" else world.workspace
        [entries] = agent.call("browse_workspace", workspace_id=workspace, **shown).values()
        assert [item["id"] for item in entries] == [activity]


def test_a_delegee_answers_through_the_activity(world: World) -> None:
    accepted, declined, taken_back = world.activity(), world.activity(), world.activity()
    owner, member = Agent(world.owner), Agent(world.member)
    for address in (accepted, declined, taken_back):
        world.delegate(address, to="member", sign_off=True)

    def act(agent: Agent, address: str, verb: str, **more: Any) -> Json:
        done = agent.call("act_on_activity", activity_id=address.rpartition("/")[2], verb=verb, **more)
        activity: Json = done["activity"]
        return activity

    assert act(member, accepted, "accept")["assignee"]["name"] == "Mia Member"
    act(member, declined, "decline", note="No time")
    act(owner, taken_back, "take_back")
    act(member, accepted, "finish")
    assert act(owner, accepted, "reject")["state"] == "rejected"
    act(member, accepted, "finish")
    assert act(owner, accepted, "approve")["state"] == "approved"
    by_me = owner.call("list_my_work", what="delegations_by_me")["delegations_by_me"]
    assert {one["state"] for one in by_me} == {"done", "declined", "taken_back"}


def test_a_workspace_and_its_stacks_are_created_with_links_to_them(world: World, agent: Agent) -> None:
    result = agent.send("create_workspace", {"name": "Quarter", "description": "Three months"})
    workspace = result["structuredContent"]["workspace"]
    assert (workspace["name"], workspace["type"], workspace["owner"]["name"]) == (
        "Quarter",
        "SharedWorkspace",
        "Ada Admin",
    )
    stack = agent.send("create_workspace", {"name": "Doing", "workspace_id": workspace["id"]})
    for one, key in ((result, "workspace"), (stack, "stack")):
        [link] = [block for block in one["content"] if block["type"] == "resource_link"]
        assert world.owner.get(link["uri"]).json()["id"] == one["structuredContent"][key]["id"]


def test_members_comment(world: World) -> None:
    activity = world.item()
    comment = Agent(world.member).call("comment", activity_id=activity, body="Well done")["comment"]
    assert (comment["body"], comment["author"]["name"]) == ("Well done", "Mia Member")
