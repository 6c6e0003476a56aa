"""Webhooks: admins create, change, rotate and delete them, look at them, and have changes sent again."""

from typing import Any

from tests.simulation.calls import Call
from tests.simulation.knowledge import Known, NothingKnownError
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/webhooks"
MOST = 2  # webhooks of an account, in most cases, so that each gets many changes
KINDS: tuple[list[str], ...] = ([], [], ["action"], ["activity", "comment"], ["action", "audit_event"], ["workspace"])


def _pick(draw: Draw) -> Known:
    draw.require_admin()
    return draw.pick("webhook")


def _url(draw: Draw) -> str:
    return f"https://hooks.example/{draw.name.replace('.', '-')}"


@verbs.add(2)
def create_webhook(draw: Draw) -> Call:
    draw.require_admin()
    if len(draw.knowledge.seen(draw.me, "webhook")) >= MOST and not draw.happens(0.1):
        raise NothingKnownError("room for a webhook")
    details: dict[str, Any] = {} if draw.happens(0.3) else {"kinds": draw.chance.choice(KINDS)}
    return draw.call("POST", ALL, {"url": _url(draw), "label": f"label {draw.name}"} | details)


@verbs.add(2)
def update_webhook(draw: Draw) -> Call:
    """Change a webhook: mostly disable it, or enable it again, or move it."""
    webhook = _pick(draw)
    is_enabled = bool(webhook.details["enabled"])
    fields: tuple[dict[str, Any], ...] = (
        {"enabled": not is_enabled},
        {"enabled": True},
        {"url": _url(draw)},
        {"kinds": draw.chance.choice(KINDS)},
        {"label": f"label {draw.name}"},
    )
    return draw.call("PATCH", f"{ALL}/{webhook.id}", draw.chance.choice(fields))


@verbs.add(1)
def rotate_webhook(draw: Draw) -> Call:
    body = draw.chance.choice(({}, {"overlap": 0}, {"overlap": 60}, {"overlap": 604_800}))
    return draw.call("POST", f"{ALL}/{_pick(draw).id}/rotate", {**body})


@verbs.add(1)
def delete_webhook(draw: Draw) -> Call:
    return draw.remove(f"{ALL}/{_pick(draw).id}")


@verbs.add(1)
def get_webhook(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{_pick(draw).id}")


@verbs.add(1)
def list_webhooks(draw: Draw) -> Call:
    draw.require_admin()
    return draw.read_list(ALL)


@verbs.add(1)
def list_deliveries(draw: Draw) -> Call:
    return draw.read_list(f"{ALL}/{_pick(draw).id}/deliveries")


@verbs.add(1)
def replay_changes(draw: Draw) -> Call:
    """Have some of the changes sent again that the webhook has got, as far as known, or seldom later ones."""
    webhook = _pick(draw)
    last = max(1, int(webhook.details["cursor"]) + draw.chance.choice((0, 0, 1, 3)))
    first = max(1, last - draw.chance.randrange(4))
    return draw.call("POST", f"{ALL}/{webhook.id}/replay", {"from": first, "to": last})


@verbs.add(0.5)
def test_webhook(draw: Draw) -> Call:
    return draw.call("POST", f"{ALL}/{_pick(draw).id}/test")
