"""A caller gets the same answer for an object that is hidden and for one that does not exist."""

from infra.testing.world import World, location_of


def test_missing_and_hidden_objects_get_the_same_answer(world: World) -> None:
    stranger, stack, item = world.clients["other account"], world.stack(), world.item()
    comment = location_of(world.owner.post(f"/api/activities/{item}/comments", json={"body": "x"}))
    flat = f"/api/stacks/{stack.rpartition('/')[2]}"
    for hidden, missing in [
        (world.workspace_url, "/api/workspaces/99999"),
        (stack, "/api/workspaces/99999/stacks/99999"),
        (f"{stack}/items", "/api/workspaces/99999/stacks/99999/items"),
        (f"{world.workspace_url}/members", "/api/workspaces/99999/members"),
        (f"/api/activities/{item}", "/api/activities/99999"),
        (f"/api/activities/{item}/comments", "/api/activities/99999/comments"),
        (comment, "/api/comments/99999"),
        (flat, "/api/stacks/99999"),
        (f"{flat}/items", "/api/stacks/99999/items"),
    ]:
        known = {"instance", "request_id"}
        answers = [
            {name: value for name, value in client.get(address).json().items() if name not in known}
            for client in (stranger, world.clients["other user"])
            for address in (hidden, missing)
        ]
        assert answers == [answers[0]] * 4
        assert answers[0]["status"] == 404
