"""The past: the history of an object, and objects and lists as they were at a time."""

from datetime import UTC, datetime

from chalicelib.domain.ogsm.references import ALL_NOUNS
from tests.simulation.calls import Call
from tests.simulation.knowledge import Known
from tests.simulation.scheduler import START
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
OGSM = {noun.singular: f"/api/v2/{noun.name}" for noun in ALL_NOUNS}
ADDRESSES = OGSM | {
    "activity": "/api/activities",
    "comment": "/api/comments",
    "credential": "/api/credentials",
    "delegation": "/api/delegations",
    "invitation": "/api/invitations",
    "stack": "/api/stacks",
    "user": "/api/users",
    "workspace": "/api/workspaces",
}
LISTED = ("action", "action", "goal", "goal", "strategy", "kpi")
NEWEST = 12  # requests at whose times clients look
LAST_YEAR = START - 400 * 86_400  # before changes were recorded


@verbs.add(1)
def get_history(draw: Draw) -> Call:
    known = _pick(draw)
    page = draw.chance.choice(({}, {}, {"limit": 1}, {"limit": 2}))
    return draw.read(_address(draw, known, "/history"), **page)


@verbs.add(1)
def get_past_object(draw: Draw) -> Call:
    known = _pick(draw)
    fields = {"fields": "id,title"} if known.kind == "action" and draw.happens(0.1) else {}
    return draw.read(_address(draw, known), at=_time(draw), **fields)


@verbs.add(0.5)
def list_past_objects(draw: Draw) -> Call:
    kind = draw.chance.choice(LISTED)
    more = draw.chance.choice(({}, {}, {}, {"sort": "-title"}, {"limit": 2}, {"archived": "false"}))
    ending = draw.chance.choice((".json", ".json", ".json", ".csv"))
    return draw.read(f"{OGSM[kind]}{ending}", at=_time(draw), **more)


def _pick(draw: Draw) -> Known:
    """Return an object, mostly the one that others are just changing, and sometimes one that may be gone."""
    kind = draw.chance.choice(list(ADDRESSES))
    if draw.wanted and draw.wanted.kind in ADDRESSES:
        kind = draw.wanted.kind
    if draw.happens(0.4):
        draw.subject = draw.knowledge.pick_ever_known(kind, draw.chance)
        draw.named.append(draw.subject)
        return draw.subject
    return draw.pick(kind)


def _address(draw: Draw, known: Known, part: str = "") -> str:
    """Return the address of an object, or of a part of it."""
    name = draw.chance.choice((known.id, known.details["slug"])) if known.kind == "user" else known.id
    address = f"{ADDRESSES[known.kind]}/{name}{part}"
    if known.kind == "stack" and draw.happens(0.3):
        address = f"/api/workspaces/{known.details['workspace']}/stacks/{known.id}{part}"
    return f"{address}.json" if known.kind in OGSM else address


def _time(draw: Draw) -> str:
    """Return a time in milliseconds: mostly shortly after one of the newest requests, seldom one that is not known."""
    sent = [START, *(request.at for request in draw.client.history.requests)][-NEWEST:]
    moment = draw.chance.choice(sent) + draw.chance.choice((0.0, 0.01, 0.1, 1.0))
    if draw.happens(0.1):
        moment = draw.chance.choice((LAST_YEAR, START - 60.0, draw.client.scheduler.now + 3_600.0))
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
