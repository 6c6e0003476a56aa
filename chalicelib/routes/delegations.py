"""/api/delegations, and the calls that delegate an activity."""

from typing import Any

from chalicelib.domain.activities import delegating, delegations
from chalicelib.domain.activities.delegating import DelegateRequest
from chalicelib.domain.activities.delegations import DelegationView
from chalicelib.domain.activities.lifecycle import PENDING
from chalicelib.http import paging
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.activities import ONE as ACTIVITY_PATH
from chalicelib.routes.activities import serialize_activity
from chalicelib.schemas.activities import ACTIVITY
from chalicelib.schemas.common import LIST_PARAMETERS
from chalicelib.schemas.delegations import DECLINE, DELEGATE, DELEGATION, REDELEGATE
from chalicelib.serializers.delegations import serialize_delegations
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"delegation_id": NUMBER})
ALL = "/api/delegations"
ONE = "/api/delegations/{delegation_id}"
INCOMING, OUTGOING = {"side": "delegee"}, {"side": "delegator"}
UNDECIDED = {"state": PENDING}


def _delegations_response(request: ApiRequest, **filters: Any) -> ApiResponse:
    from chalicelib.domain.activities.own_lists import OwnDelegations  # only the caller's own lists need it

    return paging.people_list_response(request, OwnDelegations(request.caller, **filters), serialize_delegations)


def _serialize(request: ApiRequest, delegation: DelegationView) -> str:
    return serialize_delegations([delegation.text], delegation.people, request.addresses)[0]


def _read_delegate_request(request: ApiRequest) -> DelegateRequest:
    slug, email, note = (request.body.get(name) for name in ("slug", "email", "note"))
    return DelegateRequest(slug, email, note, request.request_id)


@routes.get(ALL, query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you and to you, open ones first, newest first."""
    return _delegations_response(request)


@routes.get(f"{ALL}/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you and to you that have not been accepted or declined yet."""
    return _delegations_response(request, **UNDECIDED)


@routes.get(f"{ALL}/incoming", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_incoming_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations to you, open ones first, newest first."""
    return _delegations_response(request, **INCOMING)


@routes.get(f"{ALL}/incoming/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_incoming_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations to you that you have not accepted or declined yet."""
    return _delegations_response(request, **INCOMING, **UNDECIDED)


@routes.get(f"{ALL}/outgoing", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_outgoing_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you, open ones first, newest first."""
    return _delegations_response(request, **OUTGOING)


@routes.get(f"{ALL}/outgoing/pending", query=LIST_PARAMETERS, answers=ListOf(DELEGATION))
def list_pending_outgoing_delegations(request: ApiRequest) -> ApiResponse:
    """Returns the delegations by you that have not been accepted or declined yet."""
    return _delegations_response(request, **OUTGOING, **UNDECIDED)


@routes.get(ONE, history="delegation", answers=DELEGATION)
def get_delegation(request: ApiRequest, delegation_id: int) -> str:
    """Returns a delegation by you or to you. One that has ended shows the activity as it was then."""
    return _serialize(request, delegations.get_delegation(request.caller, delegation_id))


@routes.put(f"{ONE}/accept", answers=DELEGATION)
def accept_delegation(request: ApiRequest, delegation_id: int) -> Change[str]:
    """Makes you the assignee. Returns the delegation."""
    change = delegations.respond(request.caller, delegation_id, "accept")
    return change.with_answer(_serialize(request, change.answer))


@routes.put(f"{ONE}/decline", body=DECLINE, body_example="sent_decline", is_body_optional=True, answers=DELEGATION)
def decline_delegation(request: ApiRequest, delegation_id: int) -> Change[str]:
    """Declines a delegation; a note may say why. Returns the delegation."""
    change = delegations.respond(request.caller, delegation_id, "decline", request.body.get("note"))
    return change.with_answer(_serialize(request, change.answer))


@routes.post(f"{ONE}/redelegate", body=REDELEGATE, body_example="sent_redelegation", answers=DELEGATION, creates=ONE)
def redelegate(request: ApiRequest, delegation_id: int) -> Steps[str]:
    """Passes an activity that was delegated to you or by you on to another person. Returns the new delegation."""
    change = yield from delegating.redelegate(request.caller, delegation_id, _read_delegate_request(request))
    return change.with_answer(_serialize(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/delegate", body=DELEGATE, body_example="sent_delegation", answers=ACTIVITY)
def delegate_activity(request: ApiRequest, activity_id: int) -> Steps[str]:
    """Delegates an activity to a person, by slug or e-mail address, with or without sign-off. Returns the activity."""
    sign_off = request.body.get("sign_off", False)
    delegate_request = _read_delegate_request(request)
    change = yield from delegating.delegate(request.caller, activity_id, delegate_request, sign_off=sign_off)
    return change.with_answer(serialize_activity(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/accept", answers=ACTIVITY)
def accept_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Accepts an activity that was delegated to you and makes you its assignee. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "accept")
    return change.with_answer(serialize_activity(request, change.answer))


@routes.put(
    f"{ACTIVITY_PATH}/decline", body=DECLINE, body_example="sent_decline", is_body_optional=True, answers=ACTIVITY
)
def decline_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Declines an activity that was delegated to you; a note may say why. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "decline", request.body.get("note"))
    return change.with_answer(serialize_activity(request, change.answer))


@routes.put(f"{ACTIVITY_PATH}/take_back", answers=ACTIVITY)
def take_back_activity(request: ApiRequest, activity_id: int) -> Change[str]:
    """Takes an activity back that you delegated, to where it was before. Returns the activity."""
    change = delegations.respond_for_activity(request.caller, activity_id, "take_back")
    return change.with_answer(serialize_activity(request, change.answer))
