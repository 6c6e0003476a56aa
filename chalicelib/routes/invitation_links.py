"""/invitations/{token}: the pages behind the links in mails, for people who may not have a credential yet."""

from collections.abc import Mapping

from chalicelib import errors
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.people import link_acceptance
from chalicelib.domain.people.link_acceptance import OpenedLink
from chalicelib.http.path_variables import LINK_TOKEN
from chalicelib.http.request import ApiRequest, read_form
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages.rendering import HTML, page_response
from chalicelib.schemas.users import NEW_USER_NAMES
from chalicelib.storage.unit_of_work import Change

routes = Routes(__name__, path_variables={"token": LINK_TOKEN})
PATH = "/invitations/{token}"


@routes.get(PATH, is_open=True, media_type=HTML)
def show_link(request: ApiRequest, token: str) -> ApiResponse:
    """Shows the invitation or delegation, and asks new users for their name."""
    try:
        return _question_page(request, link_acceptance.open_link(token))
    except errors.NotFound:
        return _expired_page(request)


@routes.post(PATH, body=None, is_open=True, media_type=HTML, statuses=(200,))
def accept_link(request: ApiRequest, token: str) -> Change[ApiResponse]:
    """Accepts the invitation or delegation. Shows new users their first credential, once."""
    form = read_form(request.raw)
    try:
        link = link_acceptance.open_link(token)
        names = NEW_USER_NAMES.check(form, lenient=True) if link.user.is_placeholder else {}
    except errors.NotFound:
        return Change(_expired_page(request))
    except errors.Invalid:
        return Change(_question_page(request, link, form))
    change = link_acceptance.accept_link(link, names)
    return change.with_answer(_accepted_page(request, link, change.answer))


def _question_page(request: ApiRequest, link: OpenedLink, form: Mapping[str, object] | None = None) -> ApiResponse:
    """Ask for consent, and new users for their name. `form` is what they sent if it did not have a valid name."""
    words: dict[str, object] = {
        "kind": link.kind,
        "inviter": link.inviter.name_or_email,
        "email": link.user.email,
        "to": link.to,
    }
    if not link.user.is_placeholder:
        return page_response(request, "link_confirm", words)
    words |= {name: str((form or {}).get(name) or "") for name in NEW_USER_NAMES.fields}
    return page_response(
        request, "link_register", words | {"is_nameless": form is not None}, 200 if form is None else 422
    )


def _accepted_page(request: ApiRequest, link: OpenedLink, issued: IssuedCredential | None) -> ApiResponse:
    words = {"kind": link.kind, "to": link.to}
    if issued is None:
        return page_response(request, "link_accepted", words)
    return page_response(request, "link_welcome", words | {"key": issued.credential.id, "secret": issued.secret})


def _expired_page(request: ApiRequest) -> ApiResponse:
    return page_response(request, "link_invalid", {}, 404)
