"""/invitations/{token}: the pages behind the links in mails, for people who may not have a credential yet."""

from collections.abc import Mapping
from typing import Any

from chalicelib import errors
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.domain.people import link_responses
from chalicelib.domain.people.link_responses import ClosedLink, OpenedLink
from chalicelib.http.path_variables import LINK_TOKEN
from chalicelib.http.request import ApiRequest, read_form
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages.rendering import HTML, PLAIN_POLICY, SCRIPT_POLICY, page_response
from chalicelib.schemas.invitations import LINK_DECISION
from chalicelib.schemas.users import NEW_USER_NAMES
from chalicelib.storage.unit_of_work import Change

routes = Routes(__name__, path_variables={"token": LINK_TOKEN})
PATH = "/invitations/{token}"
NO_NAMES = dict.fromkeys(NEW_USER_NAMES.fields, "")


@routes.get(PATH, is_open=True, media_type=HTML)
def show_link(request: ApiRequest, token: str) -> ApiResponse:
    """Shows the invitation or delegation, and asks new users for their name. Changes nothing."""
    try:
        return _question_page(request, link_responses.open_link(token))  # mail scanners open links too
    except ClosedLink as closed:
        return _closed_page(request, closed)


@routes.post(PATH, body=None, is_open=True, media_type=HTML, statuses=(200,))
def answer_link(request: ApiRequest, token: str) -> Change[ApiResponse]:
    """Accepts or declines the invitation or delegation. Shows new users their first credential, once."""
    form = read_form(request.raw)
    decision = LINK_DECISION.check(form, lenient=True).get("decision", link_responses.ACCEPT)
    try:
        link = link_responses.open_link(token)
    except ClosedLink as closed:
        return Change(_closed_page(request, closed))
    if decision == link_responses.DECLINE:
        return link_responses.decline_link(link).with_answer(_link_page(request, "link_declined", link))
    return _accept(request, link, form)


def _accept(request: ApiRequest, link: OpenedLink, form: Mapping[str, object]) -> Change[ApiResponse]:
    """Accept the invitation or delegation, unless a new user did not enter a valid name."""
    sent = {name: form.get(name) or "" for name in NEW_USER_NAMES.fields}
    try:
        names = NEW_USER_NAMES.check(sent) if link.user.is_placeholder else {}
    except errors.Invalid as problem:
        return Change(_question_page(request, link, sent, problem))
    change = link_responses.accept_link(link, names)
    return change.with_answer(_accepted_page(request, link, change.answer))


def _question_page(
    request: ApiRequest,
    link: OpenedLink,
    sent: Mapping[str, object] = NO_NAMES,
    problem: errors.Invalid | None = None,
) -> ApiResponse:
    """Ask for a decision, and new users for their name. `sent` is the name that they sent if it was not valid."""
    wrong = {error["pointer"].removeprefix("#/"): error["detail"] for error in problem.errors} if problem else {}
    return _link_page(request, "link_question", link, 422 if problem else 200, sent=sent, wrong=wrong)


def _accepted_page(request: ApiRequest, link: OpenedLink, issued: IssuedCredential | None) -> ApiResponse:
    if issued is None:
        return _link_page(request, "link_accepted", link)
    words: dict[str, Any] = {
        "key": issued.credential.id,
        "secret": issued.secret,
        "base_url": request.addresses.base_url,
    }
    return _link_page(request, "link_welcome", link, policy=SCRIPT_POLICY, **words)


def _link_page(
    request: ApiRequest, page: str, link: OpenedLink, status: int = 200, policy: str = PLAIN_POLICY, **words: Any
) -> ApiResponse:
    """Return a page about the invitation or delegation that a link leads to."""
    return page_response(request, page, {"link": link, "kind": link.kind} | words, status, policy)


def _closed_page(request: ApiRequest, closed: ClosedLink) -> ApiResponse:
    return page_response(request, "link_closed", {"kind": closed.kind, "reason": closed.reason}, 404)
