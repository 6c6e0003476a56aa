"""The change feed: clients that follow it, that look at a part of it, and that undo changes."""

import re
from dataclasses import replace

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import NothingKnownError
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/changes"
PLACE = "feed place"  # what a follower knows: the `after` of the newest link
CHANGE = "change"  # what a follower knows of each change that may be undone
UNDOABLE = ("action", "activity", "comment", "kpi", "stack", "strategy", "workspace")
BEHIND = re.compile(r"[?&]after=(\d+)")
NEVER_UNDONE = re.compile("invitation|deleg|accept|decline|members|credentials|users|/me|oauth|settings|address|audit")


@verbs.add(2)
def follow_changes(draw: Draw) -> Call:
    """Read on where the last answer ended. All clients of a user share the place."""
    known = draw.knowledge.find(PLACE, draw.me)
    place = known.details["after"] if known else draw.chance.choice((None, 0))
    query = {} if place is None else {"after": place}
    limit = draw.chance.choice(({}, {"limit": 1}, {"limit": 2}, {"limit": 5}))
    wait = {"wait": 2} if draw.happens(0.3) else {}
    return _learning(draw, draw.read(ALL, **query, **limit, **wait))


@verbs.add(0.5)
def find_changes(draw: Draw) -> Call:
    """Read the feed from a place on, with a filter."""
    action = f"action/{draw.other('action').id}"
    filters = draw.chance.choice(({"kind": "action"}, {"kind": "activity"}, {"object": action}, {"actor": draw.me}))
    return draw.read(ALL, after=draw.chance.randrange(8), limit=draw.chance.choice((1, 3, 100)), **filters)


@verbs.add(0.5)
def get_change(draw: Draw) -> Call:
    return draw.read(f"{ALL}/{draw.chance.randrange(1, 20)}")


def _learning(draw: Draw, call: Call) -> Call:
    """Return a call that remembers the place at which its answer ends."""

    def learn(response: Response) -> None:
        found = BEHIND.search(response.headers.get("link", ""))
        if found:
            draw.knowledge.note(draw.me, PLACE, draw.me, after=int(found[1]))
        for change in response.json if response.is_success and response.json else ():
            if change["object"]["kind"] in UNDOABLE:
                draw.knowledge.note(draw.me, CHANGE, change["seq"])

    return replace(call, learn=learn)


@verbs.add(2)
def undo_change(draw: Draw) -> Call:
    """Undo one of the newest changes that are known, of anybody. Some of them are undos."""
    seen = [one.id for one in draw.knowledge.seen(draw.me, CHANGE)]
    if seen and draw.happens(0.7):
        return draw.call("POST", f"{ALL}/{draw.chance.choice(seen[-8:])}/undo{_force(draw)}")
    known = draw.knowledge.find(PLACE, draw.me)
    newest = known.details["after"] if known else 3
    seq = draw.chance.randrange(max(1, newest - 5), newest + 4)
    return draw.call("POST", f"{ALL}/{seq}/undo{_force(draw)}")


@verbs.add(2)
def undo_request(draw: Draw) -> Call:
    """Undo all changes of one of the newest requests of the account, mostly of an own one. Some of them are undos."""
    done = [one for one in draw.client.history.requests if one.is_acknowledged and one.method != "GET"]
    near = [one for one in done if one.account == draw.client.identity.account]
    if draw.happens(0.9):
        near = [one for one in near if not NEVER_UNDONE.search(one.path)]
    own = [one for one in near if one.user == draw.me]
    chosen = (own if own and draw.happens(0.7) else near)[-9:]
    if not chosen:
        raise NothingKnownError("request")
    return draw.call("POST", f"{ALL}/undo{_force(draw)}", {"request_id": draw.chance.choice(chosen).request_id})


def _force(draw: Draw) -> str:
    return "?force=true" if draw.happens(0.2) else ""
