"""A refused request reads no contents, so that its time and cost tell nothing about what is hidden."""

import re

import pytest

from infra.testing.nouns import load_nouns
from infra.testing.request_cases import QUERY, RequestCase
from infra.testing.world import World

# These paths name an object that only the people of its workspace may see.
HIDDEN = ("{workspace_id}", "{stack_id}", "{activity_id}", "{comment_id}", "{invitation_id}", "{delegation_id}")
CASES = [
    case
    for noun in load_nouns().values()
    for case in noun.request_cases
    if case.caller == "owner" and any(name in case.path for name in HIDDEN)
]
NOT_REFUSED_FIRST = {
    "POST /api/workspaces/{workspace_id}",  # the id in the path has no meaning
    "GET /api/workspaces/{workspace_id}/outboxes",  # reads the caller's own delegations
}

# The past of an object, which may have been deleted: tests/api/test_history.py has what refusals read of it.
PAST = re.compile("history|[?]at$")


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name not in NOT_REFUSED_FIRST and not PAST.search(case.name)],
    ids=lambda case: case.name,
)
def test_a_refused_request_reads_no_contents(world: World, asked: list[str], case: RequestCase) -> None:
    sent = case.build_request(world)
    media_type = {"Content-Type": sent.headers.get("content-type", "")}
    for role in ("other user", "other account"):
        outsider = world.clients[role]
        request = outsider.build_request(sent.method, sent.url, content=sent.content, headers=media_type)
        asked.clear()
        refused = outsider.send(request)
        assert refused.status_code in (403, 404), (role, refused.text)
        assert QUERY not in asked, role
