"""Invitations end with the right to invite: the owner sees and cancels them, and accepting checks the inviter again."""

from typing import Any

import httpx
import pytest

from infra.testing.world import World
from tests.support.invitations import links
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]


def invite_as_member(world: World, **body: Any) -> str:
    """Let the member invite somebody, and return the address of the invitation."""
    answer = world.member.post(f"{world.workspace_url}/invitation", json=body or {"slug": world.users["other user"]})
    assert answer.status_code == 201, answer.text
    return f"/api/invitations/{answer.json()[0]['id']}"


def remove_member(world: World) -> None:
    assert world.owner.delete(f"{world.workspace_url}/members/{world.users['member']}").status_code == 204


@pytest.fixture
def udo(world: World) -> httpx.Client:
    """Return a client of a user of the account who is not in the workspace."""
    return world.clients["other user"]


def test_the_owner_lists_all_pending_invitations_of_a_workspace(world: World, udo: httpx.Client) -> None:
    address = invite_as_member(world)
    listed = world.owner.get(f"{world.workspace_url}/invitations").json()
    assert [one["user"]["first_name"] for one in listed] == ["Ivo", "Udo"]
    assert listed[1] == udo.get(address).json()
    assert [one["inviter"]["id"] for one in listed] == [world.users["owner"], world.users["member"]]
    assert world.owner.get(f"{world.workspace_url}/invitations?limit=1").json() == listed[:1]


@pytest.mark.parametrize(
    ("role", "status"),
    [("invited", 403), ("other user", 404), ("other account", 404), ("nobody", 401)],
)
def test_nobody_outside_the_workspace_lists_or_cancels_them(world: World, role: str, status: int) -> None:
    listed = f"{world.workspace_url}/invitations"
    [invitation] = world.owner.get(listed).json()
    assert world.clients[role].get(listed).status_code == status
    assert world.clients[role].delete(f"{listed}/{invitation['id']}").status_code == status
    assert len(world.owner.get(listed).json()) == 1


def test_members_list_all_of_them_and_cancel_their_own(world: World) -> None:
    own = invite_as_member(world).rsplit("/", 1)[1]
    listed = f"{world.workspace_url}/invitations"
    [of_owner] = [one for one in world.member.get(listed).json() if str(one["id"]) != own]
    refused = world.member.delete(f"{listed}/{of_owner['id']}")
    assert refused.status_code == 403
    assert "only cancel invitations that they sent" in refused.json()["detail"]
    assert world.member.delete(f"{listed}/{own}").status_code == 204
    assert world.member.get(listed).json() == [of_owner]


def test_the_owner_cancels_an_invitation_that_somebody_else_sent(world: World, udo: httpx.Client) -> None:
    address = invite_as_member(world)
    cancel = f"{world.workspace_url}/invitations/{address.rsplit('/', 1)[1]}"
    assert world.owner.delete(cancel).status_code == 204
    assert [client.get(address).status_code for client in (udo, world.member)] == [404, 404]
    assert udo.put(f"{address}/accept").status_code == 404
    assert world.owner.delete(cancel).status_code == 404
    assert [one["user"]["first_name"] for one in world.owner.get(f"{world.workspace_url}/invitations").json()] == [
        "Ivo"
    ]


def test_a_removed_member_leaves_no_invitation_behind(world: World, udo: httpx.Client, anybody: httpx.Client) -> None:
    address = invite_as_member(world)
    invite_as_member(world, email=["back@door.example", "side@door.example"])
    remove_member(world)
    assert udo.put(f"{address}/accept").status_code == 404
    assert udo.get("/api/workspaces/invited").json() == []
    assert [one["user"]["first_name"] for one in world.owner.get(f"{world.workspace_url}/invitations").json()] == [
        "Ivo"
    ]
    member = world.users["member"]
    assert [row for row in stored_rows("invitation") if row["inviter"]["S"] == member] == []


def test_the_link_in_the_mail_of_a_removed_member_leads_nowhere(
    world: World, outbox: list[Json], anybody: httpx.Client
) -> None:
    invite_as_member(world, email="back@door.example")
    [link] = links(outbox)
    remove_member(world)
    names = {"first_name": "Back", "last_name": "Door"}
    assert [anybody.get(link).status_code, anybody.post(link, data=names).status_code] == [404, 404]


def test_an_invitation_has_no_effect_while_its_inviter_may_not_invite(
    world: World, udo: httpx.Client, outbox: list[Json], anybody: httpx.Client
) -> None:
    address = invite_as_member(world)
    [link] = links(outbox)
    assert world.owner.patch(world.workspace_url, json={"setting": {"allow_invitations": False}}).is_success
    refused = udo.put(f"{address}/accept")
    assert (refused.status_code, "may no longer invite" in refused.json()["detail"]) == (409, True)
    assert anybody.post(link).status_code == 404
    assert udo.get(world.workspace_url).json()["name"] == "Workspace with others", "Udo is still invited."
    assert udo.get(f"{world.workspace_url}/items").status_code == 403
    assert world.owner.patch(world.workspace_url, json={"setting": {"allow_invitations": True}}).is_success
    assert udo.put(f"{address}/accept").status_code == 200
    assert udo.get(f"{world.workspace_url}/items").status_code == 200


def test_a_member_invites_only_while_members_may(world: World) -> None:
    body = {"slug": world.users["other user"]}
    world.owner.put(world.workspace_url, json={"setting": {"allow_invitations": False}})
    assert world.member.post(f"{world.workspace_url}/invitation", json=body).status_code == 403
    assert world.owner.post(f"{world.workspace_url}/invitation", json=body).status_code == 201
