"""Invitations to workspaces."""

from collections.abc import Callable

from chalicelib.storage.models.invitations import Invitation
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
    Step,
)
from infra.testing.sample_rows import CREATED_AT, FIRST_ID, SampleRow, sample_user
from infra.testing.world import World, create_workspace

INVITE = "/api/workspaces/{workspace_id}/invitation"
OF_WORKSPACE = "/api/workspaces/{workspace_id}/invitations"
INVITATIONS, INVITATION = "/api/invitations", "/api/invitations/{invitation_id}"
RESPOND, RESPOND_WITH_KEY = [GET_ITEM, BATCH_GET, TRANSACTION], [GET_ITEM, GET_ITEM, BATCH_GET, TRANSACTION]
SEND: list[Step] = [(BATCH_GET, UPDATE_ITEM), TRANSACTION, TRANSACTION]  # the mail is sent between the two commits
NOTICED_LATE: list[Step] = [
    *((BATCH_GET, UPDATE_ITEM), TRANSACTION),
    *((BATCH_GET, UPDATE_ITEM), BATCH_GET, TRANSACTION),
]


def invite_address(world: World) -> str:
    """Return the address that invites to the shared workspace."""
    return f"{world.workspace_url}/invitation"


def invite_again_address(world: World) -> str:
    """Invite somebody again. The last mail to them is then newer than ten minutes, however old the world is."""
    world.invite("invited")
    return invite_address(world)


def withdraw_invitation(world: World) -> str:
    """Invite a user and withdraw the invitation. Return the address that invites to the same workspace."""
    world.owner.delete(world.invite("other user"))
    return invite_address(world)


def invite_owner(tail: str = "") -> Callable[[World], str]:
    """Let the member invite the owner to another workspace, and return the address of the invitation with this tail."""

    def address(world: World) -> str:
        workspace = create_workspace(world.member)
        response = world.member.post(f"/api/workspaces/{workspace}/invitation", json={"slug": world.users["owner"]})
        [invitation] = response.json()
        return f"{INVITATIONS}/{invitation['id']}{tail}"

    return address


def list_invitations(world: World) -> str:
    """Let the member invite the owner, and return the address of the owner's list."""
    invite_owner()(world)
    return INVITATIONS


def sample_rows(account: int) -> list[SampleRow]:
    """Return a pending invitation to another user."""
    ids = {"id": FIRST_ID, "workspace": FIRST_ID, "user": sample_user(0), "inviter": sample_user(1)}
    state = {"state": "pending", "delivery": "sent", "created_at": CREATED_AT}
    invitation = Invitation.at(account, "", 0, **ids, **state, email="some.body@acme.example")
    return [SampleRow(invitation, lambda n: Invitation.ref(account, sample_user(n), FIRST_ID + n))]


NOUN = Noun(
    request_cases=[
        RequestCase(
            "POST",
            INVITE,
            SEND,
            [GET_ITEM, *SEND],
            address=invite_address,
            body=lambda world: {"slug": world.users["other user"]},
        ),
        RequestCase(
            "POST",
            INVITE,
            [(BATCH_GET, UPDATE_ITEM), BATCH_GET, TRANSACTION, TRANSACTION],
            [GET_ITEM, (BATCH_GET, UPDATE_ITEM), BATCH_GET, TRANSACTION, TRANSACTION],
            variant="an invitation by slug",
            address=invite_address,
            body={"slug": "udo-member"},
            why_large="reads whose slug it is, then the user, and sends a mail between two commits",
        ),
        RequestCase(
            "POST",
            INVITE,
            SEND,
            [GET_ITEM, *SEND],
            variant="an invitation of somebody new",
            address=invite_address,
            body={"email": "new@acme.example"},
        ),
        RequestCase(
            "POST",
            INVITE,
            [(BATCH_GET, UPDATE_ITEM), BATCH_GET],
            [GET_ITEM, (BATCH_GET, UPDATE_ITEM), BATCH_GET, PUT_ITEM],
            variant="an invitation that has been sent",
            address=invite_again_address,
            body=lambda world: {"slug": world.users["invited"]},
        ),
        RequestCase(
            "POST",
            INVITE,
            NOTICED_LATE,
            [GET_ITEM, *NOTICED_LATE, PUT_ITEM],
            variant="an invitation of somebody who was invited just before",
            address=withdraw_invitation,
            body=lambda world: {"slug": world.users["other user"]},
            why_large="does not read the last mail, which is seldom so recent, before saving fails because of it",
        ),
        RequestCase("GET", INVITATIONS, [QUERY, BATCH_GET], address=list_invitations),
        RequestCase(
            "GET",
            OF_WORKSPACE,
            [BATCH_GET, QUERY, BATCH_GET],
            address=lambda world: f"{world.workspace_url}/invitations",
            why_large=CHECKS_FIRST,
        ),
        RequestCase(
            "DELETE",
            f"{OF_WORKSPACE}/{{invitation_id}}",
            [BATCH_GET, QUERY, BATCH_GET, TRANSACTION],
            [GET_ITEM, BATCH_GET, QUERY, BATCH_GET, TRANSACTION],
            address=lambda world: world.invite("other user").replace("/api", world.workspace_url),
            why_large=CHECKS_FIRST,
        ),
        RequestCase("GET", INVITATION, [GET_ITEM, BATCH_GET], address=invite_owner()),
        *past_cases(INVITATION, invite_owner(), [GET_ITEM, BATCH_GET]),
        RequestCase("PUT", f"{INVITATION}/accept", RESPOND, RESPOND_WITH_KEY, address=invite_owner("/accept")),
        RequestCase("PUT", f"{INVITATION}/decline", RESPOND, RESPOND_WITH_KEY, address=invite_owner("/decline")),
        RequestCase("DELETE", INVITATION, RESPOND, RESPOND_WITH_KEY, address=lambda world: world.invite("other user")),
    ],
    sample_rows=sample_rows,
)
