"""/settings/api: the page on which people look after credentials, as the OGSM document describes it."""

from collections.abc import Callable
from typing import Any

from chalicelib import errors
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, colleagues, credentials, keyring, times
from chalicelib.domain.credentials import Issued
from chalicelib.domain.keyring import Held
from chalicelib.http import call as calls
from chalicelib.http import pages
from chalicelib.http.call import Call, Reply
from chalicelib.http.pages import HTML
from chalicelib.http.routing import Routes
from chalicelib.schemas import HELD_CREDENTIAL, ISSUING, ROTATION, SCOPES
from chalicelib.shapes import parameters
from chalicelib.storage import changes
from chalicelib.storage.changes import Change
from chalicelib.values import Choice

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
        detail = detail or self.problem.detail
        return f"{detail[:1].upper()}{detail[1:]}."

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong with which field."""
        wrong = self.problem.errors if isinstance(self.problem, errors.Invalid) else []
        return {error["pointer"].removeprefix("#/"): error["detail"] for error in wrong}


@routes.get(PATH, query=parameters(done=Choice(tuple(NEWS))), media_type=HTML)
def show_settings(call: Call) -> Reply:
    """Shows your credentials; to an admin, those of the whole account."""
    return _page(call, news=NEWS.get(call.query.get("done", "")))


@routes.post(PATH, body=None, in_steps=True, media_type=HTML)
def submit_credential(call: Call) -> Reply:
    """Creates a credential and shows its secret, this once."""
    return _done(call, "create", lambda sent: keyring.create(call.caller, ISSUING.check(_filled(sent))), _secret)


@routes.post(ONE, body=None, in_steps=True, media_type=HTML, statuses=(303,))
def submit_details(call: Call, credential_id: str) -> Reply:
    """Changes the label of a credential, and when it expires."""

    def change(sent: Sent) -> Change[Any]:
        is_same = sent.pop("was", None) == sent.get("expires_at")  # the form knows the day only, not the hour
        details = {"label": sent.get("label") or ""} | ({} if is_same else {"expires_at": sent.get("expires_at")})
        return keyring.update(call.caller, credential_id, HELD_CREDENTIAL.check(details))

    return _done(call, credential_id, change, _back("changed"))


@routes.post(f"{ONE}/rotate", body=None, in_steps=True, media_type=HTML)
def submit_rotation(call: Call, credential_id: str) -> Reply:
    """Gives a credential a new secret and shows it, this once."""

    def rotate(sent: Sent) -> Change[Issued]:
        return keyring.rotate(call.caller, credential_id, ROTATION.check(_filled(sent)).get("overlap", 0))

    return _done(call, credential_id, rotate, _secret)


@routes.post(f"{ONE}/revoke", body=None, in_steps=True, media_type=HTML, statuses=(303,))
def submit_revocation(call: Call, credential_id: str) -> Reply:
    """Revokes a credential for good."""
    return _done(call, credential_id, lambda _: keyring.revoke(call.caller, credential_id), _back("revoked"))


def _filled(sent: Sent) -> Sent:
    return {name: value for name, value in sent.items() if value is not None}


def _done(call: Call, form: str, plan: Callable[[Sent], Change[Any]], answer: Callable[[Call, Any], Reply]) -> Reply:
    """Does what a form asks. Where that cannot be done the page says so beside the form, and what was typed stays."""
    pages.check_own(call)
    sent = calls.form(call.request)
    try:
        outcome = changes.settle(lambda: plan({**sent}))
    except (errors.Conflict, errors.Forbidden, errors.Invalid, errors.NotFound) as problem:
        return _page(call, problem.status, trouble=Trouble(form, sent, problem))
    return answer(call, outcome)


def _secret(call: Call, issued: Issued) -> Reply:
    return _page(call, issued=issued)


def _back(news: str) -> Callable[[Call, Any], Reply]:
    return lambda call, _: Reply("", 303, {"Location": call.href(f"{PATH}?done={news}")})


def _page(
    call: Call,
    status: int = 200,
    *,
    news: str | None = None,
    issued: Issued | None = None,
    trouble: Trouble | None = None,
) -> Reply:
    everybody, now = colleagues.listing(call.caller), times.now()
    held = keyring.listing(call.caller)

    def is_live(one: Held) -> bool:
        return credentials.is_live(one.credential, now)

    words = {
        "me": call.caller,
        "people": everybody,
        "is_admin": any(one.user.id == call.caller.user and one.role == access.ADMIN for one in everybody),
        "live": [one for one in held if is_live(one)],
        "ended": [one for one in held if not is_live(one)],
        "now": now,
    }
    told = {"news": news, "issued": issued, "trouble": trouble, "scopes": SCOPES[::-1], "overlaps": OVERLAPS}
    return pages.page(call, "settings", words | told, status, pages.SCRIPTED)
