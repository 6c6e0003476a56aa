"""/invitations/{token}: where the link in an invitation's mail leads, for people who may have no credentials yet."""

from collections.abc import Mapping

from chalicelib import errors
from chalicelib.domain import decisions
from chalicelib.domain.credentials import Issued
from chalicelib.domain.decisions import Link
from chalicelib.domain.invitations import Shown
from chalicelib.http import call as calls
from chalicelib.http.call import Call, Reply
from chalicelib.http.pages import HTML, page
from chalicelib.http.routing import Routes
from chalicelib.schemas import NAMES
from chalicelib.storage.changes import Change

routes = Routes(__name__)
PATH = "/invitations/{token}"


@routes.get(PATH, is_open=True, media_type=HTML)
def show_link(call: Call, token: str) -> Reply:
    """Shows what the invitation is to, and asks whoever is new for a name."""
    try:
        return _question(call, decisions.opened(token))
    except errors.NotFound:
        return _gone(call)


@routes.post(PATH, body=None, is_open=True, media_type=HTML)
def accept_link(call: Call, token: str) -> Change[Reply]:
    """Accepts the invitation; shows whoever is new a first credential, this once."""
    sent = calls.form(call.request)
    try:
        link = decisions.opened(token)
        names = NAMES.check(sent, lenient=True) if link.user.awaited else {}
    except errors.NotFound:
        return Change(_gone(call))
    except errors.Invalid:
        return Change(_question(call, link, sent))
    change = decisions.accept_link(link, names)
    return change.answering(_welcome(call, *change.answer))


def _question(call: Call, link: Link, sent: Mapping[str, object] | None = None) -> Reply:
    """Asks for consent, and a newcomer for a name; again with what was sent, where that was no name."""
    shown = link.found.shown
    inviter = shown.people[shown.invitation.inviter]
    words: dict[str, object] = {
        "inviter": inviter.name_or_email,
        "email": shown.invitation.email,
        "workspace": shown.workspace.name,
    }
    if not link.user.awaited:
        return page(call, "confirm", words)
    words |= {name: str((sent or {}).get(name) or "") for name in NAMES.fields}
    return page(call, "ask", words | {"is_nameless": sent is not None}, 200 if sent is None else 422)


def _welcome(call: Call, shown: Shown, issued: Issued | None) -> Reply:
    words = {"workspace": shown.workspace.name}
    if issued is None:
        return page(call, "joined", words)
    return page(call, "welcome", words | {"key": issued.credential.id, "secret": issued.secret})


def _gone(call: Call) -> Reply:
    return page(call, "gone", {}, 404)
