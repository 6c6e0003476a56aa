"""/api/invitations, and inviting into a workspace."""

from chalicelib.domain.people import invitation_responses, invitations
from chalicelib.domain.people.invitations import InvitationView, InviteRequest
from chalicelib.http import paging
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas.common import DELETE_PARAMETERS, LIST_PARAMETERS
from chalicelib.schemas.invitations import INVITATION, INVITE
from chalicelib.serializers.invitations import serialize_invitation
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.containers import ListOf

routes = Routes(__name__)
ONE = "/api/invitations/{invitation_id}"
Answer = dict[str, object]


def _shown(request: ApiRequest, shown: InvitationView) -> Answer:
    return serialize_invitation(shown, request.addresses)


@routes.post(
    *spelled("/{workspace_id}/invitation"), body=INVITE, in_steps=True, answers=ListOf(INVITATION), statuses=(201,)
)
def invite(request: ApiRequest, workspace_id: int) -> Change[ApiResponse]:
    """Invite users to the given workspace."""
    slugs, emails = request.body.get("slug", []), request.body.get("email", [])
    base = request.addresses.origin + request.addresses.prefix
    change = invitations.invite(
        request.caller, workspace_id, InviteRequest(slugs, emails, request.body.get("cc", False), base)
    )
    return change.with_answer(ApiResponse([_shown(request, one) for one in change.answer], 201))


@routes.get("/api/invitations", query=LIST_PARAMETERS, answers=ListOf(INVITATION))
def list_invitations(request: ApiRequest) -> ApiResponse:
    """Returns the pending invitations to and from you."""
    return paging.array_response(
        request, [_shown(request, one) for one in invitation_responses.list_invitations(request.caller)]
    )


@routes.get(ONE, answers=INVITATION)
def get_invitation(request: ApiRequest, invitation_id: int) -> Answer:
    """Returns an invitation to or from you."""
    return _shown(request, invitation_responses.get_invitation(request.caller, invitation_id))


@routes.put(f"{ONE}/accept", body=None, answers=INVITATION)
def accept_invitation(request: ApiRequest, invitation_id: int) -> Change[Answer]:
    """Makes you a member of the workspace that you are invited to."""
    change = invitation_responses.accept_invitation(request.caller, invitation_id)
    return change.with_answer(_shown(request, change.answer))


@routes.put(f"{ONE}/decline", body=None, answers=INVITATION)
def decline_invitation(request: ApiRequest, invitation_id: int) -> Change[Answer]:
    """Declines an invitation."""
    change = invitation_responses.decline_invitation(request.caller, invitation_id)
    return change.with_answer(_shown(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS, statuses=(204,))
def delete_invitation(request: ApiRequest, invitation_id: int) -> Change[ApiResponse]:
    """Takes an invitation back that you have sent."""
    return invitation_responses.delete_invitation(request.caller, invitation_id).with_answer(ApiResponse("", 204))
