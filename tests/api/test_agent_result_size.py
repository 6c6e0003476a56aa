"""Results of tools stay within their limit with the longest names that objects can have."""

import json
from typing import Any

from infra.testing.world import World, create_workspace
from tests.support.agents import Agent

Json = dict[str, Any]

MOST_RESULT_BYTES = 20_000
LONG_NAME = "\U0001f600" * 250  # of four bytes each


def result_size(agent: Agent, tool: str, **arguments: Any) -> int:
    """Call a tool, and return the size of its result in bytes."""
    return len(json.dumps(agent.send(tool, arguments), ensure_ascii=False, separators=(",", ":")).encode())


def test_the_canvas_with_a_page_of_its_plan_counts_as_well(world: World) -> None:
    agent, client = Agent(world.owner), world.owner
    team = client.post("/api/v2/teams.json", json={"name": LONG_NAME}).json()["id"]
    canvas = client.post("/api/v2/ogsm_canvases.json", json={"name": LONG_NAME, "team": {"id": team}}).json()["id"]
    for _ in range(25):
        body = {"title": LONG_NAME[:90], "ogsm_canvases": [{"id": canvas}]}
        assert client.post("/api/v2/objectives.json", json=body).status_code == 201
    sizes = [result_size(agent, "read_plan", ogsm_canvas_id=canvas, limit=limit) for limit in range(15, 26)]
    assert max(sizes) <= MOST_RESULT_BYTES
    assert max(sizes) > MOST_RESULT_BYTES / 2


def test_the_token_and_the_hint_of_a_preview_count_as_well(world: World) -> None:
    agent, workspace = Agent(world.owner), create_workspace(world.owner, "x" * 250)
    sizes = []
    for number in range(95):
        item = world.owner.post(f"/api/workspaces/{workspace}/items", json={"name": "x" * 75})
        assert item.status_code == 201
        if number > 70:
            sizes.append(result_size(agent, "delete", kind="workspace", id=workspace, archive_items=True))
    assert max(sizes) <= MOST_RESULT_BYTES
    assert max(sizes) > MOST_RESULT_BYTES * 0.9
