"""A new e-mail address counts once the link in the mail to it was opened. Until then nobody gains anything by it."""

from datetime import timedelta
from typing import Any

import boto3
import httpx
import pytest

from chalicelib import clock as product_clock
from chalicelib import config
from chalicelib.domain.accounts import address_changes
from infra.testing.world import World
from tests.support.clock import Clock
from tests.support.failures import Hook, Outage
from tests.support.invitations import address_link, change_address, invite, links, text_of
from tests.support.stored_rows import stored_rows

ME, USERS, INVITATIONS = "/api/me", "/api/users", "/api/invitations"
OLD, NEW = "udo@acme.example", "victim@acme.example"
Json = dict[str, Any]


@pytest.fixture
def udo(world: World) -> httpx.Client:
    """Return a client of a member of the account, who is in no shared workspace."""
    return world.clients["other user"]


@pytest.fixture
def link(udo: httpx.Client, outbox: list[Json]) -> str:
    """Return the link in the mail to the new address of Udo."""
    assert udo.put(ME, json={"email": NEW}).status_code == 200
    return address_link(outbox.pop())


def email_of(client: httpx.Client) -> str:
    return str(client.get(ME).json()["email"])


def pending(client: httpx.Client) -> list[Json]:
    found: list[Json] = client.get(INVITATIONS).json()
    return found


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("wrapped", [True, False], ids=["within user", "plain"])
def test_a_new_address_is_unconfirmed_and_gets_a_mail(
    udo: httpx.Client, outbox: list[Json], method: str, wrapped: bool
) -> None:
    before, body = udo.get(ME).json(), {"email": NEW, "first_name": "Ugo"}
    answer = udo.request(method, ME, json={"user": body} if wrapped else body)
    names = {"first_name": "Ugo", "name_or_email": "Ugo Member"}
    waiting = {"unconfirmed_email": NEW, "confirmation_delivery": "sent"}
    assert (answer.status_code, answer.json()) == (200, before | names | waiting)
    assert udo.get(ME).json() == answer.json()
    [mail] = outbox
    assert mail["Destination"] == {"ToAddresses": [NEW]}
    assert "Ugo Member" in text_of(mail)


def test_only_the_user_and_admins_see_an_unconfirmed_address(world: World, udo: httpx.Client, link: str) -> None:
    one = f"{USERS}/{world.users['other user']}"
    for client in (udo, world.owner):
        shown = client.get(one).json()
        assert (shown["email"], shown["unconfirmed_email"]) == (OLD, NEW)
        assert shown in client.get(USERS).json()
    assert NEW not in world.member.get(one).text + world.member.get(USERS).text


def test_opening_the_link_shows_a_button_and_confirms_nothing(
    anybody: httpx.Client, udo: httpx.Client, link: str
) -> None:
    page = anybody.get(link)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<form method="post"><button>' in page.text
    assert NEW in page.text
    assert anybody.head(link).status_code == 200
    assert email_of(udo) == OLD


def test_the_button_makes_the_address_that_of_the_user_and_frees_the_old_one(
    anybody: httpx.Client, world: World, udo: httpx.Client, link: str
) -> None:
    assert anybody.post(link).status_code == 200
    mine = udo.get(ME).json()
    assert (mine["email"], "unconfirmed_email" in mine) == (NEW, False)
    assert invite(world.owner, world.workspace_url, email=NEW)[0]["user"]["id"] == mine["id"]
    assert invite(world.owner, world.workspace_url, email=OLD)[0]["user"]["id"] != mine["id"]


def test_a_link_works_once(anybody: httpx.Client, udo: httpx.Client, link: str) -> None:
    assert anybody.post(link).status_code == 200
    for answer in (anybody.get(link), anybody.post(link)):
        assert (answer.status_code, NEW in answer.text) == (404, False)
    assert email_of(udo) == NEW


@pytest.mark.parametrize("token", ["x", "1-x", f"1-0123456ab-{'a' * 43}", f"9-{'0' * 9}-{'a' * 43}", "1-%00", "é" * 55])
def test_an_unknown_link_is_not_found(anybody: httpx.Client, link: str, token: str) -> None:
    for method in ("GET", "POST"):
        answer = anybody.request(method, f"/address-changes/{token}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_another_token_for_the_same_user_is_not_found(anybody: httpx.Client, udo: httpx.Client, link: str) -> None:
    assert anybody.post(f"{link[:-43]}{'a' * 43}").status_code == 404
    assert email_of(udo) == OLD


def test_a_link_ends_after_seven_days(
    anybody: httpx.Client, udo: httpx.Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = product_clock.current_time() + timedelta(days=7, seconds=1)
    monkeypatch.setattr(product_clock, "current_time", lambda: later)
    assert (anybody.get(link).status_code, anybody.post(link).status_code) == (404, 404)
    assert "unconfirmed_email" not in udo.get(ME).json()


def test_a_token_is_kept_only_as_a_hash(link: str) -> None:
    stored = str(boto3.client("dynamodb").scan(TableName=config.TABLE_NAME)["Items"])
    assert link.rpartition("/")[2] not in stored
    assert link[-43:] not in stored


def test_other_sites_cannot_confirm_for_somebody(anybody: httpx.Client, udo: httpx.Client, link: str) -> None:
    assert anybody.post(link, headers={"Origin": "https://evil.example"}).status_code == 403
    assert email_of(udo) == OLD


def test_a_newer_address_replaces_the_one_that_waits(
    anybody: httpx.Client, udo: httpx.Client, link: str, outbox: list[Json]
) -> None:
    assert udo.put(ME, json={"email": "newer@acme.example"}).json()["unconfirmed_email"] == "newer@acme.example"
    assert anybody.post(link).status_code == 404
    assert anybody.post(address_link(outbox[-1])).status_code == 200
    assert email_of(udo) == "newer@acme.example"


@pytest.mark.parametrize("present", [OLD, "Udo@Acme.example"])
def test_the_present_address_ends_the_wait_for_another_one(
    anybody: httpx.Client, udo: httpx.Client, link: str, outbox: list[Json], present: str
) -> None:
    answer = udo.put(ME, json={"email": present}).json()
    assert (answer["email"], "unconfirmed_email" in answer) == (present, False)
    assert (anybody.post(link).status_code, outbox) == (404, [])


def test_letters_that_only_look_like_those_of_the_present_address_are_another_address(
    udo: httpx.Client, outbox: list[Json]
) -> None:
    plain, similar = "strasse@acme.example", "straße@acme.example"
    change_address(udo, plain, outbox)
    answer = udo.put(ME, json={"email": similar}).json()
    assert (answer["email"], answer["unconfirmed_email"]) == (plain, similar)
    assert httpx.post(address_link(outbox[-1])).status_code == 200
    assert email_of(udo) == similar


def test_the_same_address_gets_another_mail_after_ten_minutes_and_the_newest_link_counts(
    anybody: httpx.Client, udo: httpx.Client, clock: Clock, outbox: list[Json]
) -> None:
    for seconds, mails in ((0, 1), (599, 1), (1, 2), (1, 2)):
        clock.now += timedelta(seconds=seconds)
        assert udo.put(ME, json={"email": NEW}).status_code == 200
        assert len(outbox) == mails
    first, second = map(address_link, outbox)
    assert (anybody.post(first).status_code, anybody.post(second).status_code) == (404, 200)


def test_asking_for_two_addresses_in_turns_sends_each_one_mail_in_ten_minutes(
    udo: httpx.Client, anybody: httpx.Client, clock: Clock, outbox: list[Json]
) -> None:
    other = "another@acme.example"
    for email in (NEW, other, NEW, other, NEW, NEW, "udo@acme.example", NEW):
        answer = udo.put(ME, json={"email": email})
        assert answer.status_code == 200
    assert [mail["Destination"]["ToAddresses"][0] for mail in outbox] == [NEW, other]
    waiting = answer.json()
    assert (waiting["unconfirmed_email"], waiting["confirmation_delivery"]) == (NEW, "unsent")
    assert anybody.post(address_link(outbox[0])).status_code == 404, "the link of a mail that was replaced"
    clock.goes(600)
    assert udo.put(ME, json={"email": NEW}).json()["confirmation_delivery"] == "sent"
    assert anybody.post(address_link(outbox[2])).status_code == 200


def test_a_mail_that_could_not_be_sent_is_sent_when_it_is_asked_for_again(
    udo: httpx.Client, monkeypatch: pytest.MonkeyPatch, outbox: list[Json]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(config, "MAIL_FROM", "")
        answer = udo.put(ME, json={"email": NEW})
    assert (answer.status_code, answer.json()["confirmation_delivery"], outbox) == (200, "failed", [])
    assert udo.put(ME, json={"email": NEW}).json()["confirmation_delivery"] == "sent"
    assert len(outbox) == 1


@pytest.mark.parametrize("steps", [4, 5, 6])
def test_a_request_that_is_cut_off_after_its_claim_is_finished_when_it_is_repeated_a_minute_later(
    udo: httpx.Client, outbox: list[Json], clock: Clock, on: Hook, steps: int
) -> None:
    outage = Outage(on, lost=False)
    outage.begins(steps)
    cut_off = udo.put(ME, json={"email": NEW})
    outage.ends()
    clock.goes(61)
    answer = udo.put(ME, json={"email": NEW})
    assert (answer.status_code, answer.json()["confirmation_delivery"]) == (200, "sent")
    assert cut_off.status_code == (503 if outage.struck else 200)
    assert 1 <= len(outbox) <= 2


def test_a_repeated_request_with_a_key_sends_one_mail(udo: httpx.Client, outbox: list[Json]) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (udo.put(ME, json={"email": NEW}, headers=key) for _ in range(2))
    assert (again.content, again.headers["idempotency-replayed"], len(outbox)) == (first.content, "true", 1)


def test_the_audit_shows_the_request_and_the_confirmation_without_the_token(
    anybody: httpx.Client, world: World, link: str
) -> None:
    anybody.post(link)
    confirmed, asked = world.owner.get("/api/audit").json()[:2]
    assert asked["details"] == {"unconfirmed_email": {"from": None, "to": NEW}}
    assert confirmed["details"] == {
        "email": {"from": OLD, "to": NEW},
        "unconfirmed_email": {"from": NEW, "to": None},
    }
    for event in (asked, confirmed):
        assert (event["verb"], event["actor"]["user"]) == ("update", world.users["other user"])


def test_a_user_with_the_address_of_somebody_else_unconfirmed_gets_none_of_their_invitations(
    anybody: httpx.Client, world: World, udo: httpx.Client, link: str, outbox: list[Json]
) -> None:
    [invitation] = invite(world.owner, world.workspace_url, email=NEW)
    assert invitation["user"]["id"] != world.users["other user"]
    assert (pending(udo), udo.get("/api/workspaces/invited").json()) == ([], [])
    address = f"{INVITATIONS}/{invitation['id']}"
    assert [udo.get(address).status_code, udo.put(f"{address}/accept").status_code] == [404, 404]
    assert udo.get(world.workspace_url).status_code == 404
    delegation = world.owner.put(f"{world.activity()}/delegate", json={"email": NEW})
    assert (delegation.status_code, udo.get("/api/delegations").json()) == (200, [])
    names = {"first_name": "The", "last_name": "Victim"}
    assert anybody.post(links(outbox)[0], data=names).status_code == 200, "the owner of the mailbox joins"
    refused = anybody.post(link)
    assert (refused.status_code, "Another user of the account" in refused.text) == (409, True)
    assert email_of(udo) == OLD
    assert len(world.owner.get(f"{world.workspace_url}/members").json()) == 3


def test_the_owner_of_a_mailbox_can_still_have_the_address_that_somebody_else_has_asked_for(
    anybody: httpx.Client, world: World, udo: httpx.Client, link: str, outbox: list[Json]
) -> None:
    assert world.member.put(ME, json={"email": NEW}).status_code == 200
    assert anybody.post(address_link(outbox[-1])).status_code == 200
    assert anybody.post(link).status_code == 409
    assert (email_of(world.member), email_of(udo)) == (NEW, OLD)
    assert udo.put(ME, json={"email": NEW}).status_code == 409


def test_an_admin_can_still_create_a_user_with_an_address_that_somebody_else_has_asked_for(
    anybody: httpx.Client, world: World, link: str
) -> None:
    victim = {"email": NEW, "first_name": "The", "last_name": "Victim"}
    assert world.owner.post(USERS, json=victim).json()["email"] == NEW
    assert anybody.post(link).status_code == 409


def test_the_first_address_of_a_user_is_the_statement_of_an_admin(world: World, outbox: list[Json]) -> None:
    made = world.owner.post(USERS, json={"email": NEW, "first_name": "New", "last_name": "User"}).json()
    assert (made["email"], "unconfirmed_email" in made, outbox) == (NEW, False, [])


def test_admins_confirm_their_own_new_addresses_too(world: World, outbox: list[Json]) -> None:
    for path in (ME, f"{USERS}/{world.users['owner']}"):
        answer = world.owner.put(path, json={"email": f"{len(outbox)}@acme.example"})
        assert (answer.json()["email"], len(outbox)) == ("ada@acme.example", len(outbox))
    assert len(outbox) == 2


def test_a_user_who_has_left_confirms_nothing(anybody: httpx.Client, world: World, link: str) -> None:
    assert world.owner.delete(f"{USERS}/{world.users['other user']}").status_code == 204
    assert (anybody.get(link).status_code, anybody.post(link).status_code) == (404, 404)
    assert [row for row in stored_rows("email_address") if NEW in str(row)] == []


def test_the_name_on_the_page_is_escaped(anybody: httpx.Client, udo: httpx.Client, link: str) -> None:
    udo.put(ME, json={"first_name": "<b>Udo</b>"})
    assert "&lt;b&gt;Udo&lt;/b&gt;" in anybody.get(link).text


def test_of_two_users_who_confirm_one_address_at_once_exactly_one_gets_it(
    anybody: httpx.Client,
    world: World,
    udo: httpx.Client,
    link: str,
    outbox: list[Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world.member.put(ME, json={"email": NEW})
    other_link, confirm = address_link(outbox[-1]), address_changes.plan_confirmation
    answers: list[int] = []

    def confirm_after_the_other(*read: Any) -> Any:
        change = confirm(*read)  # everything has been read, and the address is free
        if not answers:
            answers.append(0)
            answers.append(anybody.post(other_link).status_code)
        return change

    monkeypatch.setattr(address_changes, "plan_confirmation", confirm_after_the_other)
    assert (anybody.post(link).status_code, answers[1]) == (409, 200)
    assert (email_of(world.member), email_of(udo)) == (NEW, OLD)
    assert len([row for row in stored_rows("email_address") if NEW in str(row)]) == 1
