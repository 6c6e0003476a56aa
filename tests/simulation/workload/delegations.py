"""Delegations: of an activity, and what its delegator and delegee do then."""

from dataclasses import replace
from typing import Any

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/delegations"
OPEN = ("pending", "accepted")


def _pick_of(draw: Draw, party: str, *states: str) -> Known:
    """Return a delegation in which the caller is that party, mostly one in one of these states."""
    return draw.pick("delegation", lambda known: known.details[party] == draw.me and known.details["state"] in states)


def _delegee(draw: Draw) -> dict[str, Any]:
    """Return the fields that name the delegee: mostly a user."""
    note = {"note": f"note {draw.name}"} if draw.happens(0.4) else {}
    if draw.happens(0.15):
        return {"delegee_slug": None, "email": draw.new_email()} | note
    person = draw.person()
    choices = ({"slug": person.id}, {"delegee_slug": person.details["slug"]}, {"email": person.details["email"]})
    return {**draw.chance.choice(choices)} | note


def _ending(delegation: Known, call: Call) -> Call:
    """Return a call after which the clients know that it has ended a delegation."""

    def learn(response: Response) -> None:
        if response.is_success:
            delegation.details["state"] = "ended"

    return replace(call, learn=learn)


@verbs.add(5)
def delegate_activity(draw: Draw) -> Call:
    def is_fit(known: Known) -> bool:
        is_free = known.details.get("delegation", {}).get("state") not in OPEN
        return is_free and known.details["state"] in ("draft", "active", "paused", "rejected")

    body = _delegee(draw) | ({"sign_off": draw.chance.choice((True, "true"))} if draw.happens(0.4) else {})
    return draw.call("PUT", f"/api/activities/{draw.pick('activity', is_fit).id}/delegate", body)


@verbs.add(3)
def accept_delegation(draw: Draw) -> Call:
    return draw.call("PUT", f"{ALL}/{_pick_of(draw, 'delegee', 'pending').id}/accept")


@verbs.add(2)
def accept_activity(draw: Draw) -> Call:
    activity = _pick_of(draw, "delegee", "pending").details["activity"]
    return draw.call("PUT", f"/api/activities/{activity}/accept")


@verbs.add(1)
def decline_delegation(draw: Draw) -> Call:
    body = {"note": f"reason {draw.name}"} if draw.happens(0.5) else None
    return draw.call("PUT", f"{ALL}/{_pick_of(draw, 'delegee', 'pending').id}/decline", body)


@verbs.add(1)
def decline_activity(draw: Draw) -> Call:
    activity = _pick_of(draw, "delegee", "pending").details["activity"]
    body = {"note": f"reason {draw.name}"} if draw.happens(0.5) else None
    return draw.call("PUT", f"/api/activities/{activity}/decline", body)


@verbs.add(3)
def take_back_activity(draw: Draw) -> Call:
    delegation = _pick_of(draw, "delegator", *OPEN)
    return _ending(delegation, draw.call("PUT", f"/api/activities/{delegation.details['activity']}/take_back"))


@verbs.add(2)
def redelegate(draw: Draw) -> Call:
    party = draw.chance.choice(("delegator", "delegee"))
    delegation = _pick_of(draw, party, *OPEN)
    body = {name: value for name, value in _delegee(draw).items() if name != "delegee_slug"}
    body = body if len(body) > 1 else {"slug": draw.user_name()}
    return _ending(delegation, draw.call("POST", f"{ALL}/{delegation.id}/redelegate", body))


@verbs.add(1)
def get_delegation(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{draw.pick('delegation').id}")


@verbs.add(4)
def list_delegations(draw: Draw) -> Call:
    part = draw.chance.choice(("", "/pending", "/incoming", "/incoming/pending", "/outgoing", "/outgoing/pending"))
    return draw.read_list(f"{ALL}{part}")
