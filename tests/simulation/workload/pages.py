"""Further pages of lists, to which earlier answers have linked."""

import re

from tests.simulation.calls import Call
from tests.simulation.history import Response
from tests.simulation.knowledge import Knowledge
from tests.simulation.workload.drawing import Draw, Verbs

verbs = Verbs()
NEXT_PAGE = re.compile(r'<https://[^/]+/prod([^>]+)>; rel="next"')


def note_next_page(knowledge: Knowledge, user: str, response: Response) -> None:
    """Note the next page, if an answer links to one."""
    link = NEXT_PAGE.search(response.headers.get("link", ""))
    if link:
        knowledge.note(user, "page", link[1])


@verbs.add(6)
def get_next_page(draw: Draw) -> Call:
    return draw.read(str(draw.pick("page").id))


@verbs.add(0.6)
def get_page_of_other_list(draw: Draw) -> Call:
    """Send the cursor of one list to another one, as a client with a mistake does."""
    path = str(draw.pick("page").id).partition("?")[0]
    return draw.read(f"{path}?{str(draw.other('page').id).partition('?')[2]}")
