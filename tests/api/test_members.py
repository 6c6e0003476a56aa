"""Members of workspaces: listing, leaving and removing them."""

from infra.testing.world import World


def test_members_are_listed_with_the_owner_first(world: World) -> None:
    members = world.member.get(f"{world.workspace_url}/members").json()
    assert [member["id"] for member in members] == [world.users["owner"], world.users["member"]]
    assert members[0] == world.owner.get(world.workspace_url).json()["owner"]


def test_a_member_who_left_or_was_removed_has_no_access(world: World) -> None:
    member = f"{world.workspace_url}/members/{world.users['member']}"
    for client in (world.member, world.owner):
        assert client.delete(f"{member}?archive_items=false").status_code == 204
        assert world.member.get(world.workspace_url).status_code == 404
        assert [one["name"] for one in world.member.get("/api/workspaces").json()] == ["Personal workspace"]
        assert client.delete(member).status_code == 404
        world.join("member")


def test_what_a_member_made_stays_when_the_member_leaves(world: World) -> None:
    made = world.member.post(f"{world.workspace_url}/items", json={"type": "Activity", "name": "x"}).json()["activity"]
    world.member.delete(f"{world.workspace_url}/members/{world.users['member']}")
    [item] = world.owner.get(f"{world.workspace_url}/items").json()
    assert item["activity"] == made
    assert world.member.get(f"/api/activities/{made['id']}").status_code == 404


def test_the_owner_cannot_leave_and_members_cannot_remove_others(world: World) -> None:
    world.join("other user")
    owner, other = (f"{world.workspace_url}/members/{world.users[person]}" for person in ("owner", "other user"))
    assert world.owner.delete(owner).status_code == 409
    assert world.member.delete(owner).status_code in (403, 409)
    assert world.member.delete(other).status_code == 403
    assert len(world.owner.get(f"{world.workspace_url}/members").json()) == 3
