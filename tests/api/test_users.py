"""/api/users: listing users, creating and changing them as an admin, and removing them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.domain.activities import deletion
from infra import operations
from infra.testing.world import World, create_user, create_workspace, sign_in_client
from tests.support.documented_examples import USER
from tests.support.failures import Hook, Outage, failure_points
from tests.support.invitations import address_link, invite, links
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]

ALL = "/api/users"
LEA = {"email": "lea@acme.example", "first_name": "Lea", "last_name": "Ender"}


def made(client: httpx.Client, **body: Any) -> Any:
    answer = client.post(ALL, json=LEA | body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def slugs(client: httpx.Client) -> list[str]:
    return [one["slug"] for one in client.get(ALL).json()]


def signed(client: httpx.Client, user_id: str) -> httpx.Client:
    """Return a client with a new credential of a user."""
    answer = client.post("/api/credentials", json={"user": user_id})
    assert answer.status_code == 201, answer.text
    return sign_in_client(str(client.base_url), {"credential": answer.json()})


def test_everybody_lists_the_users_of_the_account_and_admins_their_roles(
    ada: httpx.Client, mia: httpx.Client, bob: httpx.Client, stranger: httpx.Client
) -> None:
    assert slugs(ada) == ["ada-admin", "bob-boss", "mia-mel"]
    assert [one["role"] for one in ada.get(ALL).json()] == ["admin", "admin", "member"]
    assert {tuple(one) for one in mia.get(ALL).json()} == {(*USER, "slug")}
    assert slugs(stranger) == ["olga-other"]
    assert ada.get(f"{ALL}?limit=1").json() == ada.get(ALL).json()[:1]


def test_a_user_is_found_by_slug_and_by_id(ada: httpx.Client, mia: httpx.Client, stranger: httpx.Client) -> None:
    shown = ada.get(f"{ALL}/mia-mel").json()
    assert (shown["email"], shown["role"]) == ("mia@acme.example", "member")
    assert ada.get(f"{ALL}/{shown['id']}").json() == shown
    assert mia.get(f"{ALL}/ada-admin").json()["first_name"] == "Ada"
    assert "role" not in mia.get(f"{ALL}/ada-admin").json()
    assert stranger.get(f"{ALL}/{shown['id']}").status_code == 404
    for nobody in ("nobody", "0123456ff", "No Slug", "é"):
        assert ada.get(f"{ALL}/{nobody}").status_code == 404


def test_an_admin_creates_a_user_who_then_needs_a_credential(ada: httpx.Client) -> None:
    before = len(stored_rows("credential"))
    answer = ada.post(ALL, json=LEA)
    lea = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"{ALL}/{lea['id']}")
    assert ada.get(answer.headers["location"]).json() == lea
    assert (lea["slug"], lea["role"]) == ("lea-ender", "member")
    assert len(stored_rows("credential")) == before
    with signed(ada, "lea-ender") as client:
        assert [one["type"] for one in client.get("/api/workspaces").json()] == ["PersonalWorkspace"]
        assert client.post(ALL, json=LEA | {"email": "x@acme.example"}).status_code == 403


def test_an_admin_creates_another_admin(ada: httpx.Client) -> None:
    assert made(ada, role="admin")["role"] == "admin"
    with signed(ada, "lea-ender") as client:
        assert made(client, email="x@acme.example")["slug"].startswith("lea-ender-")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "no address"}, "#/email"),
        ({"first_name": " "}, "#/first_name"),
        ({"last_name": None}, "#/last_name"),
        ({"role": "boss"}, "#/role"),
        ({"name": "x"}, "#/name"),
    ],
)
def test_a_user_with_wrong_fields_is_refused(ada: httpx.Client, body: Json, pointer: str) -> None:
    for answer in (ada.post(ALL, json=LEA | body), ada.patch(f"{ALL}/ada-admin", json=body)):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_an_address_belongs_to_one_user_in_whatever_case(ada: httpx.Client, mia: httpx.Client) -> None:
    assert ada.post(ALL, json=LEA | {"email": "MIA@acme.example"}).status_code == 409
    assert ada.patch(f"{ALL}/ada-admin", json={"email": "Mia@Acme.Example"}).status_code == 409
    assert ada.patch(f"{ALL}/mia-mel", json={"email": "Mia@Acme.Example"}).json()["email"] == "Mia@Acme.Example"


def test_an_address_that_an_admin_gives_a_user_counts_when_it_is_confirmed_and_the_old_one_is_free_then(
    ada: httpx.Client, mia: httpx.Client, outbox: list[Json]
) -> None:
    changed = ada.put(f"{ALL}/mia-mel", json={"email": "new@acme.example", "last_name": "Moon"})
    assert (changed.status_code, changed.json()["email"]) == (200, "mia@acme.example")
    assert (changed.json()["name_or_email"], changed.json()["slug"]) == ("Mia Moon", "mia-mel")
    assert changed.json()["unconfirmed_email"] == "new@acme.example"
    assert ada.post(ALL, json=LEA | {"email": "mia@acme.example"}).status_code == 409
    [mail] = outbox
    assert httpx.post(address_link(mail)).status_code == 200
    assert ada.post(ALL, json=LEA | {"email": "new@acme.example"}).status_code == 409
    assert made(ada, email="mia@acme.example")["email"] == "mia@acme.example"
    assert mia.get(ALL).status_code == 200


def test_read_only_fields_may_be_sent_back(ada: httpx.Client) -> None:
    shown = ada.get(f"{ALL}/ada-admin").json()
    before = stored_rows("user")
    assert ada.patch(f"{ALL}/ada-admin", json=shown).json() == shown
    assert ada.patch(f"{ALL}/ada-admin", json={}).json() == shown
    assert stored_rows("user") == before


def test_only_admins_change_users(ada: httpx.Client, mia: httpx.Client, stranger: httpx.Client) -> None:
    for client, status in ((mia, 403), (stranger, 404)):
        assert client.patch(f"{ALL}/mia-mel", json={"first_name": "x"}).status_code == status
        assert client.delete(f"{ALL}/ada-admin").status_code == status
    assert slugs(ada) == ["ada-admin", "mia-mel"]


def test_a_new_role_takes_effect_with_the_next_request(ada: httpx.Client, mia: httpx.Client) -> None:
    assert mia.get("/api/audit").status_code == 403
    assert ada.patch(f"{ALL}/mia-mel", json={"role": "admin"}).json()["role"] == "admin"
    assert mia.get("/api/audit").status_code == 200
    assert mia.patch(f"{ALL}/ada-admin", json={"role": "member"}).json()["role"] == "member"
    assert ada.get("/api/audit").status_code == 403


def test_the_last_admin_who_can_write_stays_an_admin(ada: httpx.Client, bob: httpx.Client, bob_user: Json) -> None:
    bobs = f"/api/credentials/{bob_user['credential']['key']}"
    assert ada.delete(bobs).status_code == 204, "an admin who cannot write any more"
    for name in ("ada-admin", ada.get(f"{ALL}/ada-admin").json()["id"]):
        refused = ada.patch(f"{ALL}/{name}", json={"role": "member"})
        assert (refused.status_code, "admin" in refused.json()["detail"]) == (409, True)
    assert ada.get(f"{ALL}/ada-admin").json()["role"] == "admin"
    with signed(ada, "bob-boss"):
        assert ada.patch(f"{ALL}/ada-admin", json={"role": "member"}).status_code == 200


def test_an_admin_who_cannot_write_may_become_a_member(ada: httpx.Client, bob_user: Json) -> None:
    ada.delete(f"/api/credentials/{bob_user['credential']['key']}")
    assert ada.patch(f"{ALL}/bob-boss", json={"role": "member"}).status_code == 200


def test_nobody_removes_themselves(ada: httpx.Client, bob: httpx.Client) -> None:
    assert ada.delete(f"{ALL}/ada-admin").status_code == 409
    assert bob.delete(f"{ALL}/ada-admin").status_code == 204
    assert ada.get(ALL).status_code == 401
    assert bob.delete(f"{ALL}/bob-boss").status_code == 409


def test_an_owner_of_shared_workspaces_cannot_be_removed_and_they_are_named(
    ada: httpx.Client, mia: httpx.Client
) -> None:
    place = create_workspace(mia, "Offices & Plans")
    refused = ada.delete(f"{ALL}/mia-mel")
    assert refused.status_code == 409
    assert f"Offices & Plans ({place})" in refused.json()["detail"]
    assert mia.get(ALL).status_code == 200
    assert mia.delete(f"/api/workspaces/{place}").status_code == 204
    assert ada.delete(f"{ALL}/mia-mel").status_code == 204


def test_a_user_who_creates_a_workspace_while_being_removed_stays(
    ada: httpx.Client, mia: httpx.Client, on: Hook
) -> None:
    """The workspace is created after the removal has looked for workspaces and before it has marked the user."""
    founded: list[int] = []

    def strike(params: Json, **_: Any) -> None:
        if "leaving" in str(params) and not founded:
            founded.append(0)  # the new workspace is written in a transaction too
            founded.append(create_workspace(mia, "Just founded"))

    on("before-parameter-build.dynamodb.TransactWriteItems", strike)
    refused = ada.delete(f"{ALL}/mia-mel")
    assert (refused.status_code, "Just founded" in refused.json()["detail"]) == (409, True)
    assert slugs(ada) == ["ada-admin", "mia-mel"]
    assert mia.get(f"/api/workspaces/{founded[1]}").status_code == 200


@pytest.fixture
def lea(world: World) -> Json:
    """Return a member of the workspace who has made an item, invited somebody, and is invited elsewhere."""
    answer = create_user(world.account, "Lea")
    world.users["lea"] = answer["user"]["id"]
    world.join("lea")
    with sign_in_client(str(world.owner.base_url), answer) as client:
        client.post(f"{world.workspace_url}/items", json={"type": "Activity", "name": "by Lea"})
        [sent] = invite(client, world.workspace_url, slug=world.users["other user"])
    elsewhere = create_workspace(world.member, "Elsewhere")
    [received] = invite(world.member, f"/api/workspaces/{elsewhere}", slug=world.users["lea"])
    return answer | {"sent": sent["id"], "received": received["id"], "elsewhere": elsewhere}


def assert_gone(world: World, lea: Json) -> None:
    """Check that only the user's name is left, in the objects that the user made."""
    name = lea["user"]["id"]
    other = world.clients["other user"]
    assert name not in [one["id"] for one in world.owner.get(ALL).json()]
    assert world.owner.get(f"{ALL}/lea-member").status_code == world.owner.get(f"{ALL}/{name}").status_code == 404
    with sign_in_client(str(world.owner.base_url), lea) as client:
        assert client.get("/api/workspaces").status_code == 401
    assert name not in [one["id"] for one in world.owner.get(f"{world.workspace_url}/members").json()]
    assert other.get(f"/api/invitations/{lea['sent']}").status_code == 404
    assert other.get("/api/workspaces/invited").json() == []
    assert lea["received"] not in [one["id"] for one in world.member.get("/api/invitations").json()]
    partition = [row["sk"]["S"] for row in stored_rows() if row["pk"]["S"].endswith(f"#USER#{name}")]
    left = [key for key in partition if not key.startswith("ACTIVITY#")]  # the objects still name their creator
    assert len(left) == 1, "the personal workspace"
    for slug in ("lea-member", name):
        assert world.owner.post(f"{world.workspace_url}/invitation", json={"slug": slug}).status_code == 404
    [item] = world.owner.get(f"{world.workspace_url}/items").json()
    assert item["activity"]["creator"]["name_or_email"] == "Lea Member"


def test_a_removed_user_is_left_only_in_the_objects_they_made(world: World, lea: Json) -> None:
    assert world.owner.delete(f"{ALL}/lea-member").status_code == 204
    assert_gone(world, lea)
    assert world.owner.delete(f"{ALL}/lea-member").status_code == 404
    assert world.owner.delete(f"{ALL}/{lea['user']['id']}").status_code == 404
    held = [one for one in world.owner.get("/api/credentials").json() if one["user"] == lea["user"]["id"]]
    assert [bool(one["revoked_at"]) for one in held] == [True]


def test_email_address_and_slug_of_a_removed_user_are_free_again(ada: httpx.Client, outbox: list[Json]) -> None:
    first = made(ada)
    assert ada.delete(f"{ALL}/{first['id']}").status_code == 204
    again = made(ada)
    assert again["id"] != first["id"]
    assert again["slug"] == "lea-ender"
    assert ada.delete(f"{ALL}/lea-ender").status_code == 204
    [invitation] = invite(ada, f"/api/workspaces/{create_workspace(ada)}", email="lea@acme.example")
    assert invitation["user"]["id"] not in (first["id"], again["id"])


def test_the_operator_cannot_create_a_credential_for_a_removed_user(ada: httpx.Client) -> None:
    lea = made(ada)
    ada.delete(f"{ALL}/{lea['id']}")
    with pytest.raises(Exception, match="There is no user"):
        operations.create_credential(lea["id"])
    assert lea["id"] not in str(operations.list_users())
    assert ada.post("/api/credentials", json={"user": lea["id"]}).status_code == 404


def test_a_link_in_a_mail_ends_when_its_user_is_removed(
    ada: httpx.Client, anybody: httpx.Client, outbox: list[Json]
) -> None:
    [invitation] = invite(ada, f"/api/workspaces/{create_workspace(ada)}", email="new@acme.example")
    assert invitation["user"]["id"] in [one["id"] for one in ada.get(ALL).json()], "who is invited is listed"
    assert ada.delete(f"{ALL}/{invitation['user']['id']}").status_code == 204
    [link] = links(outbox)
    assert anybody.get(link).status_code == 404
    assert anybody.post(link, data={"first_name": "New", "last_name": "User"}).status_code == 404


@pytest.mark.parametrize(
    "lost", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["not done", "answer lost"]
)
def test_an_interrupted_removal_is_finished_by_the_same_request(
    world: World, on: Hook, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    outage = Outage(on, lost)
    monkeypatch.setattr(deletion, "BATCH_SIZE", 2)
    for after in failure_points():
        lea = a_member_with_credentials(world)
        outage.begins(after)
        answer = world.owner.delete(f"{ALL}/lea-member")
        outage.ends()
        if not outage.struck:
            assert (answer.status_code, after > 10) == (204, True)
            return
        assert answer.status_code == 503, answer.text
        assert world.owner.delete(f"{ALL}/lea-member").status_code in ((204, 404) if lost else (204,))
        assert_left(world, lea)
    raise AssertionError("it never ends")


def a_member_with_credentials(world: World) -> str:
    """Return the id of a user who is in the workspace, is invited to another one, and has several credentials."""
    lea = world.users["lea"] = create_user(world.account, "Lea")["user"]["id"]
    world.join("lea")
    for _ in range(3):
        operations.create_credential(lea)
    elsewhere = create_workspace(world.owner)
    assert world.owner.post(f"/api/workspaces/{elsewhere}/invitation", json={"slug": lea}).status_code == 201
    return str(lea)


def assert_left(world: World, user_id: str) -> None:
    assert world.owner.get(f"{ALL}/{user_id}").status_code == 404
    assert user_id not in [one["id"] for one in world.owner.get(f"{world.workspace_url}/members").json()]
    assert user_id not in world.owner.get("/api/invitations").text
    held = [one for one in world.owner.get("/api/credentials").json() if one["user"] == user_id]
    assert all(one["revoked_at"] for one in held)
    assert not [row for row in stored_rows("email_address", "slug") if row["user"]["S"] == user_id]


def test_a_user_who_is_being_removed_cannot_join_or_create_workspaces(world: World, lea: Json, on: Hook) -> None:
    """The removal stops after its first step, and API Gateway still accepts Lea's credential for a minute."""
    outage = Outage(on, lost=False)
    outage.begins(5)  # the authorizer, the admins, the user, the memberships, the mark
    assert world.owner.delete(f"{ALL}/lea-member").status_code == 503
    outage.ends()
    with sign_in_client(str(world.owner.base_url), lea) as client:
        assert client.post("/api/workspaces", json={"name": "x"}).status_code == 403
        assert client.put(f"/api/invitations/{lea['received']}/accept").status_code == 404
        assert client.get(ALL).status_code == client.get("/api/credentials").status_code == 403
        other = client.post(f"{world.workspace_url}/invitation", json={"email": "new@acme.example"})
        assert other.status_code == 403
    for body in ({"slug": "lea-member"}, {"email": "lea@acme.example"}):
        assert world.owner.post(f"{world.workspace_url}/invitation", json=body).status_code == 404
    assert world.owner.delete(f"{ALL}/lea-member").status_code == 204
    assert_gone(world, lea)
