"""/api/invitations, and inviting into a workspace."""

from chalicelib import render
from chalicelib.containers import Each
from chalicelib.domain import decisions, invitations
from chalicelib.domain.invitations import Shown, Wanted
from chalicelib.http import paging
from chalicelib.http.call import Call, Reply
from chalicelib.http.routing import Routes
from chalicelib.routes.workspaces import spelled
from chalicelib.schemas import INVITATION, INVITING, LIST, REMOVAL
from chalicelib.storage.changes import Change

routes = Routes(__name__)
ONE = "/api/invitations/{invitation_id}"
Answer = dict[str, object]


def _shown(call: Call, shown: Shown) -> Answer:
    return render.invitation(shown, call.addresses)


@routes.post(
    *spelled("/{workspace_id}/invitation"), body=INVITING, in_steps=True, answers=Each(INVITATION), statuses=(201,)
)
def invite(call: Call, workspace_id: int) -> Change[Reply]:
    """Invite users to the given workspace."""
    slugs, emails = call.body.get("slug", []), call.body.get("email", [])
    base = call.addresses.origin + call.addresses.prefix
    change = invitations.invite(call.caller, workspace_id, Wanted(slugs, emails, call.body.get("cc", False), base))
    return change.answering(Reply([_shown(call, one) for one in change.answer], 201))


@routes.get("/api/invitations", query=LIST, answers=Each(INVITATION))
def list_invitations(call: Call) -> Reply:
    """Returns the pending invitations to and from you."""
    return paging.page_of(call, [_shown(call, one) for one in decisions.listing(call.caller)])


@routes.get(ONE, answers=INVITATION)
def get_invitation(call: Call, invitation_id: int) -> Answer:
    """Returns an invitation to or from you."""
    return _shown(call, decisions.show(call.caller, invitation_id))


@routes.put(f"{ONE}/accept", body=None, answers=INVITATION)
def accept_invitation(call: Call, invitation_id: int) -> Change[Answer]:
    """Makes you a member of the workspace that you are invited to."""
    change = decisions.accept(call.caller, invitation_id)
    return change.answering(_shown(call, change.answer))


@routes.put(f"{ONE}/decline", body=None, answers=INVITATION)
def decline_invitation(call: Call, invitation_id: int) -> Change[Answer]:
    """Declines an invitation."""
    change = decisions.decline(call.caller, invitation_id)
    return change.answering(_shown(call, change.answer))


@routes.delete(ONE, query=REMOVAL, statuses=(204,))
def delete_invitation(call: Call, invitation_id: int) -> Change[Reply]:
    """Takes an invitation back that you have sent."""
    return decisions.delete(call.caller, invitation_id).answering(Reply("", 204))
