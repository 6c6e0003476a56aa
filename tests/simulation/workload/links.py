"""The links in mails: to invitations, delegations and new addresses."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.knowledge import NothingKnownError
from tests.simulation.workload.drawing import Draw, Verbs
from tests.simulation.workload.secrets import ANONYMOUS

verbs = Verbs()


def _pick_link(draw: Draw, page: str) -> str:
    """Return a link that has arrived. The newest is more likely. Raises NothingKnownError."""
    links = draw.postbox.links(draw.client.identity.account, draw.client.scheduler.step, page)
    if not links:
        raise NothingKnownError(page)
    return links[-1] if draw.happens(0.5) else draw.chance.choice(links)


def _open(draw: Draw, method: str, path: str, body: dict[str, Any] | None = None) -> Call:
    return Call(draw.verb, method, path, body, auth=ANONYMOUS)


@verbs.add(0.5)
def show_link(draw: Draw) -> Call:
    return _open(draw, "GET", _pick_link(draw, "invitations"))


@verbs.add(3)
def accept_link(draw: Draw) -> Call:
    names = {"first_name": f"First {draw.name}", "last_name": f"Last {draw.name}"}
    return _open(draw, "POST", _pick_link(draw, "invitations"), names if draw.happens(0.9) else {})


@verbs.add(1)
def decline_link(draw: Draw) -> Call:
    return _open(draw, "POST", _pick_link(draw, "invitations"), {"decision": "decline"})


@verbs.add(0.5)
def show_address_change(draw: Draw) -> Call:
    return _open(draw, "GET", _pick_link(draw, "address-changes"))


@verbs.add(3)
def confirm_address(draw: Draw) -> Call:
    return _open(draw, "POST", _pick_link(draw, "address-changes"))


@verbs.add(1)
def change_own_address(draw: Draw) -> Call:
    return draw.call("PATCH", "/api/me", {"email": draw.new_email()})


@verbs.add(0.5)
def change_address_of_user(draw: Draw) -> Call:
    draw.require_admin()
    return draw.call("PATCH", f"/api/users/{draw.pick('user').id}", {"email": draw.new_email()})
