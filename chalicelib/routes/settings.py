"""/settings/api: the page on which people look after credentials, as the OGSM document describes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib import clock, errors
from chalicelib.domain import access
from chalicelib.domain.accounts import credential_management, credentials, user_management
from chalicelib.domain.accounts.credential_management import OwnedCredential
from chalicelib.domain.accounts.credentials import IssuedCredential
from chalicelib.http.request import ApiRequest, read_form
from chalicelib.http.response import ApiResponse
from chalicelib.http.routing import Routes
from chalicelib.pages import rendering
from chalicelib.pages.rendering import HTML
from chalicelib.schemas.credentials import CREDENTIAL, NEW_CREDENTIAL, ROTATION, SCOPES
from chalicelib.storage import unit_of_work
from chalicelib.storage.unit_of_work import Change
from chalicelib.validation.schema import parameters
from chalicelib.validation.types import Enum

routes = Routes(__name__)
PATH = "/settings/api"
ONE = f"{PATH}/{{credential_id}}"
NEWS = {
    "changed": "The credential was changed.",
    "revoked": "The credential was revoked. Within a minute it no longer works.",
}
OVERLAPS = {
    0: "stops within a minute",
    3600: "works for another hour",
    86_400: "works for another day",
    604_800: "works for another week",
}
FIELDS = {"label": "Label", "scope": "Scope", "user": "Owner", "expires_at": "Expires on", "overlap": "The old secret"}
Sent = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """Why a form could not be done: which one, what it was sent with, and what is wrong, as a whole and by field."""

    form: str
    sent: Sent
    problem: errors.Problem

    @property
    def text(self) -> str:
        """The whole of it as a sentence."""
        detail = "; ".join(f"{FIELDS.get(name, name)} {rule}" for name, rule in self.fields.items())
        detail = (detail or self.problem.detail).removesuffix(".")
        return f"{detail[:1].upper()}{detail[1:]}."

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong with which field."""
        wrong = self.problem.errors if isinstance(self.problem, errors.Invalid) else []
        return {error["pointer"].removeprefix("#/"): error["detail"] for error in wrong}


@routes.get(PATH, query=parameters(done=Enum(tuple(NEWS))), media_type=HTML)
def show_settings(request: ApiRequest) -> ApiResponse:
    """Shows your credentials; to an admin, those of the whole account."""
    return _page(request, news=NEWS.get(request.query.get("done", "")))


@routes.post(PATH, body=None, in_steps=True, media_type=HTML)
def submit_credential(request: ApiRequest) -> ApiResponse:
    """Creates a credential and shows its secret, this once."""
    return _done(
        request,
        "create",
        lambda sent: credential_management.create_credential(request.caller, NEW_CREDENTIAL.check(_filled(sent))),
        _secret,
    )


@routes.post(ONE, body=None, in_steps=True, media_type=HTML, statuses=(303,))
def submit_details(request: ApiRequest, credential_id: str) -> ApiResponse:
    """Changes the label of a credential, and when it expires."""

    def change(sent: Sent) -> Change[Any]:
        is_same = sent.pop("was", None) == sent.get("expires_at")  # the form knows the day only, not the hour
        details = {"label": sent.get("label") or ""} | ({} if is_same else {"expires_at": sent.get("expires_at")})
        return credential_management.update_credential(request.caller, credential_id, CREDENTIAL.check(details))

    return _done(request, credential_id, change, _back("changed"))


@routes.post(f"{ONE}/rotate", body=None, in_steps=True, media_type=HTML)
def submit_rotation(request: ApiRequest, credential_id: str) -> ApiResponse:
    """Gives a credential a new secret and shows it, this once."""

    def rotate(sent: Sent) -> Change[IssuedCredential]:
        return credential_management.rotate_credential(
            request.caller, credential_id, ROTATION.check(_filled(sent)).get("overlap", 0)
        )

    return _done(request, credential_id, rotate, _secret)


@routes.post(f"{ONE}/revoke", body=None, in_steps=True, media_type=HTML, statuses=(303,))
def submit_revocation(request: ApiRequest, credential_id: str) -> ApiResponse:
    """Revokes a credential for good."""
    return _done(
        request,
        credential_id,
        lambda _: credential_management.revoke_credential(request.caller, credential_id),
        _back("revoked"),
    )


def _filled(sent: Sent) -> Sent:
    return {name: value for name, value in sent.items() if value is not None}


def _done(
    request: ApiRequest,
    form: str,
    plan: Callable[[Sent], Change[Any]],
    answer: Callable[[ApiRequest, Any], ApiResponse],
) -> ApiResponse:
    """Does what a form asks. Where that cannot be done the page says so beside the form, and what was typed stays."""
    rendering.require_same_origin_form(request)
    sent = read_form(request.raw)
    try:
        outcome = unit_of_work.run_with_retries(lambda: plan({**sent}))
    except (errors.Conflict, errors.Forbidden, errors.Invalid, errors.NotFound) as problem:
        return _page(request, problem.status, trouble=Trouble(form, sent, problem))
    return answer(request, outcome)


def _secret(request: ApiRequest, issued: IssuedCredential) -> ApiResponse:
    return _page(request, issued=issued)


def _back(news: str) -> Callable[[ApiRequest, Any], ApiResponse]:
    return lambda request, _: ApiResponse("", 303, {"Location": request.href(f"{PATH}?done={news}")})


def _page(
    request: ApiRequest,
    status: int = 200,
    *,
    news: str | None = None,
    issued: IssuedCredential | None = None,
    trouble: Trouble | None = None,
) -> ApiResponse:
    everybody, now = user_management.list_users(request.caller), clock.now()
    held = credential_management.list_credentials(request.caller)

    def is_live(one: OwnedCredential) -> bool:
        return credentials.is_live(one.credential, now)

    words = {
        "me": request.caller,
        "people": everybody,
        "is_admin": any(one.user.id == request.caller.user and one.role == access.ADMIN for one in everybody),
        "live": [one for one in held if is_live(one)],
        "ended": [one for one in held if not is_live(one)],
        "now": now,
    }
    told = {"news": news, "issued": issued, "trouble": trouble, "scopes": SCOPES[::-1], "overlaps": OVERLAPS}
    return rendering.page_response(request, "settings", words | told, status, rendering.SCRIPT_POLICY)
