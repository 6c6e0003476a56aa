"""/api/invitations: inviting to workspaces, and answering invitations."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib import config
from chalicelib.domain.people import invitations
from chalicelib.mail import messages, sending
from chalicelib.mail.delivery import CLAIM_SECONDS
from chalicelib.storage import table
from chalicelib.storage.models.users import EmailAddress
from infra import operations
from tests.support.clock import Clock
from tests.support.concurrent_writes import ConcurrentWriter
from tests.support.failures import Hook, Outage
from tests.support.invitations import invite, links

Json = dict[str, Any]
SignIn = Callable[[Json], httpx.Client]
INVITATIONS = "/api/invitations"


@pytest.fixture
def place(ada: httpx.Client, outbox: list[Json]) -> str:
    """Return the address of a shared workspace of Ada's."""
    made = ada.post("/api/workspaces", json={"name": "Offices & <Plans>"})
    assert made.status_code == 201
    return str(made.headers["location"])


def test_a_user_is_invited_by_slug_and_joins_by_accepting(ada: httpx.Client, mia: httpx.Client, place: str) -> None:
    [invitation] = invite(ada, place, slug=["mia-mel"])
    assert list(invitation) == [
        *("id", "workspace", "user", "email", "inviter", "state", "created_at", "delivery", "links", "mail"),
    ]
    assert (invitation["user"]["slug"], invitation["state"], invitation["delivery"]) == ("mia-mel", "pending", "sent")
    assert [one["name"] for one in mia.get("/api/workspaces/invited").json()] == ["Offices & <Plans>"]
    assert (mia.get(place).status_code, mia.get(f"{place}/inbox").status_code) == (200, 403)
    accepted = mia.put(f"{INVITATIONS}/{invitation['id']}/accept")
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert mia.get(f"{place}/inbox").status_code == 200
    assert mia.get("/api/workspaces/invited").json() == []
    assert [one["first_name"] for one in ada.get(f"{place}/members").json()] == ["Ada", "Mia"]


def test_the_documents_example_invites_by_address_with_a_carbon_copy(
    ada: httpx.Client, place: str, outbox: list[Json]
) -> None:
    [invitation] = invite(ada, place, cc=True, slug=[], email=["jane@doe.example.org"])
    assert invitation["email"] == invitation["user"]["name_or_email"] == "jane@doe.example.org"
    original, copy = outbox
    assert original["Destination"] == {"ToAddresses": ["jane@doe.example.org"]}
    assert copy["Destination"] == {"ToAddresses": ["ada@acme.example"]}
    assert len(links(outbox)) == 1, "the copy goes without the link, which is for the invited only"


def test_a_mail_says_the_same_in_text_and_html(ada: httpx.Client, place: str, outbox: list[Json]) -> None:
    invite(ada, place, email="jane@doe.example.org")
    body = outbox[0]["Content"]["Simple"]["Body"]
    assert "<Plans>" not in body["Html"]["Data"]
    plain = unescape(re.sub(r'<a href="([^"]*)">.*?</a>|<[^>]+>', r"\1", body["Html"]["Data"]))
    text = body["Text"]["Data"].replace('"', "")
    assert plain.split() == text.split()


def test_slugs_and_addresses_may_stand_alone_and_ids_are_slugs_too(
    ada: httpx.Client, mia_user: Json, place: str
) -> None:
    assert len(invite(ada, place, slug=mia_user["user"]["id"], email=None, cc="false")) == 1
    assert len(invite(ada, place, slug=None, email="jane@doe.example.org")) == 1


def test_several_are_invited_at_once_and_each_only_once(
    ada: httpx.Client, mia_user: Json, place: str, outbox: list[Json]
) -> None:
    invited = invite(ada, place, slug=["mia-mel", mia_user["user"]["id"]], email=["MIA@acme.example", "a@b.c", "A@b.c"])
    assert sorted(one["email"] for one in invited) == ["a@b.c", "mia@acme.example"]
    assert len(outbox) == 2


def test_one_unknown_slug_is_not_found_and_nothing_is_sent(
    ada: httpx.Client, mia: httpx.Client, place: str, outbox: list[Json]
) -> None:
    for unknown in ("nobody", "0123456ff"):
        body = {"slug": ["mia-mel", unknown], "email": ["jane@doe.example.org"]}
        answer = ada.post(f"{place}/invitation", json=body)
        assert answer.status_code == 404
        assert unknown in answer.json()["detail"]
    assert outbox == ada.get(INVITATIONS).json() == mia.get("/api/workspaces/invited").json() == []
    assert table.get(EmailAddress.ref(1, "jane@doe.example.org")) is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/email"),
        ({"cc": True, "slug": [], "email": []}, "#/email"),
        ({"email": ["not an address"]}, "#/email/0"),
        ({"email": "not an address"}, "#/email"),
        ({"slug": [5]}, "#/slug/0"),
        ({"cc": "maybe", "email": "a@b.c"}, "#/cc"),
        ({"mail": "a@b.c"}, "#/mail"),
    ],
)
def test_a_wrong_invitation_is_told_so(ada: httpx.Client, place: str, body: Json, pointer: str) -> None:
    answer = ada.post(f"{place}/invitation", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_personal_workspace_cannot_be_shared(ada: httpx.Client, outbox: list[Json]) -> None:
    personal = ada.get("/api/workspaces").json()[0]["id"]
    refused = ada.post(f"/api/workspaces/{personal}/invitation", json={"email": "a@b.c"})
    assert (refused.status_code, refused.json()["message"]) == (422, "A personal workspace cannot be shared.")
    assert refused.json()["errors"] == [{"pointer": "#", "detail": "A personal workspace cannot be shared."}]
    assert outbox == []


def test_members_are_left_alone(ada: httpx.Client, mia: httpx.Client, place: str, outbox: list[Json]) -> None:
    [invitation] = invite(ada, place, slug="mia-mel")
    mia.put(f"{INVITATIONS}/{invitation['id']}/accept")
    assert invite(ada, place, slug=["mia-mel", "ada-admin"]) == []
    assert len(outbox) == 1


def test_the_log_says_why_a_mail_could_not_be_sent_and_not_to_whom(
    ada: httpx.Client, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending.client(), "send_email", refused)
    assert invite(ada, place, email="jane@doe.example")[0]["delivery"] == "failed"
    assert "MessageRejected" in caplog.text
    assert "jane@doe.example" not in caplog.text


def refused(**_: Any) -> None:
    """Return the error of SES for an account in its sandbox."""
    error = {"Code": "MessageRejected", "Message": "Email address is not verified: jane@doe.example"}
    raise ClientError({"Error": error}, "SendEmail")


def test_a_mail_that_gets_no_answer_in_time_counts_as_failed(
    ada: httpx.Client, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sending.client(), "send_email", lambda **_: _time_out())
    assert invite(ada, place, email="jane@doe.example")[0]["delivery"] == "failed"
    assert "ReadTimeoutError" in caplog.text


def _time_out() -> None:
    raise ReadTimeoutError(endpoint_url="https://email.example")


def test_mail_that_fails_leaves_the_invitation_and_is_sent_when_inviting_again(
    ada: httpx.Client, mia: httpx.Client, place: str, outbox: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MAIL_FROM", "unverified@nowhere.example")
    [failed] = invite(ada, place, slug="mia-mel", cc=True)
    assert failed["delivery"] == "failed"
    assert mia.get(INVITATIONS).json()[0]["delivery"] == "failed"
    monkeypatch.setattr(config, "MAIL_FROM", "")
    assert invite(ada, place, slug="mia-mel")[0]["delivery"] == "failed"
    monkeypatch.undo()
    [sent] = invite(ada, place, slug="mia-mel")
    assert (sent["id"], sent["delivery"]) == (failed["id"], "sent")
    assert mia.get(INVITATIONS).json()[0]["delivery"] == "sent"


def test_whoever_is_cut_off_before_the_mail_goes_out_sends_it_by_inviting_again(
    ada: httpx.Client,
    mia: httpx.Client,
    place: str,
    outbox: list[Json],
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cut_off(_: messages.InvitationMail) -> bool:
        raise RuntimeError("cut off")

    everybody = {"slug": "mia-mel", "email": ["a@b.c", "c@d.e"]}
    with monkeypatch.context() as broken:
        broken.setattr(messages.InvitationMail, "send", cut_off)
        assert ada.post(f"{place}/invitation", json=everybody).status_code == 500
    assert [one["delivery"] for one in mia.get(INVITATIONS).json()] == ["unsent"]
    assert [one["delivery"] for one in invite(ada, place, **everybody)] == ["unsent"] * 3, "still claimed"
    assert outbox == []
    clock.goes(seconds=CLAIM_SECONDS)
    assert [one["delivery"] for one in invite(ada, place, **everybody)] == ["sent"] * 3
    assert [one["delivery"] for one in ada.get(INVITATIONS).json()] == ["sent"] * 3
    assert len(outbox) == 3


def test_whoever_is_cut_off_amid_several_mails_sends_at_most_one_twice(
    ada: httpx.Client, place: str, outbox: list[Json], on: Hook, clock: Clock
) -> None:
    outage = Outage(on, lost=False)
    outage.begins(6)  # the authorizer twice, the users, ids, the invitations, the delivery of the first mail
    addresses = [f"{letter}@acme.example" for letter in "abcd"]
    assert ada.post(f"{place}/invitation", json={"email": addresses}).status_code == 503
    outage.ends()
    assert len(outbox) == 2
    clock.goes(seconds=CLAIM_SECONDS)
    assert [one["delivery"] for one in invite(ada, place, email=addresses)] == ["sent"] * 4
    sent = [mail["Destination"]["ToAddresses"][0] for mail in outbox]
    assert sorted(sent) == sorted([*addresses, sent[1]])


def test_if_somebody_leaves_meanwhile_the_answer_does_not_say_that_nobody_was_invited(
    ada: httpx.Client, mia_user: Json, place: str, clock: Clock, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "INVITATIONS_PER_TRANSACTION", 1)
    mia_id = mia_user["user"]["id"]
    ConcurrentWriter(on).work = lambda: ada.delete(f"/api/users/{mia_id}").raise_for_status()
    refused = ada.post(f"{place}/invitation", json={"slug": "mia-mel", "email": "a@b.c"})
    assert refused.status_code == 404
    assert refused.json()["detail"] == "The user mia-mel has just left. Invite the others again to send their mails."
    clock.goes(seconds=CLAIM_SECONDS)
    assert [one["delivery"] for one in invite(ada, place, email="a@b.c")] == ["sent"]


def test_many_are_invited_in_few_requests(
    ada: httpx.Client, mia: httpx.Client, bob: httpx.Client, place: str, asked: list[str]
) -> None:
    everybody = {"slug": ["mia-mel", "bob-boss"], "email": [f"{number}@acme.example" for number in range(10)]}
    asked.clear()
    made = invite(ada, place, **everybody)
    assert Counter(asked) == {"GetItem": 1, "UpdateItem": 1, "BatchGetItem": 2, "TransactWriteItems": 3 + 12}
    assert len({one["id"] for one in made}) == 12
    assert {one["delivery"] for one in made} == {"sent"}
    assert [one["id"] for one in ada.get(INVITATIONS).json()] == sorted(one["id"] for one in made)


def test_members_invite_only_while_the_owner_allows_it(
    ada: httpx.Client, mia: httpx.Client, place: str, outbox: list[Json]
) -> None:
    [invitation] = invite(ada, place, slug="mia-mel")
    assert mia.post(f"{place}/invitation", json={"email": "a@b.c"}).status_code == 403, "not yet a member"
    mia.put(f"{INVITATIONS}/{invitation['id']}/accept")
    assert invite(mia, place, email="a@b.c")[0]["inviter"]["slug"] == "mia-mel"
    ada.put(place, json={"setting": {"allow_invitations": False}})
    assert mia.post(f"{place}/invitation", json={"email": "c@d.e"}).status_code == 403
    assert len(invite(ada, place, email="c@d.e")) == 1


def test_both_sides_see_a_pending_invitation_and_nobody_else_does(
    ada: httpx.Client, mia: httpx.Client, stranger: httpx.Client, acme: Json, sign_in: SignIn, place: str
) -> None:
    [invitation] = invite(ada, place, slug="mia-mel")
    assert invitation.pop("mail") == "sent", "which only the inviter learns"
    other = sign_in(
        operations.create_user(acme["account"]["id"], email="o@acme.example", first_name="O", last_name="O")
    )
    one = f"{INVITATIONS}/{invitation['id']}"
    assert ada.get(INVITATIONS).json() == mia.get(INVITATIONS).json() == [invitation]
    assert ada.get(one).json() == mia.get(one).json() == invitation
    for client in (other, stranger):
        assert client.get(INVITATIONS).json() == []
        for method, path in (("GET", one), ("PUT", f"{one}/accept"), ("PUT", f"{one}/decline"), ("DELETE", one)):
            assert client.request(method, path).status_code == 404


def test_only_the_invited_decide_and_only_the_inviter_takes_back(
    ada: httpx.Client, mia: httpx.Client, place: str
) -> None:
    one = f"{INVITATIONS}/{invite(ada, place, slug='mia-mel')[0]['id']}"
    assert ada.put(f"{one}/accept").status_code == ada.put(f"{one}/decline").status_code == 403
    assert mia.delete(one).status_code == 403
    deleted = ada.delete(one)
    assert (deleted.status_code, deleted.json()) == (200, {"success": True})
    assert ada.get(one).status_code == mia.get(one).status_code == mia.get(place).status_code == 404


@pytest.mark.parametrize(("first", "other"), [("accept", "decline"), ("decline", "accept")])
def test_deciding_twice_is_harmless_and_deciding_otherwise_is_a_conflict(
    ada: httpx.Client, mia: httpx.Client, place: str, first: str, other: str
) -> None:
    one = f"{INVITATIONS}/{invite(ada, place, slug='mia-mel')[0]['id']}"
    assert mia.put(f"{one}/{first}", json={}).json() == mia.put(f"{one}/{first}").json()
    assert mia.put(f"{one}/{other}").status_code == 409
    assert ada.get(INVITATIONS).json() == []
    assert ada.delete(one).status_code == (409 if first == "accept" else 200)


def test_who_declined_may_be_invited_again(
    ada: httpx.Client, mia: httpx.Client, place: str, outbox: list[Json], clock: Clock
) -> None:
    [first] = invite(ada, place, slug="mia-mel")
    mia.put(f"{INVITATIONS}/{first['id']}/decline")
    assert mia.get(place).status_code == 404
    clock.goes(seconds=600)
    [again] = invite(ada, place, slug="mia-mel")
    assert again["id"] != first["id"]
    assert mia.put(f"{INVITATIONS}/{again['id']}/accept").status_code == 200
    assert len(outbox) == 2


def test_with_a_workspace_go_its_invitations(ada: httpx.Client, mia: httpx.Client, place: str) -> None:
    one = f"{INVITATIONS}/{invite(ada, place, slug='mia-mel')[0]['id']}"
    assert ada.delete(place).status_code == 204
    assert ada.get(INVITATIONS).json() == mia.get(INVITATIONS).json() == []
    assert mia.put(f"{one}/accept").status_code == ada.get(one).status_code == 404


def test_an_invitation_sent_twice_under_one_key_is_one(ada: httpx.Client, place: str, outbox: list[Json]) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = (ada.post(f"{place}/invitation", json={"email": "a@b.c"}, headers=headers) for _ in range(2))
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert len(outbox) == 1


def test_the_sender_may_be_verified_twice() -> None:
    sending.verify_sender()
    sending.verify_sender()
