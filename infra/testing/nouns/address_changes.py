"""The links in mails to new addresses of users."""

from infra.testing.noun import Noun
from infra.testing.nouns.invitation_links import find_link
from infra.testing.request_cases import GET_ITEM, TRANSACTION, RequestCase
from infra.testing.world import World

LINK = "/address-changes/{token}"


def link_to_new_address(world: World) -> str:
    """Ask for another address for the owner, and return the link in the mail to it."""
    return find_link(r"/address-changes/\S+", lambda: world.owner.put("/api/me", json={"email": "new@acme.example"}))


NOUN = Noun(
    request_cases=[
        RequestCase("GET", LINK, [GET_ITEM], address=link_to_new_address),
        RequestCase("POST", LINK, [GET_ITEM, GET_ITEM, TRANSACTION], address=link_to_new_address),
    ]
)
