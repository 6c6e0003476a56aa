"""Signed states: only the same caller can send one back, for the same request, within five minutes."""

from typing import Any

import pytest

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.http import signed_states
from infra import operations
from tests.support.clock import Clock

Json = dict[str, Any]

PURPOSE, STATE = "confirm", {"step": 2, "note": "é \U0001f600 \ud800"}
BOUND_TO = ["delete", {"id": 7, "cascade": True}]


def caller_of(answer: Json, *, has_token: bool = False) -> Caller:
    user = answer["user"]["id"] if "user" in answer else answer["credential"]["user"]
    key = answer["credential"]["key"]
    return Caller(int(key.partition("-")[0]), user, key, "write", has_token)


@pytest.fixture
def caller(acme: Json) -> Caller:
    return caller_of(acme)


@pytest.fixture
def text(caller: Caller) -> str:
    return signed_states.sign(caller, PURPOSE, STATE, BOUND_TO)


def test_the_caller_gets_the_state_back(caller: Caller, text: str) -> None:
    assert signed_states.read(caller, PURPOSE, text, BOUND_TO) == STATE
    assert signed_states.read(caller, PURPOSE, text, ["delete", {"cascade": True, "id": 7}]) == STATE
    assert signed_states.read(caller._replace(has_token=True), PURPOSE, text, BOUND_TO) == STATE


def test_the_text_can_stand_in_a_header(text: str) -> None:
    assert text.isascii()
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@pytest.mark.parametrize(
    "changed",
    [
        *("", ".", "{content}", "{content}.", ".{mac}", "{mac}.{content}", "{content}.{mac}.", "{content}.{mac}0"),
        *("{content}=.{mac}", "{content}A.{mac}", "{content}\n.{mac}", "{content}.{mac}\ud800", "é{content}.{mac}"),
        "W10.{mac}",
    ],
)
def test_a_changed_text_is_refused(caller: Caller, text: str, changed: str) -> None:
    content, _, mac = text.partition(".")
    with pytest.raises(errors.WrongState, match="not made for this request"):
        signed_states.read(caller, PURPOSE, changed.format(content=content, mac=mac), BOUND_TO)


@pytest.mark.parametrize("bound_to", [None, ["delete", {"id": 8, "cascade": True}], ["move", BOUND_TO[1]], BOUND_TO[1]])
def test_a_state_for_another_request_is_refused(caller: Caller, text: str, bound_to: object) -> None:
    with pytest.raises(errors.WrongState):
        signed_states.read(caller, PURPOSE, text, bound_to)


def test_a_state_for_another_purpose_is_refused(caller: Caller, text: str) -> None:
    with pytest.raises(errors.WrongState):
        signed_states.read(caller, "elicit", text, BOUND_TO)


def test_another_caller_cannot_use_a_state(acme: Json, mia_user: Json, text: str) -> None:
    other_credential = operations.create_credential(acme["user"]["id"])
    for other in (mia_user, other_credential | {"user": acme["user"]}):
        with pytest.raises(errors.WrongState):
            signed_states.read(caller_of(other), PURPOSE, text, BOUND_TO)


def test_a_state_works_for_five_minutes(caller: Caller, clock: Clock) -> None:
    text = signed_states.sign(caller, PURPOSE, STATE, BOUND_TO)
    clock.goes(299)
    assert signed_states.read(caller, PURPOSE, text, BOUND_TO) == STATE
    clock.goes(1)
    with pytest.raises(errors.ExpiredState, match="more than 300 seconds old"):
        signed_states.read(caller, PURPOSE, text, BOUND_TO)
    with pytest.raises(errors.WrongState, match="not made for this request"):
        signed_states.read(caller, PURPOSE, text, None)


def test_rotating_the_secret_ends_the_states_that_were_signed_before(ada: Any, own: str, acme: Json, text: str) -> None:
    assert ada.post(f"{own}/rotate", json={"overlap": 3600}).status_code == 200
    with pytest.raises(errors.WrongState):
        signed_states.read(caller_of(acme), PURPOSE, text, BOUND_TO)


def test_a_revoked_credential_signs_and_reads_nothing(caller: Caller, text: str) -> None:
    operations.revoke_credential(caller.key)
    with pytest.raises(errors.Forbidden, match="not valid any more"):
        signed_states.read(caller, PURPOSE, text, BOUND_TO)
    with pytest.raises(errors.Forbidden):
        signed_states.sign(caller, PURPOSE, STATE, BOUND_TO)


def test_signing_and_reading_take_one_request_each(caller: Caller, asked: list[str]) -> None:
    text = signed_states.sign(caller, PURPOSE, STATE, BOUND_TO)
    assert asked == ["GetItem"]
    signed_states.read(caller, PURPOSE, text, BOUND_TO)
    assert asked == ["GetItem", "GetItem"]
