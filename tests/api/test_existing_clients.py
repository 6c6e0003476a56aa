"""Clients and command lines that were written for the OrganisedMinds API work without changes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.testing.processes import PLAIN
from tests.support import existing_command_line
from tests.support.existing_client import ExistingClient, Refused
from tests.support.stored_rows import check_places

Json = dict[str, Any]
CommandLine = Callable[..., str]


@pytest.fixture
def ada(url: str, acme: Json) -> Iterator[ExistingClient]:
    """Return a client of the admin of Acme."""
    with client_of(url, acme) as client:
        yield client


@pytest.fixture
def mia(url: str, mia_user: Json) -> Iterator[ExistingClient]:
    """Return a client of a member of Acme."""
    with client_of(url, mia_user) as client:
        yield client


def client_of(url: str, card: Json) -> ExistingClient:
    credential = card["credential"]
    return ExistingClient(url, credential["key"], credential["secret"], verify=PLAIN)


@pytest.fixture
def run(url: str, acme: Json, mia_user: Json, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command as Ada, or as Mia, and returns what it prints."""

    def call(*arguments: str, card: Json = acme) -> str:
        credential = card["credential"]
        signed = (f"--url={url}", f"--key={credential['key']}", f"--secret={credential['secret']}")
        status = existing_command_line.main([*signed, *arguments])
        said = capsys.readouterr()
        return said.out if status == 0 else said.err

    return call


def test_an_activity_is_created_played_and_finished(ada: ExistingClient) -> None:
    said = {"description": "All of it", "priority": "high", "size": "small", "target_date": "2027-01-31"}
    one = ada.new_activity(name="Plan", **said)
    address = f"/api/activities/{one['id']}"
    assert [one[name]["value"] for name in ("priority", "size")] == ["high", "small"]
    states = [ada.put(f"{address}/{verb}")["state"] for verb in ("play", "pause", "play", "finish")]
    assert states == ["active", "paused", "active", "finished"]
    assert ada.put(f"{address}/blox/{one['progress']['id']}", value="80")["progress"]["value"] == "80"
    alarm = one["alarm"] | {"time": "2027-01-30T10:00:00Z"}
    assert ada.put(f"{address}/blox/{alarm['id']}", **alarm)["alarm"]["time"] == alarm["time"], "sent as it was read"
    assert ada.exists(address)
    assert ada.put(address, name="Plan B")["name"] == "Plan B"
    assert [found["name"] for found in ada.all("/api/activities")] == ["Plan B"]
    ada.delete(address)
    with pytest.raises(Refused, match=r"There is no such activity\."):
        ada.get(address)


def test_errors_are_read_from_the_message(ada: ExistingClient) -> None:
    with pytest.raises(Refused, match="name: is required"):
        ada.new_activity(description="nameless")
    finished = f"/api/activities/{ada.new_activity(name='x')['id']}"
    ada.put(f"{finished}/finish")
    with pytest.raises(Refused, match="It allows: take_over, delete"):
        ada.put(f"{finished}/pause")


def test_lists_are_read_page_by_page(ada: ExistingClient) -> None:
    made = [ada.new_activity(name=str(number))["id"] for number in range(5)]
    assert [one["id"] for one in ada.all("/api/activities", per_page=2)] == made[::-1]
    assert [one["id"] for one in ada.all("/api/activities", per_page=5)] == made[::-1]


def test_workspaces_stacks_and_comments(ada: ExistingClient) -> None:
    workspace = ada.post("/api/workspaces", name="Ours", setting={"members_can_change_blocks": "true"})
    here = f"/api/workspace/{workspace['id']}"
    assert workspace["setting"]["members_can_change_blocks"] is True
    stack = ada.post(f"{here}/stacks", name="TODO")
    flat = f"/api/stacks/{stack['id']}"
    one = ada.post(f"{flat}/items", type="Activity", name="Do")["activity"]
    ada.put(f"/api/activities/{one['id']}/move", source_id=str(workspace["id"]), workspace_id=str(workspace["id"]))
    ada.put(f"{here}/inbox", item_type="Activity", item_id=str(one["id"]))
    assert [item["activity"]["id"] for item in ada.get(f"{here}/inbox")["items"]] == [one["id"]]
    comment = ada.post(f"/api/activities/{one['id']}/comments", body="Done?")
    assert ada.put(f"/api/comments/{comment['id']}", body="Done!")["body"] == "Done!"
    ada.delete(f"/api/comments/{comment['id']}")
    ada.delete(flat)
    ada.delete_workspace(here, archive_items=True)
    assert [space["type"] for space in ada.all("/api/workspaces")] == ["PersonalWorkspace"]
    assert list(check_places()) == [one["id"]]


def test_stacks_are_reordered_and_items_link_them(ada: ExistingClient) -> None:
    stacks = f"/api/workspaces/{ada.post('/api/workspaces', name='Ours')['id']}/stacks"
    made = [ada.post(stacks, name=name)["id"] for name in ("TODO", "DONE")]
    top, bottom = (stack["id"] for stack in ada.all(stacks))
    ada.put(f"{stacks}/{top}/reorder", position="0")
    assert [stack["id"] for stack in ada.all(stacks)] == [bottom, top]
    item = ada.post(f"/api/stacks/{made[0]}/items", type="Activity", name="Do")
    on_stack = [link["href"] for link in item["links"] if link["rel"] == "stack"]
    assert [ada.get(href)["id"] for href in on_stack] == [made[0]]


def test_users_invite_and_follow_each_other(ada: ExistingClient, mia: ExistingClient) -> None:
    members = f"/api/workspaces/{ada.post('/api/workspaces', name='Ours')['id']}/members"
    invite = members.replace("members", "invitation")
    [invitation] = ada.post(invite, slug="mia-mel", email=[], cc=True)
    mia.put(f"/api/invitations/{invitation['id']}/accept")
    ada.put("/api/users/mia-mel/collaborate")
    for kind in ("User", None):
        assert [user["slug"] for user in ada.get("/api/me/follows", type=kind)] == ["mia-mel"]
    assert [user["slug"] for user in mia.get("/api/me/followings", type=None)] == ["ada-admin"]
    assert [user["slug"] for user in mia.get("/api/me/connections")] == ["ada-admin"]
    assert mia.put("/api/me", user={"first_name": "Maria"})["first_name"] == "Maria"
    mia.delete(f"{members}/{mia.get('/api/me')['id']}")
    [again] = ada.post(invite, slug=["mia-mel"], cc=False)
    assert ada.withdraw(f"/api/invitations/{again['id']}")
    [last] = ada.post(invite, slug=["mia-mel"], cc=False)
    assert mia.put(f"/api/invitations/{last['id']}/decline")["state"] == "declined"
    ada.delete("/api/users/mia-mel")
    assert [user["slug"] for user in ada.all("/api/users")] == ["ada-admin"]


def test_work_is_delegated_and_signed_off(ada: ExistingClient, mia: ExistingClient) -> None:
    address = f"/api/activities/{ada.new_activity(name='Do')['id']}"
    ada.put(f"{address}/delegate", delegee_slug="mia-mel", note="Please", sign_off=True)
    [delegation] = mia.all("/api/delegations/incoming/pending")
    assert (delegation["note"], delegation["sign_off"]) == ("Please", True)
    assert mia.put(f"/api/delegations/{delegation['id']}/accept")["state"] == "accepted"
    assert [mia.put(f"{address}/{verb}")["state"] for verb in ("play", "finish")] == ["active", "finished"]
    assert ada.put(f"{address}/approve")["assignee"]["first_name"] == "Mia"
    assert [one["state"] for one in ada.all("/api/delegations/outgoing")] == ["done"]


def test_work_is_declined_taken_back_and_passed_on(ada: ExistingClient, mia: ExistingClient) -> None:
    address = f"/api/activities/{ada.new_activity(name='Do')['id']}"
    ada.delegate(address, email="mia@acme.example")
    [delegation] = mia.all("/api/delegations/incoming/pending")
    assert mia.put(f"/api/delegations/{delegation['id']}/decline", note="")["state"] == "declined"
    ada.delegate(address, delegee_slug="mia-mel", note="Really")
    assert ada.put(f"{address}/take_back")["assignee"]["slug"] == "ada-admin"
    ada.delegate(address, delegee_slug="mia-mel", sign_off=True)
    [delegation] = mia.all("/api/delegations/pending")
    passed_on = mia.post(f"/api/delegations/{delegation['id']}/redelegate", email="jane@doe.example", note="You")
    assert (passed_on["state"], passed_on["delegee"]["email"]) == ("pending", "jane@doe.example")


def test_a_session_says_who_is_calling(ada: ExistingClient) -> None:
    context = ada.get("/api/session/context")
    assert context["user"]["slug"] == "ada-admin"
    assert ada.put("/api/session/switch_context", type="User", slug="ada-admin") == context
    with pytest.raises(Refused, match="There is no such context"):
        ada.put("/api/session/switch_context", type="User", slug="somebody-else")
    assert set(ada.get("/api/session/rate_limit")) == {"limit", "remaining", "reset"}


def test_the_command_line_works(run: CommandLine, mia_user: Json) -> None:
    number = run("activity", "new", "Write the plan", "--priority", "high").split()[0]
    for verb, state in (("play", "active"), ("pause", "paused"), ("play", "active"), ("finish", "finished")):
        assert run("activity", verb, number) == f"{number:>6}  {state:<9} Write the plan (Ada Admin)\n"
    assert run("activity", "pause", number).startswith("409: An activity in the state finished does not allow pause.")
    other = run("activity", "new", "Print it").split()[0]
    run("activity", "delegate", other, "mia-mel", "--note", "Twice", "--sign-off")
    assert "pending" in run("delegation", "list", "incoming", card=mia_user)
    assert run("activity", "accept", other, card=mia_user).endswith("Print it (Mia Mel)\n")
    assert [line.split()[0] for line in run("activity", "list").splitlines()] == [other, number]
    home, kind = run("workspace", "list").split()[:2]
    assert kind == "PersonalWorkspace"
    there = run("activity", "new", "There", "-w", home).split()[0]
    assert run("activity", "list", "-w", home).split()[0] == there
    assert run("activity", "take_over", there).endswith("There (Ada Admin)\n")
    assert "deleted" in run("activity", "delete", there)
    assert run("workspace", "destroy", home).startswith("409: A personal workspace")
    assert "ada-admin" in run("user", "me")
    assert [line.split()[1] for line in run("user", "list").splitlines()] == ["ada-admin", "mia-mel"]
