"""/invitations/{token}: where the links in mails lead, for people who may have no credentials yet."""

from collections.abc import Mapping

from chalicelib import errors
from chalicelib.domain import links
from chalicelib.domain.credentials import Issued
from chalicelib.domain.links import Link
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
    """Shows what the invitation or delegation is about, and asks whoever is new for a name."""
    try:
        return _question(call, links.opened(token))
    except errors.NotFound:
        return _gone(call)


@routes.post(PATH, body=None, is_open=True, media_type=HTML)
def accept_link(call: Call, token: str) -> Change[Reply]:
    """Accepts the invitation or delegation; shows whoever is new a first credential, this once."""
    sent = calls.form(call.request)
    try:
        link = links.opened(token)
        names = NAMES.check(sent, lenient=True) if link.user.awaited else {}
    except errors.NotFound:
        return Change(_gone(call))
    except errors.Invalid:
        return Change(_question(call, link, sent))
    change = links.accept(link, names)
    return change.answering(_welcome(call, link, change.answer))


def _question(call: Call, link: Link, sent: Mapping[str, object] | None = None) -> Reply:
    """Asks for consent, and a newcomer for a name; again with what was sent, where that was no name."""
    words: dict[str, object] = {
        "kind": link.kind,
        "inviter": link.inviter.name_or_email,
        "email": link.user.email,
        "to": link.to,
    }
    if not link.user.awaited:
        return page(call, "confirm", words)
    words |= {name: str((sent or {}).get(name) or "") for name in NAMES.fields}
    return page(call, "ask", words | {"is_nameless": sent is not None}, 200 if sent is None else 422)


def _welcome(call: Call, link: Link, issued: Issued | None) -> Reply:
    words = {"kind": link.kind, "to": link.to}
    if issued is None:
        return page(call, "joined", words)
    return page(call, "welcome", words | {"key": issued.credential.id, "secret": issued.secret})


def _gone(call: Call) -> Reply:
    return page(call, "gone", {}, 404)
