"""The tools that read: what they show, and how they go on where the answer would be too long."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.testing.world import World, create_workspace
from tests.support.agents import Agent
from tests.support.change_stream import ChangeStream
from tests.support.gateway_events import as_caller, invoke
from tests.support.mcp_messages import message
from tests.support.ogsm_plan import Plan

Json = dict[str, Any]

MOST_RESULT_BYTES = 20_000
ACTIONS = "/api/v2/actions.json"


@pytest.fixture
def agent(world: World) -> Agent:
    """Return an agent of the owner of the workspace."""
    return Agent(world.owner)


def pages(agent: Agent, tool: str, parameter: str = "cursor", **arguments: Any) -> Iterator[Json]:
    """Yield the pages of a list, as the hints say."""
    more: Json = {}
    while True:
        result = agent.send(tool, arguments | more)
        assert len(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()) <= MOST_RESULT_BYTES
        page: Json = result["structuredContent"]
        yield page
        if "next" not in page:
            return
        assert parameter in page["hint"]
        more = {parameter: page["next"]}


def create_actions(world: World, *actions: Json) -> list[int]:
    made = [world.owner.post(ACTIONS, json={"title": f"Action {n}"} | one) for n, one in enumerate(actions)]
    return [answer.json()["id"] for answer in made]


def test_the_context_says_who_calls_and_where_the_work_is(world: World) -> None:
    canvas = world.owner.post("/api/v2/ogsm_canvases.json", json={"name": "Plan"}).json()["id"]
    world.delegate(to="member")
    world.invite("other user")
    context = Agent(world.member).call("get_context")
    assert context["user"]["id"] == world.users["member"]
    assert (context["may_write"], len(context["today"])) == (True, 10)
    assert {one["id"] for one in context["workspaces"]} >= {world.workspace}
    assert context["ogsm_canvases"] == [{"id": canvas, "name": "Plan", "status": "draft"}]
    assert (context["waiting_invitations"], context["waiting_delegations"]) == (0, 1)
    assert Agent(world.invited).call("get_context")["waiting_invitations"] == 1
    assert Agent(world.owner).call("get_context")["waiting_invitations"] == 0  # those that she sent wait for others


def test_the_context_of_many_workspaces_names_the_tool_that_lists_all_of_them(world: World, agent: Agent) -> None:
    for number in range(30):
        create_workspace(world.owner, f"Workspace {number}")
    context = agent.call("get_context")
    assert (len(context["workspaces"]), context["more_workspaces"]) == (30, "list_my_work lists all of them")
    assert len(agent.call("list_my_work", what="workspaces", limit=100)["workspaces"]) == 32


def test_late_actions_are_found_by_their_filters(world: World, agent: Agent) -> None:
    late, _, done = create_actions(world, {"due": "2024-01-01"}, {"due": "2999-01-01"}, {"due": "2024-01-01"})
    agent.call("update_action", action_id=done, status="done")
    found = agent.call("find_actions", overdue=True, sort="-due")
    keys = ["id", "title", "assignee", "due", "status", "traffic_light", "progress"]
    assert [list(action) for action in found["actions"]] == [keys]
    assert found["actions"][0]["id"] == late


def test_an_agent_may_ask_for_other_fields(world: World, agent: Agent) -> None:
    [action] = create_actions(world, {"labels": ["a"], "strategies": [{"id": 4}]})
    found = agent.call("find_actions", fields="id,labels,strategies")
    assert found["actions"] == [{"id": action, "labels": ["a"], "strategies": [4]}]


def test_the_pages_of_a_list_have_every_entry_once(world: World, agent: Agent) -> None:
    created = create_actions(world, *[{}] * 7)
    found = list(pages(agent, "find_actions", limit=3))
    assert [len(page["actions"]) for page in found] == [3, 3, 1]
    assert [action["id"] for page in found for action in page["actions"]] == created


def test_a_page_that_would_be_too_long_has_fewer_entries(world: World, agent: Agent) -> None:
    created = create_actions(world, *[{"description": "Ω" * 2_000, "labels": ["x" * 100]}] * 30)
    found = list(pages(agent, "find_actions", fields="id,title,description,labels", limit=30))
    assert len(found) > 1
    assert [action["id"] for page in found for action in page["actions"]] == created
    assert found[0]["actions"][0]["description"].endswith("[cut: 400 of 2000 characters; get_object has more]")


def test_even_one_entry_and_its_cursor_fit(world: World, agent: Agent) -> None:
    many = {"labels": ["😀" * 97 + str(n) for n in range(100)], "involved": ["😀" * 97 + str(n) for n in range(100)]}
    create_actions(world, *[many | {"title": "😀" * 255, "description": "😀" * 10_000}] * 2)
    every = "id,title,labels,involved,description"
    found = list(pages(agent, "find_actions", fields=every, sort="title,id", limit=1))
    assert [len(page["actions"]) for page in found] == [1, 1]


def test_one_object_is_read_in_full_with_a_link_to_it(world: World, agent: Agent) -> None:
    [action] = create_actions(world, {"description": "x" * 3_000, "assignee": {"name": "Ada"}})
    result = agent.send("get_object", {"kind": "action", "id": action})
    assert result["structuredContent"]["action"]["description"] == "x" * 3_000
    [link] = [block for block in result["content"] if block["type"] == "resource_link"]
    assert world.owner.get(link["uri"]).json()["id"] == action
    assert (link["name"], link["mimeType"]) == ("Action 0", "application/json")


def test_behind_a_stage_links_lead_to_the_stage(acme: Json) -> None:
    sent = message("tools/call", {"name": "create_action", "arguments": {"title": "x"}})
    headers = {"MCP-Protocol-Version": "2025-06-18"}
    answer = invoke("POST", "/mcp", body=sent, headers=headers, caller=as_caller(acme))
    [link] = [block for block in answer["json"]["result"]["content"] if block["type"] == "resource_link"]
    assert link["uri"] == "https://abc.execute-api.us-east-1.amazonaws.com/prod/api/v2/actions/1.json"


def test_an_object_that_is_too_long_is_cut_with_a_mark(world: World, agent: Agent) -> None:
    [action] = create_actions(world, {"description": "x" * 100_000})
    [page] = pages(agent, "get_object", kind="action", id=action)
    assert page["action"]["description"].endswith("of 100000 characters; the linked resource has the whole]")


def test_every_kind_of_object_can_be_read(world: World, agent: Agent) -> None:
    activity = world.item(name="Write it")
    comment = agent.call("comment", activity_id=activity, body="First")["comment"]["id"]
    delegation = world.delegate(f"/api/activities/{activity}").rpartition("/")[2]
    invitation = world.invite("other user").rpartition("/")[2]
    ids: Json = {
        "workspace": world.workspace,
        "stack": int(world.stack().rpartition("/")[2]),
        "activity": activity,
        "comment": comment,
        "delegation": delegation,
        "invitation": invitation,
        "user": world.users["member"],
    }
    ids |= {
        kind: world.owner.post(f"/api/v2/{noun}.json", json={"title": "x"}).json()["id"]
        for kind, noun in {"objective": "objectives", "goal": "goals", "strategy": "strategies", "kpi": "kpis"}.items()
    }
    ids["team"] = world.owner.post("/api/v2/teams.json", json={"name": "x"}).json()["id"]
    for kind, object_id in ids.items():
        found = agent.call("get_object", kind=kind, id=object_id)[kind]
        assert str(found["id"]) == str(object_id), kind
        assert "links" not in found


def test_an_activity_comes_with_its_first_comments_and_the_way_to_all(world: World, agent: Agent) -> None:
    activity = world.item()
    bodies = [f"Comment {number}" for number in range(7)]
    for body in bodies:
        agent.call("comment", activity_id=activity, body=body)
    shown = agent.call("get_object", kind="activity", id=activity)
    assert [comment["body"] for comment in shown["comments"]] == bodies[:5]
    assert shown["more_comments"] == "kind=comments lists all of them"
    found = list(pages(agent, "get_object", kind="comments", id=activity, limit=4))
    assert [comment["body"] for page in found for comment in page["comments"]] == bodies


def test_a_plan_is_listed_in_its_order_page_by_page(world: World, agent: Agent) -> None:
    plan = Plan(world.owner)
    on_canvas = {"ogsm_canvases": [plan.add("ogsm_canvas")]}
    canvas = int(on_canvas["ogsm_canvases"][0].split()[1])
    objective = plan.add("objective", **on_canvas)
    goal = plan.add("goal", **on_canvas, objectives=[objective])
    strategies = [plan.add("strategy", **on_canvas, objectives=[objective]) for _ in range(2)]
    kpi = plan.add("kpi", **on_canvas, strategies=strategies[:1])
    action, another, alone = (
        plan.add("action", **on_canvas, strategies=of) for of in (strategies[:1], strategies[1:], [])
    )
    assert [one["id"] for one in agent.call("read_plan")["ogsm_canvases"]] == [canvas]
    found = [entry for page in pages(agent, "read_plan", ogsm_canvas_id=canvas, limit=3) for entry in page["entries"]]
    in_order = [objective, goal, strategies[0], kpi, action, strategies[1], another, alone]
    assert [f"{entry['kind']} {entry['id']}" for entry in found] == in_order
    of_strategies = [entry["strategy_id"] for entry in found if "strategy_id" in entry]
    assert of_strategies == [int(strategies[0].split()[1])] * 2 + [int(strategies[1].split()[1])]


def test_a_page_of_a_plan_that_would_be_too_long_has_fewer_entries(world: World, agent: Agent) -> None:
    plan = Plan(world.owner)
    canvas = plan.add("ogsm_canvas")
    actions = [plan.add("action", title="😀" * 255, ogsm_canvases=[canvas]) for _ in range(12)]
    number = int(canvas.split()[1])
    found = list(pages(agent, "read_plan", ogsm_canvas_id=number, limit=100))
    assert len(found) > 1
    assert [f"action {entry['id']}" for page in found for entry in page["entries"]] == actions


def test_a_goal_of_a_plan_has_its_newest_measurement(world: World, agent: Agent) -> None:
    plan = Plan(world.owner)
    canvas = plan.add("ogsm_canvas")
    goal = plan.add("goal", ogsm_canvases=[canvas], target_unit="%")
    plan.add("goal_measurement", goal=goal, at="2024-01-01", target=10, actual=7.5)
    [entry] = agent.call("read_plan", ogsm_canvas_id=int(canvas.split()[1]))["entries"]
    assert (entry["target_unit"], entry["latest"]) == ("%", {"at": "2024-01-01", "target": 10, "actual": 7.5})


def test_a_plan_can_be_reviewed(world: World, agent: Agent) -> None:
    canvas = world.owner.post("/api/v2/ogsm_canvases.json", json={"name": "Plan"}).json()["id"]
    [action] = create_actions(world, {"due": "2024-01-01", "ogsm_canvases": [{"id": canvas}]})
    review = agent.call("read_plan", ogsm_canvas_id=canvas, view="review")["review"]
    assert review["actions"]["overdue"] == [{"id": action, "title": "Action 0"}]


def test_the_parts_of_a_workspace_are_browsed(world: World, agent: Agent) -> None:
    stack = agent.call("create_workspace", workspace_id=world.workspace, name="Doing")["stack"]["id"]
    on_stack = agent.call("create_activity", name="On the stack", stack_id=stack)["activity"]["id"]
    on_inbox = agent.call("create_activity", name="On the inbox", workspace_id=world.workspace)["activity"]["id"]
    place: Json = {"workspace_id": world.workspace}

    def browse(part: str, **more: Any) -> list[Json]:
        shown = agent.call("browse_workspace", part=part, **place, **more)
        [entries] = [value for name, value in shown.items() if name not in ("next", "hint")]
        found: list[Json] = entries
        return found

    assert browse("stacks") == [{"id": stack, "name": "Doing", "description": None, "items": 1}]
    assert [item["id"] for item in browse("inbox")] == [on_inbox]
    assert [item["id"] for item in browse("items")] == [on_inbox, on_stack]
    assert [item["id"] for item in browse("items", stack_id=stack)] == [on_stack]
    assert browse("items")[0]["assignee"] == "Ada Admin"
    assert {member["id"] for member in browse("members")} == {world.users["owner"], world.users["member"]}
    assert [one["user"] for one in browse("invitations")] == ["Ivo Member"]
    place = {"workspace_id": world.personal}
    agent.call("act_on_activity", activity_id=on_inbox, verb="archive", workspace_id=world.personal)
    assert [item["id"] for item in browse("archive")] == [on_inbox]


def test_changes_of_credentials_and_the_audit_log_stay_hidden(world: World, agent: Agent, stream: ChangeStream) -> None:
    world.owner.post("/api/webhooks", json={"url": "https://receiver.example/hidden"})
    world.owner.post("/api/credentials", json={"label": "hidden"})
    action = agent.call("create_action", title="shown")["action"]["id"]
    stream.catch_up()
    seqs = {one["object"]["kind"]: one["seq"] for one in world.owner.get("/api/changes").json()}
    assert seqs.keys() >= {"credential", "audit_event"}
    for arguments in ({}, {"limit": 100}, {"after": 0}):
        listed = [one for page in pages(agent, "list_changes", "after", **arguments) for one in page["changes"]]
        assert [one["object"] for one in listed] == [f"action/{action}"]
    for kind in ("credential", "audit_event"):
        assert agent.call("list_changes", object=f"{kind}/1")["changes"] == []
        assert "agents do not see" in agent.refusal("list_changes", kind=kind)["detail"]
        assert agent.refusal("get_object", kind="change", id=seqs[kind])["status"] == 404
    assert agent.call("get_object", kind="change", id=seqs["action"])["change"]["after"]["title"] == "shown"


def test_own_work_is_listed(world: World) -> None:
    delegation = int(world.delegate(to="member").rpartition("/")[2])
    owner, member = Agent(world.owner), Agent(world.member)
    [by_owner] = owner.call("list_my_work", what="delegations_by_me")["delegations_by_me"]
    [to_member] = member.call("list_my_work", what="delegations_to_me")["delegations_to_me"]
    assert by_owner["id"] == to_member["id"] == delegation
    assert (to_member["delegator"], to_member["delegee"], to_member["state"]) == ("Ada Admin", "Mia Member", "pending")
    assert to_member["activity"]["id"] in [
        activity["id"] for activity in owner.call("list_my_work", what="activities")["activities"]
    ]
    [invitation] = Agent(world.invited).call("list_my_work", what="invitations")["invitations"]
    assert (invitation["workspace"]["id"], invitation["inviter"]) == (world.workspace, "Ada Admin")


def test_people_are_found_by_parts_of_their_names_and_addresses(world: World, agent: Agent) -> None:
    assert [one["name"] for one in agent.call("find_people", q="MIA mem")["people"]] == ["Mia Member"]
    assert [one["slug"] for one in agent.call("find_people", q="udo@acme")["people"]] == ["udo-member"]
    assert agent.call("find_people", q="nobody") == {"people": []}
    everybody = [one["name"] for page in pages(agent, "find_people", limit=3) for one in page["people"]]
    assert sorted(everybody) == ["Ada Admin", "Ivo Member", "Mia Member", "Udo Member"]
