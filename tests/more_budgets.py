"""What the routes about people ask of DynamoDB, in sequence."""

from collections.abc import Callable

from tests.budgets import ALL, BATCH, GET, QUERY, Route, Row
from tests.world import World

USER, ME = "/api/users/{user}", "/api/me"
COLLABORATE = "/api/users/mia-member/collaborate"
SOMEBODY = {"email": "new@acme.example", "first_name": "New", "last_name": "User"}


def after_following(tail: str) -> Callable[[World], str]:
    """An address under one's own, asked when the owner follows the member."""

    def address(world: World) -> str:
        assert world.owner.put(COLLABORATE).is_success
        return f"{ME}/{tail}"

    return address


BUDGET: dict[Route, Row] = {
    ("PUT", f"{USER}/collaborate"): Row(lambda _: COLLABORATE, [GET, BATCH, ALL], [GET, GET, BATCH, ALL]),
    ("GET", ME): Row(lambda _: ME, [BATCH]),
    ("PATCH", ME): Row(lambda _: ME, [BATCH, ALL], [GET, BATCH, ALL], lambda _: SOMEBODY),
    ("GET", f"{ME}/connections"): Row(
        lambda _: f"{ME}/connections", [QUERY, QUERY, QUERY, BATCH], beyond="one Query for each of two workspaces"
    ),
    ("GET", f"{ME}/follows"): Row(after_following("follows"), [QUERY, BATCH]),
    ("GET", f"{ME}/followings"): Row(after_following("followings"), [QUERY, BATCH], caller="member"),
}

# The same routes asked in another way, where that takes other requests.
VARIANTS: dict[str, tuple[Route, Row]] = {
    "somebody by id": (
        ("PUT", f"{USER}/collaborate"),
        Row(lambda world: f"/api/users/{world.users['member']}/collaborate", [BATCH, ALL], [GET, BATCH, ALL]),
    ),
}
