"""The mails of invitations: inviting again sends another one, and nobody gets two in ten minutes."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib import config
from chalicelib.storage import table
from chalicelib.storage.models.recent_mails import RecentMail
from infra.testing.world import World, create_workspace
from tests.support.clock import Clock
from tests.support.failures import Hook
from tests.support.invitations import change_address, invite, links

Json = dict[str, Any]
INVITATIONS = "/api/invitations"
UDO = "udo@acme.example"
NEW = "jane@doe.example.org"
PAUSE = 600  # seconds


@pytest.fixture
def place(world: World, clock: Clock) -> str:
    """Return the address of a workspace of the owner to which nobody is invited."""
    return f"/api/workspaces/{create_workspace(world.owner)}"


def outcomes(client: httpx.Client, place: str, **body: Any) -> list[str]:
    """Invite people, and return what happened to their mails."""
    return [one["mail"] for one in invite(client, place, **body)]


def recipients(outbox: list[Json]) -> list[str]:
    """Return the address of each mail."""
    return [mail["Destination"]["ToAddresses"][0] for mail in outbox]


@pytest.mark.parametrize("body", [{"slug": "udo-member"}, {"email": UDO}, {"email": NEW}])
def test_inviting_again_sends_the_mail_again_but_not_within_ten_minutes(
    world: World, place: str, outbox: list[Json], clock: Clock, body: Json
) -> None:
    [first] = invite(world.owner, place, **body)
    assert (first["mail"], first["delivery"]) == ("sent", "sent")
    clock.goes(PAUSE - 1)
    [again] = invite(world.owner, place, **body)
    assert again == first | {"mail": "sent_recently"}, "the invitation is the same"
    clock.goes(1)
    assert outcomes(world.owner, place, **body) == ["sent"]
    assert outcomes(world.owner, place, **body) == ["sent_recently"]
    assert len(set(links(outbox))) == 2, "each mail has a link of its own"
    assert [one["id"] for one in world.owner.get(f"{place}/invitations").json()] == [first["id"]]


def test_the_link_of_the_second_mail_accepts(
    world: World, place: str, anybody: httpx.Client, outbox: list[Json], clock: Clock
) -> None:
    invite(world.owner, place, email=NEW)
    clock.goes(PAUSE)
    invite(world.owner, place, email=NEW)
    answer = anybody.post(links(outbox)[1], data={"first_name": "Jane", "last_name": "Doe"})
    assert (answer.status_code, len(world.owner.get(f"{place}/members").json())) == (200, 2)


def test_the_carbon_copy_goes_with_each_mail_and_with_no_other(
    world: World, place: str, outbox: list[Json], clock: Clock
) -> None:
    for _ in range(2):
        assert outcomes(world.owner, place, email=NEW, cc=True) == ["sent"]
        assert outcomes(world.owner, place, email=NEW, cc="true") == ["sent_recently"]
        clock.goes(PAUSE)
    assert recipients(outbox) == [NEW, "ada@acme.example"] * 2


def test_an_invitation_that_is_declined_while_its_mail_is_noted_is_not_made_again(
    world: World, place: str, on: Hook, outbox: list[Json]
) -> None:
    declined: list[int] = []
    udo = world.clients["other user"]

    def decline(model: Any, **_: Any) -> None:
        if outbox and model.name == "TransactWriteItems" and not declined:
            declined.append(0)
            [pending] = world.owner.get(f"{place}/invitations").json()
            declined[0] = udo.put(f"{INVITATIONS}/{pending['id']}/decline").status_code

    on("before-call.dynamodb", decline)
    assert outcomes(world.owner, place, slug="udo-member") == ["sent"]
    assert (declined, len(outbox)) == ([200], 1)
    assert world.owner.get(f"{place}/invitations").json() == []


@pytest.mark.parametrize("body", [{"slug": "udo-member"}, {"email": UDO}, {"email": NEW}])
def test_deleting_an_invitation_and_inviting_again_sends_no_second_mail(
    world: World, place: str, outbox: list[Json], clock: Clock, body: Json
) -> None:
    for _ in range(3):
        [invitation] = invite(world.owner, place, **body)
        world.owner.delete(f"{INVITATIONS}/{invitation['id']}")
    assert (len(outbox), invitation["mail"], invitation["delivery"]) == (1, "sent_recently", "unsent")
    clock.goes(PAUSE)
    assert outcomes(world.owner, place, **body) == ["sent"]


def decline(world: World, place: str) -> None:
    [one] = world.clients["other user"].get(INVITATIONS).json()
    assert world.clients["other user"].put(f"{INVITATIONS}/{one['id']}/decline").status_code == 200


def cancel(world: World, place: str) -> None:
    [one] = world.owner.get(f"{place}/invitations").json()
    assert world.owner.delete(f"{place}/invitations/{one['id']}").status_code == 204


def leave(world: World, place: str) -> None:
    other = world.clients["other user"]
    [one] = other.get(INVITATIONS).json()
    assert other.put(f"{INVITATIONS}/{one['id']}/accept").status_code == 200
    assert other.delete(f"{place}/members/{world.users['other user']}").status_code == 204


@pytest.mark.parametrize("way", [decline, cancel, leave])
def test_no_way_of_ending_an_invitation_leads_to_a_second_mail(
    world: World, place: str, outbox: list[Json], way: Callable[[World, str], None]
) -> None:
    assert outcomes(world.owner, place, slug="udo-member") == ["sent"]
    way(world, place)
    assert outcomes(world.owner, place, slug="udo-member") == ["sent_recently"]
    assert len(outbox) == 1


def test_each_workspace_sends_its_mail_whoever_else_has_invited(world: World, place: str, outbox: list[Json]) -> None:
    other_place = f"/api/workspaces/{create_workspace(world.member)}"
    assert outcomes(world.owner, place, email=NEW) == ["sent"]
    assert outcomes(world.member, other_place, email=NEW.upper()) == ["sent"]
    assert outcomes(world.member, other_place, email=NEW) == ["sent_recently"]
    assert [address.lower() for address in recipients(outbox)] == [NEW, NEW]


def test_a_user_who_is_removed_and_invited_as_a_new_one_gets_no_second_mail(
    world: World, place: str, outbox: list[Json]
) -> None:
    [invitation] = invite(world.owner, place, email=NEW)
    assert world.owner.delete(f"/api/users/{invitation['user']['id']}").status_code == 204
    assert outcomes(world.owner, place, email=NEW) == ["sent_recently"]
    assert len(outbox) == 1


def test_the_second_mail_goes_to_the_address_that_the_user_has_by_now(
    world: World, place: str, outbox: list[Json], clock: Clock
) -> None:
    [first] = invite(world.owner, place, email=UDO)
    change_address(world.clients["other user"], NEW, outbox)
    [again] = invite(world.owner, place, slug="udo-member")
    assert (again["id"], again["email"], again["mail"]) == (first["id"], NEW, "sent")
    assert recipients(outbox) == [UDO, NEW, NEW], "the second one is about the address"
    clock.goes(PAUSE)
    assert outcomes(world.owner, place, email=NEW) == ["sent"]


def test_a_mail_that_failed_keeps_nobody_waiting(
    world: World, place: str, outbox: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(config, "MAIL_FROM", "")
        assert outcomes(world.owner, place, slug="udo-member", email=NEW) == ["failed", "failed"]
        assert outcomes(world.owner, place, slug="udo-member") == ["failed"]
    assert outcomes(world.owner, place, email=NEW) == ["sent"]
    assert sorted(outcomes(world.owner, place, slug="udo-member", email=NEW)) == ["sent", "sent_recently"]
    assert sorted(recipients(outbox)) == [NEW, UDO]


def test_of_many_each_gets_the_mail_that_is_due(world: World, place: str, outbox: list[Json], clock: Clock) -> None:
    invite(world.owner, place, email=["1@acme.example", "2@acme.example"])
    clock.goes(PAUSE // 2)
    invite(world.owner, place, email="3@acme.example")
    clock.goes(PAUSE // 2)
    addresses = [f"{number}@acme.example" for number in range(1, 8)]
    answers = {one["email"]: one["mail"] for one in invite(world.owner, place, slug=["udo-member"], email=addresses)}
    assert answers.pop("3@acme.example") == "sent_recently"
    assert set(answers.values()) == {"sent"}
    assert Counter(recipients(outbox)) == Counter([*addresses, "1@acme.example", "2@acme.example", UDO])


def test_a_first_mail_is_sent_without_reading_when_the_last_one_was(world: World, place: str, asked: list[str]) -> None:
    [invitation] = invite(world.owner, place, slug=world.users["other user"])
    world.owner.delete(f"{INVITATIONS}/{invitation['id']}")
    asked.clear()
    assert outcomes(world.owner, place, slug=world.users["other user"]) == ["sent_recently"]
    assert Counter(asked)["TransactWriteItems"] == 2, "the first one was refused, because there was a mail lately"


def test_the_note_of_a_mail_expires_and_holds_nothing_but_the_invitation(world: World, place: str) -> None:
    [invitation] = invite(world.owner, place, email=NEW)
    workspace = place.rpartition("/")[2]
    note = table.get(RecentMail.ref(world.account, f"INVITATION-{workspace}", NEW))
    assert note is not None
    assert note.about == str(invitation["id"])
    assert {"pk", "sk", "kind", "version", "about", "ttl"} == set(note.serialize())
