"""What was sent to an address before a user confirmed it becomes that user's, and the placeholder who had it leaves."""

from typing import Any

import httpx
import pytest

from chalicelib.mail.messages import InvitationMail
from infra import operations
from infra.testing.world import World, create_workspace, sign_in_client
from tests.support.failures import Hook, Outage, failure_points
from tests.support.invitations import address_link, invite, links
from tests.support.stored_rows import stored_rows

ME, INVITATIONS, DELEGATIONS = "/api/me", "/api/invitations", "/api/delegations"
NEW = "new@acme.example"
Json = dict[str, Any]


@pytest.fixture
def udo(world: World) -> httpx.Client:
    """Return a client of a member of the account, who is in no shared workspace."""
    return world.clients["other user"]


def link_for(client: httpx.Client, outbox: list[Json], email: str = NEW) -> str:
    """Ask for an address for the caller, and return the link in the mail to it."""
    assert client.put(ME, json={"email": email}).status_code == 200
    return address_link(outbox[-1])


def delegate_to(world: World, email: str = NEW) -> str:
    """Delegate a new activity of the owner to an address, and return the address of the activity."""
    activity = world.activity()
    assert world.owner.put(f"{activity}/delegate", json={"email": email}).status_code == 200
    return activity


def check_no_placeholder(world: World) -> None:
    users = world.owner.get("/api/users").json()
    assert [one["email"] for one in users if not one["first_name"]] == []
    assert len([row for row in stored_rows("email_address") if NEW in str(row)]) == 1


@pytest.mark.parametrize("asks_first", [True, False], ids=["asked for first", "invited first"])
def test_invitations_to_an_address_show_up_once_it_is_confirmed(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json], asks_first: bool
) -> None:
    link = link_for(udo, outbox) if asks_first else ""
    [invitation] = invite(world.owner, world.workspace_url, email=NEW)
    invited = links(outbox)[0]
    link = link or link_for(udo, outbox)
    address = f"{INVITATIONS}/{invitation['id']}"
    assert (udo.get(INVITATIONS).json(), udo.get(address).status_code) == ([], 404)
    assert anybody.post(link).status_code == 200
    [shown] = udo.get(INVITATIONS).json()
    assert (shown["id"], shown["user"]["id"], shown["email"]) == (invitation["id"], world.users["other user"], NEW)
    assert shown in world.owner.get(INVITATIONS).json()
    assert shown in world.owner.get(f"{world.workspace_url}/invitations").json()
    assert anybody.post(invited).status_code == 404, "the link for the placeholder is no longer needed"
    assert udo.put(f"{address}/accept").status_code == 200
    assert udo.get(f"{world.workspace_url}/inbox").status_code == 200
    check_no_placeholder(world)


def test_delegations_to_an_address_become_those_of_its_user(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    activity = delegate_to(world)
    link = link_for(udo, outbox)
    assert udo.get(DELEGATIONS).json() == []
    assert anybody.post(link).status_code == 200
    [delegation] = udo.get(f"{DELEGATIONS}/incoming/pending").json()
    assert delegation["delegee"]["id"] == world.users["other user"]
    assert world.owner.get(f"{DELEGATIONS}/outgoing").json() == [delegation]
    assert udo.put(f"{activity}/accept").status_code == 200
    assert udo.get(activity).json()["assignee"]["id"] == world.users["other user"]
    check_no_placeholder(world)


def test_what_the_user_has_already_is_not_there_twice(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    world.join("other user")
    own = create_workspace(udo)
    invite(world.owner, world.workspace_url, email=NEW)
    invite(udo, f"/api/workspaces/{own}", email=NEW)
    item = udo.post("/api/activities", json={"name": "x"}).json()["id"]
    assert udo.put(f"/api/activities/{item}/delegate", json={"email": NEW}).status_code == 200
    assert anybody.post(link_for(udo, outbox)).status_code == 200
    assert udo.get(INVITATIONS).json() == udo.get(f"{DELEGATIONS}/incoming").json() == []
    assert [one["state"] for one in udo.get(f"{DELEGATIONS}/outgoing").json()] == ["taken_back"]
    roles = [one["role"]["S"] for one in stored_rows("member") if one["user"]["S"] == world.users["other user"]]
    assert sorted(roles) == ["member", "owner", "owner"]
    check_no_placeholder(world)


def test_somebody_who_has_joined_by_the_link_in_the_invitation_keeps_the_address(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    link = link_for(udo, outbox)
    invite(world.owner, world.workspace_url, email=NEW)
    assert anybody.post(links(outbox)[0], data={"first_name": "Nea", "last_name": "New"}).status_code == 200
    answer = anybody.post(link)
    assert (answer.status_code, "Another user of the account" in answer.text) == (409, True)
    assert len(world.owner.get(f"{world.workspace_url}/members").json()) == 3


def test_a_placeholder_with_workspaces_keeps_the_address(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    [invitation] = invite(world.owner, world.workspace_url, email=NEW)
    with sign_in_client(str(udo.base_url), operations.create_credential(invitation["user"]["id"])) as client:
        create_workspace(client)
        assert anybody.post(link_for(udo, outbox)).status_code == 409
        assert client.get(INVITATIONS).json()[0]["id"] == invitation["id"]
    assert udo.get(INVITATIONS).json() == []


def test_the_audit_shows_that_the_placeholder_has_left(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    [invitation] = invite(world.owner, world.workspace_url, email=NEW)
    assert anybody.post(link_for(udo, outbox)).status_code == 200
    events = {one["verb"]: one for one in world.owner.get("/api/audit").json()[:2]}
    assert events["delete"]["subject"]["id"] == invitation["user"]["id"]
    assert events["update"]["subject"]["id"] == world.users["other user"]
    assert {one["actor"]["user"] for one in events.values()} == {world.users["other user"]}


def test_a_workspace_that_was_deleted_leaves_no_invitation(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json]
) -> None:
    invite(world.owner, world.workspace_url, email=NEW)
    link = link_for(udo, outbox)
    assert world.owner.delete(world.workspace_url).status_code == 204
    assert anybody.post(link).status_code == 200
    assert udo.get(INVITATIONS).json() == []
    check_no_placeholder(world)


def test_an_invitation_that_passes_to_another_user_while_its_mail_is_sent_is_not_mailed_again(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, send = link_for(udo, outbox), InvitationMail.send

    def confirm_and_send(mail: InvitationMail) -> bool:
        monkeypatch.setattr(InvitationMail, "send", send)
        assert anybody.post(link).status_code == 200
        return mail.send()

    monkeypatch.setattr(InvitationMail, "send", confirm_and_send)
    [invited] = invite(world.owner, world.workspace_url, email=NEW)
    shown = [one for client in (udo, world.owner) for one in client.get(INVITATIONS).json() if one["email"] == NEW]
    assert [(one["id"], one["delivery"]) for one in shown] == [(invited["id"], "sent")] * 2
    [again] = invite(world.owner, world.workspace_url, email=NEW)
    assert (invited["mail"], again["mail"], again["id"]) == ("sent", "sent_recently", invited["id"])
    check_no_placeholder(world)


@pytest.mark.parametrize(
    "lost", [pytest.param(True, marks=pytest.mark.nightly), False], ids=["answer lost", "not done"]
)
def test_an_interrupted_confirmation_is_finished_by_the_same_link(
    anybody: httpx.Client, world: World, udo: httpx.Client, outbox: list[Json], on: Hook, lost: bool
) -> None:
    outage = Outage(on, lost)
    for after in failure_points():
        email = f"{after}@acme.example"
        [invitation] = invite(world.owner, f"/api/workspaces/{create_workspace(world.owner)}", email=email)
        activity = delegate_to(world, email)
        link = link_for(udo, outbox, email)
        outage.begins(after)
        answer = anybody.post(link)
        outage.ends()
        if not outage.struck:
            assert (answer.status_code, after > 8) == (200, True)
            return
        assert answer.status_code == 503, answer.text
        assert anybody.post(link).status_code in ((200, 404) if lost else (200,))
        assert (udo.get(ME).json()["email"], udo.get(f"{INVITATIONS}/{invitation['id']}").status_code) == (email, 200)
        assert udo.put(f"{activity}/accept").status_code == 200
    raise AssertionError("it never ends")
