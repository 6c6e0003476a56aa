"""/settings and /settings/api: the page on which people manage their credentials, as the OGSM document describes it."""

from collections.abc import Callable
from typing import Any

from chalicelib import clock
from chalicelib.domain import access
from chalicelib.domain.accounts import credential_management, credentials, user_management
from chalicelib.domain.accounts.credential_management import OwnedCredential
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.http.request import ApiRequest
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import page_forms, rendering
from chalicelib.pages.page_forms import Form, FormError, FormPage, Redirect
from chalicelib.pages.rendering import HTML
from chalicelib.schemas.credentials import CREDENTIAL, NEW_CREDENTIAL, ROTATION, SCOPES
from chalicelib.storage.unit_of_work import Change, Steps
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Enum

routes = Routes(__name__)
PATH = "/settings/api"
ONE = f"{PATH}/{{credential_id}}"
NEWS = {
    "changed": "The credential was changed.",
    "revoked": "The credential was revoked. It stops working within a minute.",
}
OVERLAPS = {
    0: "stops within a minute",
    3600: "works for another hour",
    86_400: "works for another day",
    604_800: "works for another week",
}
FIELDS = {"label": "Label", "scope": "Scope", "user": "Owner", "expires_at": "Expires on", "overlap": "The old secret"}


@routes.get("/settings", is_open=True, media_type=HTML, statuses=(303,))
def show_first_settings(request: ApiRequest) -> ApiResponse:
    """Leads to the first page of the settings, which is that of the API."""
    return ApiResponse("", 303, {"Location": request.href(PATH)})


@routes.get(PATH, query=parameters(done=Enum(tuple(NEWS), name="SettingsNews")), media_type=HTML)
def show_settings(request: ApiRequest) -> ApiResponse:
    """Shows your credentials. Admins see those of the whole account."""
    return _settings_page(request, news=NEWS.get(request.query.get("done", "")))


@routes.post(PATH, body=None, media_type=HTML, statuses=(200,))
def submit_credential(request: ApiRequest) -> Steps[ApiResponse]:
    """Creates a credential and shows its secret, once."""

    def plan(form: Form) -> Change[IssuedCredential]:
        return credential_management.create_credential(
            request.caller, NEW_CREDENTIAL.check(page_forms.without_blanks(form))
        )

    return _submit(request, "create", plan, _secret_page)


@routes.post(ONE, body=None, media_type=HTML, statuses=(303,))
def submit_details(request: ApiRequest, credential_id: str) -> Steps[ApiResponse]:
    """Changes the label and the expiry of a credential."""

    def plan(form: Form) -> Change[Any]:
        fields = {"label": form.get("label") or ""}
        if form.get("was") != form.get(
            "expires_at"
        ):  # the form has only the day: do not change the time of an equal one
            fields["expires_at"] = form.get("expires_at")
        return credential_management.update_credential(request.caller, credential_id, CREDENTIAL.check(fields))

    return _submit(request, credential_id, plan, _redirect("changed"))


@routes.post(f"{ONE}/rotate", body=None, media_type=HTML, statuses=(200,))
def submit_rotation(request: ApiRequest, credential_id: str) -> Steps[ApiResponse]:
    """Gives a credential a new secret and shows it, once."""

    def plan(form: Form) -> Change[IssuedCredential]:
        overlap = ROTATION.check(page_forms.without_blanks(form)).get("overlap", 0)
        return credential_management.rotate_credential(request.caller, credential_id, overlap)

    return _submit(request, credential_id, plan, _secret_page)


@routes.post(f"{ONE}/revoke", body=None, media_type=HTML, statuses=(303,))
def submit_revocation(request: ApiRequest, credential_id: str) -> Steps[ApiResponse]:
    """Revokes a credential permanently."""

    def plan(_: Form) -> Change[Any]:
        return credential_management.revoke_credential(request.caller, credential_id)

    return _submit(request, credential_id, plan, _redirect("revoked"))


def _secret_page(request: ApiRequest, issued: IssuedCredential) -> ApiResponse:
    return _settings_page(request, issued=issued)


def _redirect(news: str) -> Redirect:
    """Return a function that redirects to the page, which then shows the news."""
    return page_forms.redirect(f"{PATH}?done={news}")


def _submit(
    request: ApiRequest,
    name: str,
    plan: Callable[[Form], Change[Any]],
    make_response: Callable[[ApiRequest, Any], ApiResponse],
) -> Steps[ApiResponse]:
    return page_forms.submit_form(request, FORM_PAGE, name, plan, make_response)


def _settings_page(
    request: ApiRequest,
    status: int = 200,
    *,
    news: str | None = None,
    issued: IssuedCredential | None = None,
    form_error: FormError | None = None,
) -> ApiResponse:
    users, now = user_management.list_users(request.caller), clock.now()
    owned = credential_management.list_credentials(request.caller)

    def is_live(one: OwnedCredential) -> bool:
        return credentials.is_live(one.credential, now)

    words = {
        "me": request.caller,
        "people": users,
        "is_admin": any(one.user.id == request.caller.user and one.role == access.ADMIN for one in users),
        "live": [one for one in owned if is_live(one)],
        "own": next((one for one in owned if one.credential.id == request.caller.key), None),
        "ended": [one for one in owned if not is_live(one)],
        "now": now,
        "news": news,
        "issued": issued,
        "trouble": form_error,
        "scopes": SCOPES[::-1],
        "overlaps": OVERLAPS,
    }
    return rendering.page_response(request, "settings", words, status, rendering.SCRIPT_POLICY)


FORM_PAGE = FormPage(FIELDS, lambda request, status, error: _settings_page(request, status, form_error=error))
