"""/invitations/{token}: where the links in mails lead, for people who may have no credentials yet."""

from collections.abc import Mapping

from chalicelib import errors
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.people import link_acceptance
from chalicelib.domain.people.link_acceptance import OpenedLink
from chalicelib.http.request import ApiRequest, read_form
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages.rendering import HTML, page_response
from chalicelib.schemas.users import NEW_USER_NAMES
from chalicelib.storage.unit_of_work import Change

routes = Routes(__name__)
PATH = "/invitations/{token}"


@routes.get(PATH, is_open=True, media_type=HTML)
def show_link(request: ApiRequest, token: str) -> ApiResponse:
    """Shows what the invitation or delegation is about, and asks whoever is new for a name."""
    try:
        return _question(request, link_acceptance.open_link(token))
    except errors.NotFound:
        return _gone(request)


@routes.post(PATH, body=None, is_open=True, media_type=HTML)
def accept_link(request: ApiRequest, token: str) -> Change[ApiResponse]:
    """Accepts the invitation or delegation; shows whoever is new a first credential, this once."""
    sent = read_form(request.raw)
    try:
        link = link_acceptance.open_link(token)
        names = NEW_USER_NAMES.check(sent, lenient=True) if link.user.is_placeholder else {}
    except errors.NotFound:
        return Change(_gone(request))
    except errors.Invalid:
        return Change(_question(request, link, sent))
    change = link_acceptance.accept_link(link, names)
    return change.with_answer(_welcome(request, link, change.answer))


def _question(request: ApiRequest, link: OpenedLink, sent: Mapping[str, object] | None = None) -> ApiResponse:
    """Asks for consent, and a newcomer for a name; again with what was sent, where that was no name."""
    words: dict[str, object] = {
        "kind": link.kind,
        "inviter": link.inviter.name_or_email,
        "email": link.user.email,
        "to": link.to,
    }
    if not link.user.is_placeholder:
        return page_response(request, "link_confirm", words)
    words |= {name: str((sent or {}).get(name) or "") for name in NEW_USER_NAMES.fields}
    return page_response(
        request, "link_register", words | {"is_nameless": sent is not None}, 200 if sent is None else 422
    )


def _welcome(request: ApiRequest, link: OpenedLink, issued: IssuedCredential | None) -> ApiResponse:
    words = {"kind": link.kind, "to": link.to}
    if issued is None:
        return page_response(request, "link_accepted", words)
    return page_response(request, "link_welcome", words | {"key": issued.credential.id, "secret": issued.secret})


def _gone(request: ApiRequest) -> ApiResponse:
    return page_response(request, "link_invalid", {}, 404)
