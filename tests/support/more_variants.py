"""What inviting and deleting ask of DynamoDB, which depends on whom and on how much."""

from infra.testing.budgets import ALL, BATCH, COUNT, GET, PUT, QUERY, STEP, Route, Row
from infra.testing.world import World
from tests.support.seed_items import fill

WORKSPACE = "/api/workspaces/{workspace_id}"
LARGE = 34  # more items than one transaction moves
INVITE = ("POST", f"{WORKSPACE}/invitation")


def inviting(world: World) -> str:
    return f"{world.here}/invitation"


def a_large_stack(world: World) -> str:
    stack = world.stack()
    fill(world.account, world.users["owner"], world.workspace, int(stack.rpartition("/")[2]), LARGE)
    return stack


def a_large_workspace(world: World) -> str:
    a_large_stack(world)
    return world.here


def a_discussed_workspace(world: World) -> str:
    for _ in range(2):
        assert world.member.post(f"{world.activity()}/comments", json={"body": "x"}).is_success
    return world.here


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
    "a large stack": (
        ("DELETE", f"{WORKSPACE}/stacks/{{stack_id}}"),
        Row(
            a_large_stack,
            [(BATCH, QUERY), PUT, *STEP, *STEP, QUERY, ALL],
            [GET, (BATCH, QUERY), PUT, *STEP, *STEP, QUERY, ALL],
            beyond="goes in steps of items",
        ),
    ),
    "a large workspace": (
        ("DELETE", WORKSPACE),
        Row(
            a_large_workspace,
            [(BATCH, QUERY), (BATCH, QUERY), PUT, *STEP, *STEP, QUERY, QUERY, ALL, QUERY, ALL, ALL],
            [GET, (BATCH, QUERY), (BATCH, QUERY), PUT, *STEP, *STEP, QUERY, QUERY, ALL, QUERY, ALL, ALL],
            beyond="goes in steps: items, stacks, members",
        ),
    ),
    "a workspace in which something was said": (
        ("DELETE", WORKSPACE),
        Row(
            a_discussed_workspace,
            [(BATCH, QUERY), (BATCH, QUERY, QUERY, QUERY), ALL],
            [GET, (BATCH, QUERY), (BATCH, QUERY, QUERY, QUERY), ALL],
        ),
    ),
}
