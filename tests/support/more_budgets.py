"""What the routes of clients beyond the documents ask of DynamoDB, in sequence."""

from collections.abc import Callable

from infra.testing.budgets import ALL, BATCH, COUNT, GET, PUT, QUERY, Json, Route, Row
from infra.testing.world import World, add, created, put

USER, ME = "/api/users/{user}", "/api/me"
FLAT = "/api/stacks/{stack_id}"
COMMENTS, COMMENT = "/api/activities/{activity_id}/comments", "/api/comments/{comment_id}"
ACTIVITY = "/api/activities/{activity_id}"
DELEGATIONS, DELEGATION = "/api/delegations", "/api/delegations/{delegation_id}"
LISTS = ("", "/pending", "/incoming", "/incoming/pending", "/outgoing", "/outgoing/pending")
TELLS = "its mail goes out between two commits, so that one that fails is noted"
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


def a_delegation(tail: str = "") -> Callable[[World], str]:
    """The address of a new delegation by the owner to the member."""
    return lambda world: world.delegate(to="member") + tail


def delegated(tail: str, *verbs: str) -> Callable[[World], str]:
    """The address of an activity that is delegated for sign-off to somebody outside, who has done this with it."""

    def address(world: World) -> str:
        one = world.activity()
        world.delegate(one, sign_off=True)
        for verb in verbs:
            assert world.clients["other user"].put(f"{one}/{verb}").is_success
        return one + tail

    return address


def to_somebody(world: World) -> Json:
    return {"slug": world.users["other user"]}


def after_delegating(side: str) -> Callable[[World], str]:
    """The address of a list of delegations, asked when the owner has delegated something."""

    def address(world: World) -> str:
        world.delegate()
        return f"{DELEGATIONS}{side}"

    return address


BUDGET: dict[Route, Row] = {
    **{
        ("GET", f"{DELEGATIONS}{side}"): Row(
            after_delegating(side), [QUERY, BATCH], caller="other user" if "incoming" in side else "owner"
        )
        for side in LISTS
    },
    ("GET", DELEGATION): Row(a_delegation(), [BATCH, BATCH]),
    ("PUT", f"{DELEGATION}/accept"): Row(
        a_delegation("/accept"), [BATCH, BATCH, ALL], [GET, BATCH, BATCH, ALL], caller="member"
    ),
    ("PUT", f"{DELEGATION}/decline"): Row(
        a_delegation("/decline"), [BATCH, BATCH, ALL], [GET, BATCH, BATCH, ALL], caller="member"
    ),
    ("POST", f"{DELEGATION}/redelegate"): Row(
        a_delegation("/redelegate"),
        [BATCH, (BATCH, COUNT), ALL, ALL],
        [GET, BATCH, (BATCH, COUNT), ALL, ALL, PUT],
        to_somebody,
        beyond=TELLS,
    ),
    ("PUT", f"{ACTIVITY}/delegate"): Row(
        lambda world: f"{world.activity()}/delegate",
        [GET, (BATCH, COUNT), ALL, ALL],
        [GET, GET, (BATCH, COUNT), ALL, ALL, PUT],
        to_somebody,
        beyond=TELLS,
    ),
    **{
        ("PUT", f"{ACTIVITY}/{verb}"): Row(
            delegated(f"/{verb}", *before), [GET, BATCH, ALL], [GET, GET, BATCH, ALL], caller=caller
        )
        for verb, caller, before in (
            ("accept", "other user", ()),
            ("decline", "other user", ()),
            ("take_back", "owner", ("accept",)),
            ("approve", "owner", ("accept", "finish")),
            ("reject", "owner", ("accept", "finish")),
        )
    },
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
    "an address that is not known": (
        ("PUT", f"{ACTIVITY}/delegate"),
        Row(
            lambda world: f"{world.activity()}/delegate",
            [(GET, GET), (BATCH, COUNT), ALL, ALL],
            [GET, (GET, GET), (BATCH, COUNT), ALL, ALL, PUT],
            lambda _: {"email": "jane@doe.example.org"},
            beyond=TELLS,
        ),
    ),
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
