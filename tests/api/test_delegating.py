"""Delegating an activity: who may do it, to whom, and how the delegee is told."""

from typing import Any

import httpx
import pytest

from chalicelib import config
from infra.testing.world import World
from tests.support.delegations import DELEGATIONS, activity_of
from tests.support.failures import Hook, fail
from tests.support.invitations import links
from tests.support.stored_rows import check_places, stored_rows

Json = dict[str, Any]


@pytest.fixture
def udo(world: World) -> httpx.Client:
    """Return a client of a user of the account who is not in the workspace."""
    return world.clients["other user"]


def test_a_delegee_without_an_account_accepts_by_the_link_in_the_mail(
    world: World, anybody: httpx.Client, outbox: list[Json]
) -> None:
    address = world.activity()
    answer = world.owner.put(f"{address}/delegate", json={"email": "jane@doe.example.org", "note": "Soon <b>"})
    assert answer.status_code == 200, answer.text
    [link] = links(outbox)
    asked = anybody.get(link).text
    assert ("has delegated the activity" in asked, "Accept delegation" in asked) == (True, True)
    welcome = anybody.post(link, data={"first_name": "Jane", "last_name": "Doe"}).text
    assert ("You are now the assignee of" in welcome, "<code>" in welcome) == (True, True)
    [delegation] = world.owner.get(f"{DELEGATIONS}/outgoing").json()
    assert (delegation["state"], delegation["delegee"]["name_or_email"]) == ("accepted", "Jane Doe")
    assert delegation["activity"]["assignee"]["first_name"] == "Jane"
    assert anybody.get(link).status_code == 404
    check_places()


def test_a_delegee_declines_by_the_link_in_the_mail(world: World, anybody: httpx.Client, outbox: list[Json]) -> None:
    address = world.activity()
    world.owner.put(f"{address}/delegate", json={"email": "jane@doe.example.org"})
    [link] = links(outbox)
    answer = anybody.post(link, data={"decision": "decline"})
    assert (answer.status_code, "You have declined the activity" in answer.text) == (200, True)
    [delegation] = world.owner.get(f"{DELEGATIONS}/outgoing").json()
    assert delegation["state"] == "declined"
    assert "The delegation was declined already" in anybody.get(link).text
    check_places()


@pytest.mark.parametrize("verb", ["accept", "decline", "take_back"])
def test_a_link_ends_when_the_delegation_is_decided(
    world: World, udo: httpx.Client, anybody: httpx.Client, outbox: list[Json], verb: str
) -> None:
    delegation = world.delegate()
    [link] = links(outbox)
    assert "Accept delegation" in anybody.get(link).text
    who = world.owner if verb == "take_back" else udo
    assert who.put(f"{activity_of(udo, delegation)}/{verb}").status_code == 200
    assert [anybody.get(link).status_code, anybody.post(link).status_code] == [404, 404]


def test_a_link_accepts_for_somebody_who_has_credentials_and_shows_none(
    world: World, anybody: httpx.Client, outbox: list[Json]
) -> None:
    delegation = world.delegate()
    welcome = anybody.post(links(outbox)[0]).text
    assert "You can go on using your credentials" in welcome
    assert "<code>" not in welcome
    assert world.owner.get(delegation).json()["state"] == "accepted"


def test_a_delegation_that_is_taken_back_while_its_mail_is_noted_is_not_refused(
    world: World, on: Hook, outbox: list[Json]
) -> None:
    address = world.activity()
    taken_back: list[int] = []
    conflicts: list[str] = []

    def interfere(model: Any, **_: Any) -> Any:
        """Take the delegation back when the mail is out, and then let one write conflict with others."""
        if not outbox:
            return None
        if model.name == "TransactWriteItems" and not taken_back:
            taken_back.append(0)
            taken_back[0] = world.owner.put(f"{address}/take_back").status_code
        elif model.name == "PutItem" and taken_back and not conflicts:
            conflicts.append(model.name)
            return fail("TransactionConflictException")
        return None

    on("before-call.dynamodb", interfere)
    body = {"slug": "mia-member"}
    answer = world.owner.put(f"{address}/delegate", json=body, headers={"Idempotency-Key": "a key"})
    assert (taken_back, conflicts, answer.status_code) == ([200], ["PutItem"], 200), answer.text
    [delegation] = world.owner.get(f"{DELEGATIONS}/outgoing").json()
    assert (delegation["state"], len(outbox)) == ("taken_back", 1)


def test_a_mail_that_cannot_be_sent_is_sent_when_it_is_delegated_again(
    world: World, monkeypatch: pytest.MonkeyPatch, outbox: list[Json]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(config, "MAIL_FROM", "")
        delegation = world.delegate()
        assert world.owner.get(delegation).json()["delivery"] == "failed"
    address = activity_of(world.owner, delegation)
    for _ in range(2):
        assert world.delegate(address) == delegation
    assert world.owner.get(delegation).json()["delivery"] == "sent"
    assert len(outbox) == 1
    check_places()


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({}, 422, "#/slug"),
        ({"slug": "mia-member", "email": "mia@acme.example"}, 422, "#/email"),
        ({"slug": "nobody-at-all"}, 404, None),
        ({"slug": "0123456789"}, 404, None),
        ({"slug": "ada-admin"}, 422, "#/slug"),
        ({"email": "ada@acme.example"}, 422, "#/email"),
        ({"email": "no address"}, 422, "#/email"),
        ({"slug": "mia-member", "sign_off": "perhaps"}, 422, "#/sign_off"),
        ({"slug": "mia-member", "note": "x" * 10_001}, 422, "#/note"),
    ],
)
def test_a_delegation_needs_a_valid_delegee(world: World, body: Json, status: int, pointer: str | None) -> None:
    answer = world.owner.put(f"{world.activity()}/delegate", json=body)
    assert answer.status_code == status, answer.text
    assert [one["pointer"] for one in answer.json().get("errors", [])] == ([pointer] if pointer else [])
    assert world.owner.get(DELEGATIONS).json() == []
    assert stored_rows("delegation") == []


def test_the_field_names_of_existing_clients_are_accepted(world: World) -> None:
    body = {"delegee_slug": "mia-member", "note": None, "sign_off": "false"}
    assert world.owner.put(f"{world.activity()}/delegate", json=body).status_code == 200
    assert world.member.get(f"{DELEGATIONS}/incoming").json()[0]["sign_off"] is False


@pytest.mark.parametrize(
    "body", [{"email": "udo@acme.example", "delegee_slug": None}, {"slug": "udo-member", "delegee_slug": None}]
)
def test_a_name_of_the_delegee_that_is_null_counts_for_nothing(world: World, udo: httpx.Client, body: Json) -> None:
    assert world.owner.put(f"{world.activity()}/delegate", json=body).status_code == 200
    [delegation] = udo.get(f"{DELEGATIONS}/incoming").json()
    assert delegation["delegee"]["slug"] == "udo-member"


def test_a_delegation_cannot_be_redelegated_to_its_delegator_or_delegee(world: World, udo: httpx.Client) -> None:
    delegation = world.delegate()
    for slug in ("ada-admin", "udo-member"):
        assert udo.post(f"{delegation}/redelegate", json={"slug": slug}).status_code == 422


def test_members_delegate_activities_of_others_only_if_the_setting_allows_it(world: World) -> None:
    address, body = world.activity(), {"slug": world.users["other user"]}
    refused = world.member.put(f"{address}/delegate", json=body)
    assert (refused.status_code, "may not delegate activities of others" in refused.json()["detail"]) == (403, True)
    world.owner.put(world.workspace_url, json={"setting": {"allow_take_over_by_members": True}})
    assert world.member.put(f"{address}/delegate", json=body).status_code == 200


def test_the_mail_says_the_same_in_text_and_html(world: World, outbox: list[Json]) -> None:
    address = world.activity()
    assert world.owner.put(address, json={"name": "Plans &\tmore"}).status_code == 200
    world.delegate(address, note="Soon <b>")
    [mail] = outbox
    assert mail["Destination"] == {"ToAddresses": ["udo@acme.example"]}
    simple = mail["Content"]["Simple"]
    assert simple["Subject"]["Data"] == "Ada Admin delegates Plans & more to you"
    text, html = simple["Body"]["Text"]["Data"], simple["Body"]["Html"]["Data"]
    for part in ('the activity "Plans &\tmore"', "Soon <b>", links(outbox)[0]):
        assert part in text
    for part in ("<strong>Plans &amp;\tmore</strong>", "Soon &lt;b&gt;", f'href="{links(outbox)[0]}"'):
        assert part in html
