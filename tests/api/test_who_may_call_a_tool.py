"""Permissions of tools: one table says for each kind of call who may make it. They are those of the routes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from chalicelib.agent_tools import load_tools
from infra.testing.nouns import ogsm_plans, undo
from infra.testing.world import World
from tests.support import tool_access_page
from tests.support.agents import Agent
from tests.support.tool_access_page import PEOPLE

Json = dict[str, Any]
Arguments = Callable[[World], Json]

YES = "yes"


def everybody() -> tuple[str, ...]:
    return (YES,) * len(PEOPLE)


def all_who_may_write() -> tuple[str, ...]:
    """Return the outcomes of what everybody may do for themselves."""
    return (*[YES] * 5, "403")


def of_account(*, read: bool) -> tuple[str, ...]:
    return (*[YES] * 4, "404", YES if read else "403")


def inside(*, read: bool, member: str = YES) -> tuple[str, ...]:
    """Return the outcomes of a call about what is in a workspace."""
    return (YES, member, "403", "404", "404", YES if read else "403")


@dataclass(frozen=True)
class Row:
    """A call of a tool: its outcome for each of PEOPLE, and its arguments, made anew after it has changed something."""

    tool: str
    outcomes: tuple[str, ...]
    arguments: Arguments = lambda _: {}

    @property
    def expected(self) -> dict[str, str]:
        return dict(zip(PEOPLE, self.outcomes, strict=True))


def number(address: str) -> int:
    return int(address.rpartition("/")[2].removesuffix(".json"))


def action(world: World) -> int:
    created: int = world.owner.post("/api/v2/actions.json", json={"title": "x"}).json()["id"]
    return created


def canvas(world: World) -> Json:
    return {"ogsm_canvas_id": int(ogsm_plans.create_for(ogsm_plans.PATHS[0], world).split("/")[4])}


def comment(world: World) -> int:
    made = world.owner.post(f"/api/activities/{world.item()}/comments", json={"body": "x"})
    created: int = made.json()["id"]
    return created


def workspace(**more: Any) -> Arguments:
    return lambda world: {"workspace_id": world.workspace} | more


def item(**more: Any) -> Arguments:
    return lambda world: {"activity_id": world.item()} | more


TABLE: dict[str, Row] = {
    "`get_context`": Row("get_context", everybody()),
    "`find_actions`": Row("find_actions", everybody()),
    "`read_plan`, the list of plans": Row("read_plan", everybody()),
    "`read_plan`, a plan of the account": Row("read_plan", of_account(read=True), canvas),
    "`browse_workspace`": Row("browse_workspace", inside(read=True), workspace(part="items")),
    "`list_my_work`": Row("list_my_work", everybody(), lambda _: {"what": "activities"}),
    "`get_object`, an action of the account": Row(
        "get_object", of_account(read=True), lambda world: {"kind": "action", "id": action(world)}
    ),
    "`get_object`, an activity in a workspace": Row(
        "get_object", inside(read=True), lambda world: {"kind": "activity", "id": world.item()}
    ),
    "`get_object`, a user of the account": Row(
        "get_object", of_account(read=True), lambda world: {"kind": "user", "id": world.users["owner"]}
    ),
    "`find_people`": Row("find_people", everybody()),
    "`list_changes`": Row("list_changes", everybody()),
    "`create_action`": Row("create_action", all_who_may_write(), lambda _: {"title": "x"}),
    "`update_action`": Row(
        "update_action", of_account(read=False), lambda world: {"action_id": action(world), "title": "x"}
    ),
    "`create_workspace`": Row("create_workspace", all_who_may_write(), lambda _: {"name": "x"}),
    "`create_workspace`, a stack": Row("create_workspace", inside(read=False), workspace(name="x")),
    "`undo`, a change of an activity": Row(
        "undo",
        (YES, YES, "404", "404", "404", "403"),
        lambda world: {"seq": int(undo.undo_of_activity(world).split("/")[3])},
    ),
    "`create_activity`, on the own inbox": Row("create_activity", all_who_may_write(), lambda _: {"name": "x"}),
    "`create_activity`, in a workspace": Row("create_activity", inside(read=False), workspace(name="x")),
    "`update_activity`": Row("update_activity", inside(read=False), item(name="x")),
    "`update_activity`, its priority": Row("update_activity", inside(read=False, member="403"), item(priority="high")),
    "`act_on_activity`, play": Row("act_on_activity", inside(read=False), item(verb="play")),
    "`act_on_activity`, take_over": Row("act_on_activity", inside(read=False, member="403"), item(verb="take_over")),
    "`comment`": Row("comment", inside(read=False), item(body="x")),
    "`hand_over`, an activity": Row(
        "hand_over",
        inside(read=False, member="403"),
        lambda world: {"activity_id": world.item(), "to": [world.users["other user"]]},
    ),
    "`hand_over`, a delegation": Row(
        "hand_over",
        (YES, YES, "404", "404", "404", "403"),
        lambda world: {"delegation_id": number(world.delegate(to="member")), "to": [world.users["other user"]]},
    ),
    "`hand_over`, an invitation": Row(
        "hand_over", inside(read=False), lambda world: workspace(to=[world.users["other user"]])(world)
    ),
    "`delete`, an action": Row("delete", of_account(read=False), lambda world: {"kind": "action", "id": action(world)}),
    "`delete`, a workspace": Row(
        "delete", inside(read=False, member="403"), lambda world: {"kind": "workspace", "id": world.workspace}
    ),
    "`delete`, a stack": Row(
        "delete", inside(read=False), lambda world: {"kind": "stack", "id": number(world.stack())}
    ),
    "`delete`, an activity": Row("delete", inside(read=False), lambda world: {"kind": "activity", "id": world.item()}),
    "`delete`, a comment of the owner": Row(
        "delete", inside(read=False, member="403"), lambda world: {"kind": "comment", "id": comment(world)}
    ),
    "`delete`, an invitation": Row(
        "delete",
        (YES, "404", "404", "403", "404", "403"),
        lambda world: {"kind": "invitation", "id": number(world.invite("other user"))},
    ),
    "`delete`, a member": Row(
        "delete", inside(read=False), lambda world: workspace(kind="member", id=world.users["member"])(world)
    ),
}


def outcome(client: httpx.Client, row: Row, arguments: Json) -> str:
    """Return whether a call works. One that only asks for a confirmation does."""
    result = Agent(client).send(row.tool, arguments)
    return str(result["structuredContent"]["status"]) if result.get("isError") else YES


@pytest.mark.parametrize("call", TABLE)
def test_everybody_may_call_what_the_table_says_and_no_more(world: World, call: str) -> None:
    row, outcomes, arguments = TABLE[call], {}, TABLE[call].arguments(world)
    for person in reversed(PEOPLE):  # who may do most comes last
        outcomes[person] = outcome(world.clients[person], row, arguments)
        if outcomes[person] == YES and not row.tool.startswith(("get", "find", "list", "browse", "read")):
            arguments = row.arguments(world)
    assert outcomes == row.expected


def test_nobody_calls_a_tool_without_a_credential(world: World) -> None:
    answer = Agent(world.clients["nobody"]).post("tools/call", {"name": "get_context", "arguments": {}})
    assert answer.status_code == 401


def test_every_tool_is_in_the_table() -> None:
    assert {row.tool for row in TABLE.values()} == {tool.name for tool in load_tools()}


@pytest.mark.parametrize("table", ["tools", "access of tools"])
def test_the_documented_tables_are_current(request: pytest.FixtureRequest, table: str) -> None:
    documented = {
        "tools": tool_access_page.render_tools(load_tools()),
        "access of tools": tool_access_page.render_access({call: row.expected for call, row in TABLE.items()}),
    }[table]
    if request.config.getoption("--keep-access"):
        tool_access_page.write(table, documented)
    assert tool_access_page.read(table) == documented, "Run `make access` to update it."
