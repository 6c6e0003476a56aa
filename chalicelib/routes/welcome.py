"""/invitations/{token}: where the link in an invitation's mail leads, for people who may have no credentials yet."""

from collections.abc import Mapping

from chalicelib import errors
from chalicelib.domain import decisions
from chalicelib.domain.decisions import Welcome
from chalicelib.domain.invitations import Shown
from chalicelib.http import call as calls
from chalicelib.http.call import Call, Reply
from chalicelib.http.pages import HTML, page
from chalicelib.http.routing import Routes
from chalicelib.schemas import NAMES
from chalicelib.storage.changes import Change

routes = Routes(__name__)
PATH = "/invitations/{token}"
NAMELESS = '<p class="wrong" role="alert">Please give a first and a last name, each of at most 100 characters.</p>'


@routes.get(PATH, is_open=True, media_type=HTML)
def show_link(_: Call, token: str) -> Reply:
    """Shows what the invitation is to, and asks whoever is new for a name."""
    try:
        return _question(decisions.opened(token)[2])
    except errors.NotFound:
        return _gone()


@routes.post(PATH, body=None, is_open=True, media_type=HTML)
def accept_link(call: Call, token: str) -> Change[Reply]:
    """Accepts the invitation; shows whoever is new a first credential, this once."""
    sent = calls.form(call.request)
    try:
        shown = decisions.opened(token)[2]
        names = NAMES.check(sent, lenient=True) if _is_new(shown) else {}
        change = decisions.accept_link(token, names)
    except errors.Invalid:
        return Change(_question(shown, sent))
    except (errors.NotFound, errors.Conflict):
        return Change(_gone())
    return change.answering(_welcome(change.answer))


def _question(shown: Shown, sent: Mapping[str, object] | None = None) -> Reply:
    """Asks for consent, and a newcomer for a name; again with what was sent, where that was no name."""
    inviter = shown.people[shown.invitation.inviter]
    words = {
        "inviter": f"{inviter.first_name} {inviter.last_name}".strip() or inviter.email,
        "email": shown.invitation.email,
        "workspace": shown.workspace.name,
    }
    if not _is_new(shown):
        return page("confirm", "You are invited", words)
    words |= {name: str((sent or {}).get(name) or "") for name in NAMES.fields}
    return page("ask", "You are invited", words, 200 if sent is None else 422, raw="" if sent is None else NAMELESS)


def _welcome(welcome: Welcome) -> Reply:
    workspace = welcome.shown.workspace.name
    if welcome.issued is None:
        return page("joined", "Welcome", {"workspace": workspace})
    words = {"key": welcome.issued.credential.id, "secret": welcome.issued.secret, "workspace": workspace}
    return page("welcome", "Welcome", words)


def _gone() -> Reply:
    return page("gone", "This invitation cannot be accepted", {}, 404)


def _is_new(shown: Shown) -> bool:
    return bool(shown.people[shown.invitation.user].awaited)
