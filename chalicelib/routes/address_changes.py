"""/address-changes/{token}: the page behind the link in the mail to a new e-mail address."""

from chalicelib import errors
from chalicelib.domain.accounts import address_changes
from chalicelib.domain.people import address_confirmation
from chalicelib.http.path_variables import LINK_TOKEN
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages.rendering import HTML, page_response
from chalicelib.storage.unit_of_work import Change, Steps

routes = Routes(__name__, path_variables={"token": LINK_TOKEN})
PATH = "/address-changes/{token}"


@routes.get(PATH, is_open=True, media_type=HTML)
def show_address_change(request: ApiRequest, token: str) -> ApiResponse:
    """Shows a new e-mail address, whose it is to be, and a button. Changes nothing: mail scanners open links too."""
    try:
        link = address_changes.open_link(token)
    except errors.NotFound:
        return _invalid_page(request)
    return page_response(request, "address_confirm", {"user": link.user.name_or_email, "email": link.email})


@routes.post(PATH, body=None, is_open=True, media_type=HTML, statuses=(200,))
def confirm_address(request: ApiRequest, token: str) -> Steps[ApiResponse]:
    """Makes the new e-mail address that of the user, unless another user has it by now."""
    try:
        link = address_changes.open_link(token)
    except errors.NotFound:
        return Change(_invalid_page(request))
    change = yield from address_confirmation.confirm_address(link)
    page, status = ("address_confirmed", 200) if change.answer else ("address_taken", 409)
    return change.with_answer(page_response(request, page, {"email": link.email}, status))


def _invalid_page(request: ApiRequest) -> ApiResponse:
    return page_response(request, "address_invalid", {}, 404)
