"""/api/delegations, and delegating an activity."""

from typing import Any

from chalicelib.domain.activities import delegating, delegations
from chalicelib.domain.activities.delegating import DelegateRequest
from chalicelib.domain.activities.delegations import DelegationView
from chalicelib.domain.activities.lifecycle import PENDING
from chalicelib.domain.activities.own_lists import OwnDelegations
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.activities import ONE as ACTIVITY_PATH
from chalicelib.routes.activities import shown
from chalicelib.routes.items import listed
from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.delegations import DECLINE, DELEGATE, DELEGATION, REDELEGATE
from chalicelib.serializers.delegations import serialize_delegations
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ALL = "/api/delegations"
ONE = "/api/delegations/{delegation_id}"
INCOMING, OUTGOING = {"side": "delegee"}, {"side": "delegator"}
UNDECIDED = {"prefix": Delegation.opened, "state": PENDING}


def _listed(request: ApiRequest, **which: Any) -> ApiResponse:
    return listed(request, OwnDelegations(request.caller, **which), serialize_delegations)


def _text(request: ApiRequest, shown: DelegationView) -> str:
    return serialize_delegations([shown.text], shown.people, request.addresses)[0]


def _wanted(request: ApiRequest) -> DelegateRequest:
    base = request.addresses.origin + request.addresses.prefix
    return DelegateRequest(request.body.get("slug"), request.body.get("email"), request.body.get("note"), base)


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by and to you, open ones first, the newest first."""
    return _listed(request)


@routes.get(f"{ALL}/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by and to you that nobody has decided about."""
    return _listed(request, **UNDECIDED)


@routes.get(f"{ALL}/incoming", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_incoming_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations to you, open ones first, the newest first."""
    return _listed(request, **INCOMING)


@routes.get(f"{ALL}/incoming/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_incoming_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations to you that you have to decide about."""
    return _listed(request, **INCOMING, **UNDECIDED)


@routes.get(f"{ALL}/outgoing", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_outgoing_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you, open ones first, the newest first."""
    return _listed(request, **OUTGOING)


@routes.get(f"{ALL}/outgoing/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_outgoing_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you that are not decided yet."""
    return _listed(request, **OUTGOING, **UNDECIDED)


@routes.get(ONE, answers=DELEGATION)
def get_delegation(request: ApiRequest, delegation_id: int) -> str:
    """Returns a delegation by or to you; one that is over shows the activity as it was then."""
    return _text(request, delegations.get_delegation(request.caller, delegation_id))


@routes.put(f"{ONE}/accept", body=None, answers=DELEGATION)
def accept_delegation(request: ApiRequest, delegation_id: int) -> Change[str]:
    """Makes you the assignee. Returns the delegation."""
    change = delegations.respond(request.caller, delegation_id, "accept")
    return change.with_answer(_text(request, change.answer))


@routes.put(f"{ONE}/decline", body=DECLINE, needs_no_body=True, answers=DELEGATION)
def decline_delegation(request: ApiRequest, delegation_id: int) -> Change[str]:
    """Declines a delegation, with a note why. Returns the delegation."""
    change = delegations.respond(request.caller, delegation_id, "decline", request.body.get("note"))
    return change.with_answer(_text(request, change.answer))


@routes.post(f"{ONE}/redelegate", body=REDELEGATE, in_steps=True, answers=DELEGATION, statuses=(201,))
def redelegate(request: ApiRequest, delegation_id: int) -> Change[ApiResponse]:
    """Hands on to somebody else what is delegated to or by you. Returns the new delegation."""
    change = delegating.redelegate(request.caller, delegation_id, _wanted(request))
    location = request.href(f"{ALL}/{change.answer.id}")
    return change.with_answer(ApiResponse(_text(request, change.answer), 201, {"Location": location}))


@routes.put(f"{ACTIVITY_PATH}/delegate", body=DELEGATE, in_steps=True, answers=ACTIVITY)
def delegate_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Hands an activity over to somebody, by slug or e-mail address, for your sign-off or not. Returns the activity."""
    sign_off = request.body.get("sign_off", False)
    change = delegating.delegate(request.caller, activity_id, _wanted(request), sign_off=sign_off)
    return change.with_answer(shown(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/accept", body=None, answers=ACTIVITY)
def accept_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Accepts an activity that is delegated to you: you are its assignee then. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "accept")
    return change.with_answer(shown(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/decline", body=DECLINE, needs_no_body=True, answers=ACTIVITY)
def decline_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Declines an activity that is delegated to you, with a note why. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "decline", request.body.get("note"))
    return change.with_answer(shown(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/take_back", body=None, answers=ACTIVITY)
def take_back_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Takes back what you have delegated: it returns to where it was. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "take_back")
    return change.with_answer(shown(request, change.answer))
