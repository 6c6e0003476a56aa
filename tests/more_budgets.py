"""What the routes of clients beyond the documents ask of DynamoDB, in sequence."""

from collections.abc import Callable

from tests.budgets import ALL, BATCH, COUNT, GET, PUT, QUERY, Json, Route, Row
from tests.world import World, add, created, put

USER, ME = "/api/users/{user}", "/api/me"
FLAT = "/api/stacks/{stack_id}"
COMMENTS, COMMENT = "/api/activities/{activity_id}/comments", "/api/comments/{comment_id}"
WHERE = "its workspace has to be found"
COLLABORATE = "/api/users/mia-member/collaborate"
SOMEBODY = {"email": "new@acme.example", "first_name": "New", "last_name": "User"}


def after_following(tail: str) -> Callable[[World], str]:
    """An address under one's own, asked when the owner follows the member."""

    def address(world: World) -> str:
        assert world.owner.put(COLLABORATE).is_success
        return f"{ME}/{tail}"

    return address


def flat(world: World, tail: str = "") -> str:
    """The address of a new stack with an item by its id alone."""
    stack = world.stack()
    add(world.owner, stack)
    return f"/api/stacks/{stack.rpartition('/')[2]}{tail}"


def discussion(world: World) -> str:
    """Where an item is discussed that has been commented on already."""
    address = f"/api/activities/{world.item()}/comments"
    created(world.member.post(address, json={"body": "x"}))
    return address


def a_comment(world: World) -> str:
    return created(world.owner.post(discussion(world), json={"body": "x"}))


def a_moved_comment(world: World) -> str:
    comment = a_comment(world)
    activity = world.owner.get(comment).json()["activity_id"]
    assert put(world.owner, world.home, activity).status_code == 200
    return comment


def an_item_of_elsewhere(world: World) -> Json:
    return {"type": "Activity", "id": add(world.owner, world.home)}


BUDGET: dict[Route, Row] = {
    ("PUT", f"{USER}/collaborate"): Row(lambda _: COLLABORATE, [GET, BATCH, ALL], [GET, GET, BATCH, ALL]),
    ("GET", ME): Row(lambda _: ME, [BATCH]),
    ("PATCH", ME): Row(lambda _: ME, [BATCH, ALL], [GET, BATCH, ALL], lambda _: SOMEBODY),
    ("GET", f"{ME}/connections"): Row(
        lambda _: f"{ME}/connections",
        [QUERY, (QUERY, QUERY), BATCH],
        beyond="which workspaces, who is in each of both, and who that is",
    ),
    ("GET", f"{ME}/follows"): Row(after_following("follows"), [QUERY, BATCH]),
    ("GET", f"{ME}/followings"): Row(after_following("followings"), [QUERY, BATCH], caller="member"),
    ("GET", FLAT): Row(flat, [BATCH, QUERY, BATCH], beyond=WHERE),
    ("PATCH", FLAT): Row(
        flat, [BATCH, QUERY, BATCH, PUT], [GET, BATCH, QUERY, BATCH, ALL], lambda _: {"name": "x"}, beyond=WHERE
    ),
    ("DELETE", FLAT): Row(
        flat,
        [BATCH, (BATCH, QUERY), (BATCH, QUERY), ALL],
        [GET, BATCH, (BATCH, QUERY), (BATCH, QUERY), ALL],
        beyond=WHERE,
    ),
    ("GET", f"{FLAT}/items"): Row(lambda world: flat(world, "/items"), [BATCH, QUERY, BATCH], beyond=WHERE),
    ("POST", f"{FLAT}/items"): Row(
        lambda world: flat(world, "/items"), [BATCH, BATCH, ALL], [GET, BATCH, BATCH, ALL], an_item_of_elsewhere
    ),
    ("GET", COMMENTS): Row(discussion, [(GET, QUERY), BATCH]),
    ("POST", COMMENTS): Row(
        discussion, [(GET, COUNT), BATCH, ALL], [GET, (GET, COUNT), BATCH, ALL], lambda _: {"body": "y"}
    ),
    ("GET", COMMENT): Row(a_comment, [GET, BATCH]),
    ("PATCH", COMMENT): Row(a_comment, [GET, BATCH, PUT], [GET, GET, BATCH, ALL], lambda _: {"body": "y"}),
    ("DELETE", COMMENT): Row(a_comment, [GET, BATCH, ALL], [GET, GET, BATCH, ALL]),
}

# The same routes asked in another way, where that takes other requests.
VARIANTS: dict[str, tuple[Route, Row]] = {
    "a comment on what has been moved since": (
        ("GET", COMMENT),
        Row(a_moved_comment, [GET, BATCH, BATCH], beyond="on what it is, where that is now, who may enter"),
    ),
    "somebody by id": (
        ("PUT", f"{USER}/collaborate"),
        Row(lambda world: f"/api/users/{world.users['member']}/collaborate", [BATCH, ALL], [GET, BATCH, ALL]),
    ),
    "the first comment": (
        ("POST", COMMENTS),
        Row(
            lambda world: f"/api/activities/{world.item()}/comments",
            [(GET, COUNT), BATCH, ALL],
            [GET, (GET, COUNT), BATCH, ALL],
            lambda _: {"body": "y"},
        ),
    ),
    "a new item on a stack by its id alone": (
        ("POST", f"{FLAT}/items"),
        Row(
            lambda world: flat(world, "/items"),
            [BATCH, (BATCH, COUNT), ALL],
            [GET, BATCH, (BATCH, COUNT), ALL],
            lambda _: {"name": "x"},
        ),
    ),
}
