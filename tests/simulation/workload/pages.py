"""Further pages of lists, to which earlier answers have linked."""

import re

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import Knowledge, NothingKnownError
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
NEWEST = 6  # pages that clients read
NEXT_PAGE = re.compile(r'<https://[^/]+/prod([^>]+)>; rel="next"')


def note_next_page(knowledge: Knowledge, user: str, response: Response) -> None:
    """Note the next page, if an answer links to one."""
    link = NEXT_PAGE.search(response.headers.get("link", ""))
    if link:
        knowledge.note(user, "page", link[1])


def _pick_page(draw: Draw) -> str:
    """Return one of the newest pages. All are equally likely, so that every list is read on."""
    seen = draw.knowledge.seen(draw.me, "page")
    if not seen:
        raise NothingKnownError("page")
    draw.subject = draw.chance.choice(seen[-NEWEST:])
    return str(draw.subject.id)


@verbs.add(6)
def get_next_page(draw: Draw) -> Call:
    return draw.read(_pick_page(draw))


@verbs.add(0.6)
def get_page_of_other_list(draw: Draw) -> Call:
    """Send the cursor of one list to another one, as a client with a mistake does."""
    path = _pick_page(draw).partition("?")[0]
    return draw.read(f"{path}?{_pick_page(draw).partition('?')[2]}")
