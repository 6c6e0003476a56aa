"""What deletes or sends mail is shown first: by a question to the user, or by a preview with a token."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.testing.world import World
from tests.support.agents import Agent
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]


@pytest.fixture
def agent(world: World) -> Agent:
    """Return an agent of the owner, whose client cannot put questions to its user."""
    return Agent(world.owner)


@pytest.fixture
def asking(world: World) -> Agent:
    """Return an agent of the owner, whose client can put questions to its user."""
    return Agent(world.owner, can_elicit=True)


@pytest.fixture
def action(agent: Agent) -> int:
    """Create an action, and return its id."""
    created: int = agent.call("create_action", title="Old plan")["action"]["id"]
    return created


def exists(agent: Agent, action: int) -> bool:
    return action in [one["id"] for one in agent.call("find_actions")["actions"]]


def test_a_preview_changes_nothing_and_its_token_deletes(agent: Agent, action: int) -> None:
    before = stored_rows()
    preview = agent.call("delete", kind="action", id=action)
    assert stored_rows() == before
    assert (preview["done"], preview["would"]) == (False, [f"delete action {action} “Old plan”"])
    assert "Show this to the person." in preview["hint"]
    done = agent.call("delete", kind="action", id=action, confirm_token=preview["confirm_token"])
    assert (done["done"], done["deleted"]) == (True, {"kind": "action", "id": action})
    assert not exists(agent, action)


def test_a_token_is_good_for_the_same_call_only(agent: Agent, action: int) -> None:
    token = agent.call("delete", kind="action", id=action)["confirm_token"]
    other = agent.call("create_action", title="x")["action"]["id"]
    for arguments in ({"id": other, "confirm_token": token}, {"id": action, "confirm_token": "made up"}):
        refusal = agent.refusal("delete", kind="action", **arguments)
        assert refusal["status"] in (400, 409)
        assert "Call again without confirm_token" in refusal["hint"]
    assert exists(agent, action)
    assert exists(agent, other)


def test_a_token_of_somebody_else_is_refused(world: World, agent: Agent, action: int) -> None:
    token = agent.call("delete", kind="action", id=action)["confirm_token"]
    assert Agent(world.member).refusal("delete", kind="action", id=action, confirm_token=token)["status"] in (400, 409)
    assert exists(agent, action)


def test_a_token_no_longer_deletes_what_has_changed_since(agent: Agent, action: int) -> None:
    token = agent.call("delete", kind="action", id=action)["confirm_token"]
    agent.call("update_action", action_id=action, title="New plan")
    refusal = agent.refusal("delete", kind="action", id=action, confirm_token=token)
    assert (refusal["status"], "has changed since the dry run" in refusal["detail"]) == (409, True)
    assert exists(agent, action)


def test_a_token_expires(agent: Agent, action: int, clock: Clock) -> None:
    token = agent.call("delete", kind="action", id=action)["confirm_token"]
    clock.goes(301)
    assert "has expired" in agent.refusal("delete", kind="action", id=action, confirm_token=token)["detail"]
    assert exists(agent, action)


def test_a_client_that_can_asks_its_user_who_accepts(asking: Agent, action: int) -> None:
    arguments = {"kind": "action", "id": action}
    asked = asking.send("delete", arguments)
    assert asked["resultType"] == "input_required"
    [request] = asked["inputRequests"].values()
    assert request["method"] == "elicitation/create"
    assert request["params"]["message"] == f"Delete this? It would\ndelete action {action} “Old plan”"
    assert exists(asking, action)
    assert asking.reply("delete", arguments, asked, "accept")["structuredContent"]["done"] is True
    assert not exists(asking, action)


@pytest.mark.parametrize("action_of_user", ["decline", "cancel"])
def test_nothing_is_done_if_the_user_does_not_accept(asking: Agent, action: int, action_of_user: str) -> None:
    arguments = {"kind": "action", "id": action}
    result = asking.reply("delete", arguments, asking.send("delete", arguments), action_of_user)
    assert result["structuredContent"]["done"] is False
    assert "the person did not agree" in result["structuredContent"]["hint"]
    assert exists(asking, action)


def test_the_state_of_a_question_without_an_answer_is_no_confirmation(asking: Agent, action: int) -> None:
    arguments = {"kind": "action", "id": action}
    asked = asking.send("delete", arguments)
    for responses in ({}, {"answer": {"action": "yes"}}, {"other": {"action": "accept"}}):
        again = asking.send("delete", arguments, requestState=asked["requestState"], inputResponses=responses)
        assert again["resultType"] == "input_required"
    assert exists(asking, action)


@pytest.fixture
def things(world: World, agent: Agent) -> Callable[[str], Json]:
    """Return a function that creates something of a kind, and returns the arguments that delete it."""
    activity = world.item(name="Old activity")

    def create(kind: str) -> Json:
        if kind == "member":
            return {"id": world.users["member"], "workspace_id": world.workspace}
        if kind == "comment":
            return {"id": agent.call("comment", activity_id=activity, body="Old comment")["comment"]["id"]}
        if kind in ("workspace", "activity"):
            return {"id": activity if kind == "activity" else world.workspace}
        address = world.stack() if kind == "stack" else world.invite("other user")
        return {"id": int(address.rpartition("/")[2])}

    return create


@pytest.mark.parametrize("kind", ["workspace", "stack", "activity", "comment", "invitation", "member"])
def test_everything_is_deleted_after_a_preview_only(agent: Agent, things: Callable[[str], Json], kind: str) -> None:
    arguments = {"kind": kind} | things(kind)
    before = stored_rows()
    preview = agent.call("delete", **arguments)
    assert stored_rows() == before
    assert any(effect.startswith(f"delete {kind}") for effect in preview["would"])
    assert agent.call("delete", **arguments, confirm_token=preview["confirm_token"])["done"] is True
    if kind not in ("member", "workspace"):  # which remain for the others, or are marked
        assert agent.refusal("get_object", kind=kind, id=arguments["id"])["status"] == 404


def test_the_items_of_a_workspace_can_be_kept(world: World, agent: Agent) -> None:
    item = world.item()
    agent.confirm("delete", kind="workspace", id=world.workspace, archive_items=True)
    archived = agent.call("browse_workspace", workspace_id=world.personal, part="archive")["archive"]
    assert [one["id"] for one in archived] == [item]


def test_nobody_gets_mail_before_it_is_confirmed(world: World, agent: Agent, outbox: list[Json]) -> None:
    activity = world.item(name="Paint")
    preview = agent.call("hand_over", activity_id=activity, to=["mia-member"], note="Please")
    assert (preview["mails_to"], outbox) == (["mia@acme.example"], [])
    assert "create delegation “Paint”" in preview["would"]
    arguments = {"activity_id": activity, "to": ["mia-member"], "note": "Please"}
    assert agent.call("hand_over", **arguments, confirm_token=preview["confirm_token"])["done"] is True
    assert [mail["Destination"]["ToAddresses"] for mail in outbox] == [["mia@acme.example"]]
    [delegation] = Agent(world.member).call("list_my_work", what="delegations_to_me")["delegations_to_me"]
    assert (delegation["activity"]["id"], delegation["note"]) == (activity, "Please")


def test_a_delegation_is_passed_on(world: World, agent: Agent, outbox: list[Json]) -> None:
    delegation = int(world.delegate(to="member").rpartition("/")[2])
    outbox.clear()
    done = agent.confirm("hand_over", delegation_id=delegation, to=["new@other.example"])
    assert done["answer"]["delegee"]["email"] == "new@other.example"
    assert [mail["Destination"]["ToAddresses"] for mail in outbox] == [["new@other.example"]]


def test_several_people_are_invited_at_once(world: World, asking: Agent, outbox: list[Json]) -> None:
    arguments = {"workspace_id": world.workspace, "to": [world.users["other user"], "new@other.example"]}
    asked = asking.send("hand_over", arguments)
    [request] = asked["inputRequests"].values()
    assert "Mail to udo@acme.example" in request["params"]["message"]
    assert outbox == []
    answer = asking.reply("hand_over", arguments, asked, "accept")["structuredContent"]["answer"]
    assert {one["mail"] for one in answer} == {"sent"}
    addressees = sorted(mail["Destination"]["ToAddresses"][0] for mail in outbox)
    assert addressees == ["new@other.example", "udo@acme.example"]


@pytest.fixture
def undone(agent: Agent, stream: ChangeStream) -> Callable[..., Json]:
    """Return a function that undoes the changes of a call, once the feed has them."""

    def undo(answer: Json, **more: Any) -> Json:
        stream.catch_up()
        return agent.call("undo", request_id=answer["request_id"], **more)

    return undo


def test_what_deletes_nothing_is_undone_at_once(
    agent: Agent, stream: ChangeStream, undone: Callable[..., Json]
) -> None:
    action = agent.call("create_action", title="Old plan")["action"]["id"]
    undone(agent.call("update_action", action_id=action, title="New plan"))
    assert agent.call("get_object", kind="action", id=action)["action"]["title"] == "Old plan"
    undone(agent.confirm("delete", kind="action", id=action))
    assert exists(agent, action)


def test_an_undo_that_deletes_is_confirmed_too(
    agent: Agent, asking: Agent, stream: ChangeStream, undone: Callable[..., Json]
) -> None:
    created = agent.call("create_action", title="New plan")
    action = created["action"]["id"]
    preview = undone(created)
    assert (preview["done"], preview["would"]) == (False, [f"delete action {action} “New plan”"])
    assert exists(agent, action)
    arguments = {"request_id": created["request_id"]}
    asked = asking.send("undo", arguments)
    assert asked["resultType"] == "input_required"
    asking.reply("undo", arguments, asked, "accept")
    assert not exists(agent, action)


def test_one_change_is_found_in_the_feed_and_undone(agent: Agent, stream: ChangeStream) -> None:
    action = agent.call("create_action", title="Old plan", due="2024-01-01")["action"]["id"]
    agent.call("update_action", action_id=action, title="New plan")
    stream.catch_up()
    changes = agent.call("list_changes", kind="action")["changes"]
    assert [(one["verb"], one["object"]) for one in changes] == [
        ("create", f"action/{action}"),
        ("update", f"action/{action}"),
    ]
    assert changes[1]["changed"] == {"title": {"before": "Old plan", "after": "New plan"}}
    agent.call("undo", seq=changes[1]["seq"])
    stream.catch_up()
    newer = agent.call("list_changes", after=changes[1]["seq"])
    assert [one["verb"] for one in newer["changes"]] == ["update"]
    end = agent.call("list_changes", after=newer["next"])
    assert end == {"changes": []}
