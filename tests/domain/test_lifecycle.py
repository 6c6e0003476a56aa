"""The states of an activity: the table of transitions, and each verb in each state through the API."""

import pytest

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.activities import lifecycle
from chalicelib.schemas.activities import ACTIVITY_STATES
from chalicelib.schemas.delegations import DELEGATION_STATES
from infra import diagram
from infra.testing.world import World
from tests.support.stored_rows import stored_rows

# How an activity gets into a state; what belongs to delegations is in test_delegations.
WAYS = {
    "draft": (),
    "active": ("play",),
    "paused": ("play", "pause"),
    "finished": ("finish",),
}
VERBS = ("play", "pause", "finish", "take_over", "delete")


def test_the_table_knows_every_state_and_who_may_do_every_verb() -> None:
    assert tuple(lifecycle.TRANSITIONS) == ACTIVITY_STATES
    assert {state for verbs in lifecycle.TRANSITIONS.values() for state in verbs.values()} <= set(ACTIVITY_STATES)
    assert tuple(lifecycle.DELEGATION_TRANSITIONS) == DELEGATION_STATES
    assert {state for verbs in lifecycle.DELEGATION_TRANSITIONS.values() for state in verbs.values()} <= set(
        DELEGATION_STATES
    )
    both = [*lifecycle.TRANSITIONS.values(), *lifecycle.DELEGATION_TRANSITIONS.values()]
    assert {verb for verbs in both for verb in verbs} == set(lifecycle.PERFORMED_BY)
    between = {lifecycle.DELEGATOR, lifecycle.DELEGEE, lifecycle.EITHER}
    assert set(lifecycle.PERFORMED_BY.values()) - between <= set(access.PERMISSIONS)


def test_verbs_lead_to_the_specified_states() -> None:
    leads = {
        "play": {"draft": "active", "paused": "active", "rejected": "active"},
        "pause": {"active": "paused"},
        "finish": dict.fromkeys(("draft", "active", "paused", "rejected"), "finished"),
        "approve": {"finished": "approved"},
        "reject": {"finished": "rejected"},
        "take_over": {state: state for state in ACTIVITY_STATES if state != "deleted"},
        "delegate": {state: state for state in ("draft", "active", "paused", "rejected")},
        "delete": {state: "deleted" for state in ACTIVITY_STATES if state != "deleted"},
    }
    verbs = {verb for row in lifecycle.TRANSITIONS.values() for verb in row}
    table = {verb: {state: to[verb] for state, to in lifecycle.TRANSITIONS.items() if verb in to} for verb in verbs}
    assert table == leads


def test_verbs_change_the_delegation_as_specified() -> None:
    ends = {"take_back": "taken_back", "redelegate": "redelegated", "take_over": "taken_back"}
    leads = {
        "pending": ends | {"accept": "accepted", "decline": "declined", "finish": "taken_back"},
        "accepted": ends | {"finish": "done", "approve": "done"},
    }
    assert {state: verbs for state, verbs in lifecycle.DELEGATION_TRANSITIONS.items() if verbs} == leads


@pytest.mark.parametrize(
    ("state", "delegation", "fits"),
    [
        ("draft", None, "play finish delegate take_over delete"),
        ("draft", ("pending", True), "play finish take_over delete accept decline take_back redelegate"),
        ("active", ("accepted", False), "pause finish take_over delete take_back redelegate"),
        ("finished", None, "take_over delete"),
        ("finished", ("accepted", True), "approve reject take_over delete take_back redelegate"),
        ("approved", ("done", True), "take_over delete"),
        ("rejected", ("accepted", True), "play finish take_over delete take_back redelegate"),
        ("deleted", None, ""),
    ],
)
def test_the_allowed_verbs_depend_on_the_delegation(state: str, delegation: tuple[str, bool] | None, fits: str) -> None:
    held = {"state": delegation[0], "sign_off": delegation[1]} if delegation else None
    assert lifecycle.allowed_verbs(state, held) == fits.split()


@pytest.mark.parametrize("verb", sorted(lifecycle.STATE_VERBS))
@pytest.mark.parametrize("state", ACTIVITY_STATES)
def test_a_refused_verb_names_the_allowed_ones(state: str, verb: str) -> None:
    if verb in lifecycle.TRANSITIONS[state]:
        assert lifecycle.next_state(state, verb) == lifecycle.TRANSITIONS[state][verb]
        return
    with pytest.raises(errors.Conflict) as caught:
        lifecycle.next_state(state, verb)
    assert state in caught.value.detail
    assert all(fitting in caught.value.detail for fitting in lifecycle.allowed_verbs(state))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", WAYS)
def test_a_verb_does_what_the_table_says_or_is_refused(world: World, state: str, verb: str) -> None:
    address = world.activity(*WAYS[state])
    before = world.owner.get(address).json()
    assert before["state"] == state
    answer = world.member.put(f"{address}/{verb}") if verb == "play" else world.owner.put(f"{address}/{verb}")
    if verb in lifecycle.TRANSITIONS[state]:
        assert (answer.status_code, answer.json()["state"]) == (200, lifecycle.TRANSITIONS[state][verb])
        if verb != "delete":
            assert world.owner.get(address).json() == answer.json()
        return
    assert answer.status_code == 409
    assert all(one in answer.json()["detail"] for one in lifecycle.allowed_verbs(state))
    assert world.owner.get(address).json() == before


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_deleted_activity_leaves_no_rows(world: World, method: str) -> None:
    item = world.item(world.stack())
    address = f"/api/activities/{item}"
    answer = world.member.request(method, f"{address}{'/delete' if method == 'PUT' else ''}")
    assert answer.status_code == (200 if method == "PUT" else 204)
    assert [world.owner.get(address).status_code, world.owner.delete(address).status_code] == [404, 404]
    assert {world.owner.put(f"{address}/{verb}").status_code for verb in VERBS} == {404}
    assert stored_rows("activity", "placement", "user_activity") == []
    assert world.owner.get("/api/workspaces/items").json() == world.owner.get("/api/activities").json() == []


def test_the_diagram_in_the_documentation_shows_the_table() -> None:
    page = diagram.PAGE.read_text()
    assert page == diagram.update_page(page), "make generate updates it"
    for table in (lifecycle.TRANSITIONS, lifecycle.DELEGATION_TRANSITIONS):
        lines = [line.strip() for line in diagram.draw(table).splitlines()]
        for state, verbs in table.items():
            for verb, to in verbs.items():
                assert to == state or any(line.startswith(f"{state} --> {to}: {verb}") for line in lines)
