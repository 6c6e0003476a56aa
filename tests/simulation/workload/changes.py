"""The change feed: clients that follow it, and clients that look at a part of it."""

import re
from dataclasses import replace

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
ALL = "/api/changes"
PLACE = "feed place"  # what a follower knows: the `after` of the newest link
BEHIND = re.compile(r"[?&]after=(\d+)")


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

    return replace(call, learn=learn)
