"""/api/invitations, and the call that invites people into a workspace."""

from chalicelib.domain.people import invitation_responses, invitations
from chalicelib.domain.people.invitations import InvitationView, InviteRequest
from chalicelib.http import paging
from chalicelib.http.endpoint import Created
from chalicelib.http.path_variables import NUMBER
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.schemas.common import DELETE_PARAMETERS, DELETED, LIST_PARAMETERS
from chalicelib.schemas.invitations import INVITATION, INVITE, SENT_INVITATION
from chalicelib.serializers.invitations import serialize_invitation, serialize_sent_invitation
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.containers import ListOf

routes = Routes(__name__, path_variables={"invitation_id": NUMBER})
ONE = "/api/invitations/{invitation_id}"
OF_WORKSPACE = "/api/workspaces/{workspace_id}/invitations"
INVITE_PATH = "/api/workspaces/{workspace_id}/invitation"
CREATES_INVITATIONS = Created(ONE, id_pointer="/0/id")
Answer = dict[str, object]


def _serialize(request: ApiRequest, invitation: InvitationView) -> Answer:
    return serialize_invitation(invitation, request.addresses)


@routes.post(
    INVITE_PATH,
    body=INVITE,
    answers=ListOf(SENT_INVITATION),
    creates=CREATES_INVITATIONS,
    body_example="sent_invitation",
)
def invite(request: ApiRequest, workspace_id: int) -> Steps[list[Answer]]:
    """Invite users to the given workspace. `mail` says what was done about the mail to each of them."""
    slugs, emails, cc = request.body.get("slug", []), request.body.get("email", []), request.body.get("cc", False)
    invite_request = InviteRequest(slugs, emails, cc, request.request_id)
    change = yield from invitations.invite(request.caller, workspace_id, invite_request)
    answer = [serialize_sent_invitation(*sent, request.addresses) for sent in change.answer]
    return change.with_answer(answer)


@routes.get(OF_WORKSPACE, query=LIST_PARAMETERS, answers=ListOf(INVITATION))
def list_workspace_invitations(request: ApiRequest, workspace_id: int) -> ApiResponse:
    """Returns all pending invitations to a workspace, for its owner and its members."""
    views = invitation_responses.list_workspace_invitations(request.caller, workspace_id)
    return paging.array_response(request, [_serialize(request, invitation) for invitation in views])


@routes.delete(f"{OF_WORKSPACE}/{{invitation_id}}", query=DELETE_PARAMETERS)
def cancel_workspace_invitation(request: ApiRequest, workspace_id: int, invitation_id: int) -> Change[None]:
    """Cancels a pending invitation to a workspace. The owner may cancel any, members those that they sent."""
    return invitation_responses.cancel_workspace_invitation(request.caller, workspace_id, invitation_id)


@routes.get("/api/invitations", query=LIST_PARAMETERS, answers=ListOf(INVITATION))
def list_invitations(request: ApiRequest) -> ApiResponse:
    """Returns the pending invitations that you sent or received."""
    views = invitation_responses.list_invitations(request.caller)
    return paging.array_response(request, [_serialize(request, invitation) for invitation in views])


@routes.get(ONE, history="invitation", answers=INVITATION)
def get_invitation(request: ApiRequest, invitation_id: int) -> Answer:
    """Returns an invitation that you sent or received."""
    return _serialize(request, invitation_responses.get_invitation(request.caller, invitation_id))


@routes.put(f"{ONE}/accept", answers=INVITATION)
def accept_invitation(request: ApiRequest, invitation_id: int) -> Change[Answer]:
    """Makes you a member of the workspace that you are invited to."""
    change = invitation_responses.accept_invitation(request.caller, invitation_id)
    return change.with_answer(_serialize(request, change.answer))


@routes.put(f"{ONE}/decline", answers=INVITATION)
def decline_invitation(request: ApiRequest, invitation_id: int) -> Change[Answer]:
    """Declines an invitation."""
    change = invitation_responses.decline_invitation(request.caller, invitation_id)
    return change.with_answer(_serialize(request, change.answer))


@routes.delete(ONE, query=DELETE_PARAMETERS, answers=DELETED)
def delete_invitation(request: ApiRequest, invitation_id: int) -> Change[Answer]:
    """Withdraws an invitation that you sent."""
    return invitation_responses.delete_invitation(request.caller, invitation_id).with_answer({"success": True})
