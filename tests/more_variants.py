"""What inviting and deleting ask of DynamoDB, which depends on whom and on how much."""

from tests.budgets import ALL, BATCH, COUNT, GET, PUT, Route, Row
from tests.world import World

WORKSPACE = "/api/workspaces/{workspace_id}"
INVITE = ("POST", f"{WORKSPACE}/invitation")


def inviting(world: World) -> str:
    return f"{world.here}/invitation"


VARIANTS: dict[str, tuple[Route, Row]] = {
    "an invitation by slug": (
        INVITE,
        Row(
            inviting,
            [(BATCH, COUNT), BATCH, ALL, ALL],
            [GET, (BATCH, COUNT), BATCH, ALL, ALL],
            lambda _: {"slug": "udo-member"},
            beyond="whose slug it is, who that is, and two commits with the mail between them",
        ),
    ),
    "an invitation of somebody new": (
        INVITE,
        Row(
            inviting,
            [(BATCH, COUNT), ALL, ALL],
            [GET, (BATCH, COUNT), ALL, ALL],
            lambda _: {"email": "new@acme.example"},
        ),
    ),
    "an invitation that has been sent": (
        INVITE,
        Row(
            inviting,
            [(BATCH, COUNT), BATCH],
            [GET, (BATCH, COUNT), BATCH, PUT],
            lambda world: {"slug": world.users["invited"]},
        ),
    ),
}
