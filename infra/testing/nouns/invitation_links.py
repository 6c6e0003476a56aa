"""The links in mails."""

import re
from collections.abc import Callable

from chalicelib.mail import sending
from chalicelib.storage.models.link_tokens import LinkToken
from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, TRANSACTION, Json, RequestCase
from infra.testing.sample_rows import FIRST_ID, TTL, SampleRow, sample_user
from infra.testing.world import World

LINK = "/invitations/{token}"
SENDING = "before-parameter-build.sesv2.SendEmail"


def find_link(pattern: str, send_mail: Callable[[], object]) -> str:
    """Send a mail, and return the link in it that matches a pattern."""
    mails: list[Json] = []
    events = sending.client().meta.events
    events.register(SENDING, lambda params, **_: mails.append(params), "find_link")
    try:
        send_mail()
    finally:
        events.unregister(SENDING, unique_id="find_link")
    [link] = re.findall(pattern, mails[0]["Content"]["Simple"]["Body"]["Text"]["Data"])
    return str(link)


def link_to_new_user(world: World) -> str:
    """Invite a new user, and return the link in the mail to that user."""
    invitation = {"email": "new@acme.example"}
    return find_link(
        r"/invitations/\S+", lambda: world.owner.post(f"{world.workspace_url}/invitation", json=invitation)
    )


def sample_rows(account: int) -> list[SampleRow]:
    """Return the token of a link that was sent to another user."""
    ids = {"invitation": FIRST_ID, "workspace": FIRST_ID, "user": sample_user(0), "inviter": sample_user(1)}
    token = LinkToken.at(account, "", **ids, ttl=TTL)
    return [SampleRow(token, lambda n: LinkToken.ref(account, f"{n:064x}"))]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", LINK, [GET_ITEM, BATCH_GET], address=link_to_new_user),
        RequestCase(
            "POST",
            LINK,
            [GET_ITEM, BATCH_GET, TRANSACTION],
            address=link_to_new_user,
            form={"first_name": "New", "last_name": "User"},
        ),
        RequestCase(
            "POST",
            LINK,
            [GET_ITEM, BATCH_GET, TRANSACTION],
            address=link_to_new_user,
            form={"decision": "decline"},
            variant="declining an invitation by its link",
        ),
    ],
    sample_rows=sample_rows,
)
