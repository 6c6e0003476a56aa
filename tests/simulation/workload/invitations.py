"""Invitations to workspaces."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.workload.drawing import Draw, Verbs
from tests.simulation.workload.workspaces import is_shared

verbs = Verbs()
ALL = "/api/invitations"


def _pick_pending(draw: Draw, party: str) -> Known:
    return draw.pick(
        "invitation", lambda known: known.details[party] == draw.me and known.details["state"] == "pending"
    )


def _invitees(draw: Draw) -> dict[str, Any]:
    """Return the fields that name who is invited: one user, an address, or several of both."""
    choices: tuple[dict[str, Any], ...] = (
        {"slug": draw.user_name()},
        {"slug": draw.user_name()},
        {"email": draw.new_email()},
        {"email": [draw.new_email(), draw.person().details["email"]], "cc": "true"},
        {"slug": [draw.user_name(), draw.user_name()], "email": [f"{draw.name.replace('.', '')}@acme.example"]},
    )
    return {**draw.chance.choice(choices)}


@verbs.add(5)
def invite(draw: Draw) -> Call:
    workspace = draw.pick("workspace", is_shared)
    return draw.call("POST", f"/api/workspaces/{workspace.id}/invitation", _invitees(draw))


@verbs.add(4)
def accept_invitation(draw: Draw) -> Call:
    return draw.call("PUT", f"{ALL}/{_pick_pending(draw, 'invitee').id}/accept")


@verbs.add(1)
def decline_invitation(draw: Draw) -> Call:
    return draw.call("PUT", f"{ALL}/{_pick_pending(draw, 'invitee').id}/decline")


@verbs.add(1.5)
def withdraw_invitation(draw: Draw) -> Call:
    party = "inviter" if draw.happens(0.9) else "invitee"
    return draw.remove(f"{ALL}/{_pick_pending(draw, party).id}")


@verbs.add(1)
def cancel_invitation(draw: Draw) -> Call:
    invitation = draw.pick("invitation", lambda known: known.details["state"] == "pending")
    return draw.remove(f"/api/workspaces/{invitation.details['workspace']}/invitations/{invitation.id}")


@verbs.add(1)
def get_invitation(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{draw.pick('invitation').id}")


@verbs.add(3)
def list_invitations(draw: Draw) -> Call:
    return draw.read_list(ALL)


@verbs.add(1)
def list_workspace_invitations(draw: Draw) -> Call:
    return draw.read_list(f"/api/workspaces/{draw.pick('workspace', is_shared).id}/invitations")
