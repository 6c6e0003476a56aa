"""/api/delegations, and delegating an activity."""

from typing import Any

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import delegations, handovers
from chalicelib.domain.activity_list import Delegations
from chalicelib.domain.delegations import Shown
from chalicelib.domain.handovers import Wanted
from chalicelib.domain.lifecycle import PENDING
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.nouns import DECLINING, DELEGATING, DELEGATION, REDELEGATING
from chalicelib.routes.activities import ONE as ACTIVITY_PATH
from chalicelib.routes.activities import shown
from chalicelib.routes.items import listed
from chalicelib.schemas import ACTIVITY, LIST
from chalicelib.storage.changes import Change
from chalicelib.storage.records import Delegation

routes = Routes(__name__)
ALL = "/api/delegations"
ONE = "/api/delegations/{delegation_id}"
INCOMING, OUTGOING = {"side": "delegee"}, {"side": "delegator"}
UNDECIDED = {"prefix": Delegation.opened, "state": PENDING}


def _listed(call: Call, **which: Any) -> Reply:
    return listed(call, Delegations(call.caller, **which), render.delegations)


def _text(call: Call, shown: Shown) -> str:
    return render.delegations([shown.text], shown.people, call.addresses)[0]


def _wanted(call: Call) -> Wanted:
    base = call.addresses.origin + call.addresses.prefix
    return Wanted(call.body.get("slug"), call.body.get("email"), call.body.get("note"), base)


@routes.get(ALL, query=LIST, answers=Each(DELEGATION))
def list_delegations(call: Call) -> Reply:
    """Returns the delegations by and to you, open ones first, the newest first."""
    return _listed(call)


@routes.get(f"{ALL}/pending", query=LIST, answers=Each(DELEGATION))
def list_pending_delegations(call: Call) -> Reply:
    """Returns the delegations by and to you that nobody has decided about."""
    return _listed(call, **UNDECIDED)


@routes.get(f"{ALL}/incoming", query=LIST, answers=Each(DELEGATION))
def list_incoming_delegations(call: Call) -> Reply:
    """Returns the delegations to you, open ones first, the newest first."""
    return _listed(call, **INCOMING)


@routes.get(f"{ALL}/incoming/pending", query=LIST, answers=Each(DELEGATION))
def list_pending_incoming_delegations(call: Call) -> Reply:
    """Returns the delegations to you that you have to decide about."""
    return _listed(call, **INCOMING, **UNDECIDED)


@routes.get(f"{ALL}/outgoing", query=LIST, answers=Each(DELEGATION))
def list_outgoing_delegations(call: Call) -> Reply:
    """Returns the delegations by you, open ones first, the newest first."""
    return _listed(call, **OUTGOING)


@routes.get(f"{ALL}/outgoing/pending", query=LIST, answers=Each(DELEGATION))
def list_pending_outgoing_delegations(call: Call) -> Reply:
    """Returns the delegations by you that are not decided yet."""
    return _listed(call, **OUTGOING, **UNDECIDED)


@routes.get(ONE, answers=DELEGATION)
def get_delegation(call: Call, delegation_id: int) -> str:
    """Returns a delegation by or to you; one that is over shows the activity as it was then."""
    return _text(call, delegations.show(call.caller, delegation_id))


@routes.put(f"{ONE}/accept", body=None, answers=DELEGATION)
def accept_delegation(call: Call, delegation_id: int) -> Change[str]:
    """Makes you the assignee. Returns the delegation."""
    change = delegations.decide(call.caller, delegation_id, "accept")
    return change.answering(_text(call, change.answer))


@routes.put(f"{ONE}/decline", body=DECLINING, needs_no_body=True, answers=DELEGATION)
def decline_delegation(call: Call, delegation_id: int) -> Change[str]:
    """Declines a delegation, with a note why. Returns the delegation."""
    change = delegations.decide(call.caller, delegation_id, "decline", call.body.get("note"))
    return change.answering(_text(call, change.answer))


@routes.post(f"{ONE}/redelegate", body=REDELEGATING, in_steps=True, answers=DELEGATION, statuses=(201,))
def redelegate(call: Call, delegation_id: int) -> Change[Reply]:
    """Hands on to somebody else what is delegated to or by you. Returns the new delegation."""
    change = handovers.redelegate(call.caller, delegation_id, _wanted(call))
    location = call.href(f"{ALL}/{change.answer.id}")
    return change.answering(Reply(_text(call, change.answer), 201, {"Location": location}))


@routes.put(f"{ACTIVITY_PATH}/delegate", body=DELEGATING, in_steps=True, answers=ACTIVITY)
def delegate_activity(call: Call, activity_id: int) -> Change[str]:
    """Hands an activity over to somebody, by slug or e-mail address, for your sign-off or not. Returns the activity."""
    sign_off = call.body.get("sign_off", False)
    change = handovers.delegate(call.caller, activity_id, _wanted(call), sign_off=sign_off)
    return change.answering(shown(call, change.answer))


@routes.put(f"{ACTIVITY_PATH}/accept", body=None, answers=ACTIVITY)
def accept_activity(call: Call, activity_id: int) -> Change[str]:
    """Accepts an activity that is delegated to you: you are its assignee then. Returns the activity."""
    change = delegations.act(call.caller, activity_id, "accept")
    return change.answering(shown(call, change.answer))


@routes.put(f"{ACTIVITY_PATH}/decline", body=DECLINING, needs_no_body=True, answers=ACTIVITY)
def decline_activity(call: Call, activity_id: int) -> Change[str]:
    """Declines an activity that is delegated to you, with a note why. Returns the activity."""
    change = delegations.act(call.caller, activity_id, "decline", call.body.get("note"))
    return change.answering(shown(call, change.answer))


@routes.put(f"{ACTIVITY_PATH}/take_back", body=None, answers=ACTIVITY)
def take_back_activity(call: Call, activity_id: int) -> Change[str]:
    """Takes back what you have delegated: it returns to where it was. Returns the activity."""
    change = delegations.act(call.caller, activity_id, "take_back")
    return change.answering(shown(call, change.answer))
