"""What each route asks of DynamoDB, in sequence."""

import re
from collections.abc import Callable
from itertools import islice

import httpx
import pytest

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.mail import sending
from chalicelib.storage.connection import client
from infra.testing.budgets import ALL, BATCH, COUNT, DELETE, GET, KEY, PUT, QUERY, Json, Route, Row, Step
from infra.testing.documents import example
from infra.testing.meter import Meter
from infra.testing.world import World, add, share
from tests.support import capacities, more_budgets, more_variants

ACTIONS = "/api/v2/actions.json"
ACTION = "/api/v2/actions/{action_id}"
ALL_WORKSPACES = "/api/workspaces"
WORKSPACE = "/api/workspaces/{workspace_id}"
INVITATION = "/api/invitations/{invitation_id}"
LINK = "/invitations/{token}"
STACK = f"{WORKSPACE}/stacks/{{stack_id}}"
CREDENTIALS, USERS, USER = "/api/credentials", "/api/users", "/api/users/{user}"
CREDENTIAL = f"{CREDENTIALS}/{{credential_id}}"
ACTIVITIES, ACTIVITY = "/api/activities", "/api/activities/{activity_id}"
SETTINGS = "/settings/api"
SETTING = f"{SETTINGS}/{{credential_id}}"

MOST_READS, MOST_WRITES = 2, 3  # and one of each more with an Idempotency-Key
CHANGE: tuple[list[Step], list[Step]] = [GET, BATCH, ALL], [GET, GET, BATCH, ALL]  # of an activity
SIDE_BY_SIDE = (QUERY, QUERY)
PAGE: list[Step] = [QUERY, SIDE_BY_SIDE]  # of settings: who is there, then their credentials
FROM_PAGE = {"Sec-Fetch-Site": "same-origin"}


TITLE, NAME, EXISTING = {"title": "x"}, {"name": "x"}, {"type": "Activity"}
GRANT = {"grant_type": "client_credentials"}


def an_action(world: World) -> str:
    return world.owner.post(ACTIONS, json=example("action")).headers["location"]


def a_full_stack(world: World) -> str:
    stack = world.stack()
    add(world.owner, stack)
    return stack


def a_full_workspace(world: World) -> str:
    a_full_stack(world)
    return world.here


def another_item(world: World) -> Json:
    """An item of another workspace, which is the dearest to move."""
    return {"type": "Activity", "id": add(world.owner, world.home)}


def an_invitation(world: World) -> str:
    """The address of an invitation to the owner from a member of another workspace."""
    theirs = share(world.member)
    [made] = world.member.post(f"/api/workspaces/{theirs}/invitation", json={"slug": world.users["owner"]}).json()
    return f"/api/invitations/{made['id']}"


def a_link(world: World) -> str:
    """The link in the mail to somebody new."""
    mails: list[Json] = []
    events = sending.client().meta.events
    events.register("before-parameter-build.sesv2.SendEmail", lambda params, **_: mails.append(params), "budget")
    try:
        world.owner.post(f"{world.here}/invitation", json={"email": "new@acme.example"})
    finally:
        events.unregister("before-parameter-build.sesv2.SendEmail", unique_id="budget")
    [text] = re.findall(r"/invitations/\S+", mails[0]["Content"]["Simple"]["Body"]["Text"]["Data"])
    return str(text)


NEWCOMER = {"email": "new@acme.example", "first_name": "New", "last_name": "User"}


def a_credential(world: World) -> str:
    return world.owner.post(CREDENTIALS, json={}).headers["location"]


def on_the_page(tail: str = "") -> Callable[[World], str]:
    return lambda world: a_credential(world).replace(CREDENTIALS, SETTINGS) + tail


def own_credential(world: World) -> str:
    """The address of the owner's, beside whom there is another."""
    a_credential(world)
    return f"{CREDENTIALS}/{world.owner.get(f'{CREDENTIALS}/self').json()['key']}"


def another_admin(world: World) -> str:
    address = f"{USERS}/{world.users['member']}"
    assert world.owner.patch(address, json={"role": "admin"}).status_code == 200
    return address


def an_activity(tail: str = "") -> Callable[[World], str]:
    return lambda world: world.activity() + tail


BUDGET: dict[Route, Row] = {
    ("GET", ACTIONS): Row(lambda _: ACTIONS, [QUERY]),
    ("POST", ACTIONS): Row(lambda _: ACTIONS, [COUNT, PUT], [GET, COUNT, ALL], lambda _: TITLE),
    ("GET", ACTION): Row(an_action, [GET]),
    ("PATCH", ACTION): Row(an_action, [GET, PUT], [GET, GET, ALL], lambda _: TITLE),
    ("DELETE", ACTION): Row(an_action, [GET, DELETE], [GET, GET, ALL]),
    ("GET", "/health"): Row(lambda _: "/health", []),
    ("GET", "/openapi.json"): Row(lambda _: "/openapi.json", []),
    ("GET", "/assets/app/no-profile.svg"): Row(lambda _: "/assets/app/no-profile.svg", []),
    ("GET", ALL_WORKSPACES): Row(lambda _: ALL_WORKSPACES, [QUERY, BATCH]),
    ("GET", f"{ALL_WORKSPACES}/invited"): Row(lambda _: f"{ALL_WORKSPACES}/invited", [QUERY]),
    ("GET", WORKSPACE): Row(lambda world: world.here, [BATCH]),
    ("POST", ALL_WORKSPACES): Row(lambda _: ALL_WORKSPACES, [GET, COUNT, ALL], [GET, GET, COUNT, ALL], lambda _: NAME),
    ("POST", WORKSPACE): Row(lambda _: "/api/workspaces/7", [GET, COUNT, ALL], [GET, GET, COUNT, ALL], lambda _: NAME),
    ("PATCH", WORKSPACE): Row(lambda world: world.here, [BATCH, PUT], [GET, BATCH, ALL], lambda _: NAME),
    ("DELETE", WORKSPACE): Row(
        a_full_workspace,
        [(BATCH, QUERY), (BATCH, QUERY), ALL],
        [GET, (BATCH, QUERY), (BATCH, QUERY), ALL],
    ),
    ("GET", f"{WORKSPACE}/members"): Row(lambda world: f"{world.here}/members", [QUERY, BATCH]),
    ("DELETE", f"{WORKSPACE}/members/{{user_id}}"): Row(
        lambda world: f"{world.here}/members/{world.users['member']}", [BATCH, ALL], [GET, BATCH, ALL]
    ),
    ("GET", f"{WORKSPACE}/inbox"): Row(lambda world: f"{world.here}/inbox", [QUERY, BATCH]),
    ("PUT", f"{WORKSPACE}/inbox"): Row(
        lambda world: f"{world.here}/inbox", [(GET, QUERY), BATCH, ALL], [GET, (GET, QUERY), BATCH, ALL], another_item
    ),
    ("GET", f"{WORKSPACE}/stacks"): Row(lambda world: f"{world.here}/stacks", [QUERY, BATCH]),
    ("POST", f"{WORKSPACE}/stacks"): Row(
        lambda world: f"{world.here}/stacks", [BATCH, COUNT, ALL], [GET, BATCH, COUNT, ALL], lambda _: NAME
    ),
    ("GET", STACK): Row(a_full_stack, [QUERY, BATCH]),
    ("PATCH", STACK): Row(a_full_stack, [QUERY, BATCH, PUT], [GET, QUERY, BATCH, ALL], lambda _: NAME),
    ("DELETE", STACK): Row(
        a_full_stack,
        [(BATCH, QUERY), (BATCH, QUERY), ALL],
        [GET, (BATCH, QUERY), (BATCH, QUERY), ALL],
    ),
    ("PUT", f"{STACK}/reorder"): Row(
        lambda world: f"{world.stack()}/reorder",
        [QUERY, BATCH, PUT],
        [GET, QUERY, BATCH, ALL],
        lambda world: {"position": 0 if world.stack() else None},
    ),
    ("GET", f"{ALL_WORKSPACES}/items"): Row(
        lambda world: world.activity() and f"{ALL_WORKSPACES}/items",
        [QUERY, SIDE_BY_SIDE, BATCH],
        beyond="what lies in both workspaces is known when they are, who stands in it when that is",
    ),
    ("GET", f"{WORKSPACE}/items"): Row(lambda world: f"{world.here}/items", [QUERY, BATCH]),
    ("POST", f"{WORKSPACE}/items"): Row(
        lambda world: f"{world.here}/items", [(BATCH, COUNT), ALL], [GET, (BATCH, COUNT), ALL], lambda _: NAME
    ),
    ("GET", f"{STACK}/items"): Row(lambda world: f"{a_full_stack(world)}/items", [QUERY, BATCH]),
    ("POST", f"{STACK}/items"): Row(
        lambda world: f"{world.stack()}/items", [BATCH, ALL], [GET, BATCH, ALL], another_item
    ),
    ("GET", f"{WORKSPACE}/archive"): Row(lambda world: f"{world.home}/archive", [QUERY, BATCH]),
    ("PUT", f"{WORKSPACE}/archive"): Row(
        lambda world: f"{world.home}/archive", [BATCH, ALL], [GET, BATCH, ALL], another_item
    ),
    ("GET", f"{WORKSPACE}/outboxes"): Row(lambda world: f"{world.here}/outboxes", [QUERY, BATCH]),
    ("GET", ACTIVITIES): Row(lambda world: world.activity() and ACTIVITIES, [SIDE_BY_SIDE, BATCH]),
    ("POST", ACTIVITIES): Row(lambda _: ACTIVITIES, [(GET, COUNT), ALL], [GET, (GET, COUNT), ALL], lambda _: NAME),
    ("GET", ACTIVITY): Row(an_activity(), [GET, BATCH]),
    ("PATCH", ACTIVITY): Row(an_activity(), *CHANGE, lambda _: {"name": "y"}),
    ("DELETE", ACTIVITY): Row(an_activity(), *CHANGE),
    ("PUT", f"{ACTIVITY}/move"): Row(an_activity("/move"), *CHANGE, lambda world: {"workspace_id": world.personal}),
    ("PUT", f"{ACTIVITY}/blox/{{block_id}}"): Row(World.block, *CHANGE, lambda _: {"value": "high"}),
    **{("PUT", f"{ACTIVITY}/{one}"): Row(an_activity(f"/{one}"), *CHANGE) for one in ("play", "finish", "delete")},
    ("PUT", f"{ACTIVITY}/pause"): Row(lambda world: f"{world.activity('play')}/pause", *CHANGE),
    ("PUT", f"{ACTIVITY}/take_over"): Row(
        lambda world: f"{ACTIVITIES}/{add(world.member, world.here)}/take_over", *CHANGE
    ),
    ("POST", f"{WORKSPACE}/invitation"): Row(
        lambda world: f"{world.here}/invitation",
        [(BATCH, COUNT), ALL, ALL],  # the mail goes out between both
        [GET, (BATCH, COUNT), ALL, ALL],
        lambda world: {"slug": world.users["other user"]},
    ),
    ("GET", "/api/invitations"): Row(lambda world: an_invitation(world).rpartition("/")[0], [QUERY, BATCH]),
    ("GET", INVITATION): Row(an_invitation, [GET, BATCH]),
    ("PUT", f"{INVITATION}/accept"): Row(
        lambda world: f"{an_invitation(world)}/accept",
        [GET, BATCH, ALL],
        [GET, GET, BATCH, ALL],
    ),
    ("PUT", f"{INVITATION}/decline"): Row(
        lambda world: f"{an_invitation(world)}/decline",
        [GET, BATCH, ALL],
        [GET, GET, BATCH, ALL],
    ),
    ("DELETE", INVITATION): Row(
        lambda world: world.invite("other user"),
        [GET, BATCH, ALL],
        [GET, GET, BATCH, ALL],
    ),
    ("GET", CREDENTIALS): Row(lambda _: CREDENTIALS, [SIDE_BY_SIDE]),
    ("POST", CREDENTIALS): Row(
        lambda _: CREDENTIALS, [BATCH, GET, ALL], [GET, BATCH, GET, ALL], lambda _: {"user": "mia-member"}
    ),
    ("GET", f"{CREDENTIALS}/self"): Row(lambda _: f"{CREDENTIALS}/self", [BATCH]),
    ("GET", CREDENTIAL): Row(a_credential, [BATCH]),
    ("PATCH", CREDENTIAL): Row(a_credential, [BATCH, ALL], [GET, BATCH, ALL], lambda _: {"expires_at": "2099-01-01"}),
    ("POST", f"{CREDENTIAL}/rotate"): Row(
        lambda world: f"{a_credential(world)}/rotate", [BATCH, ALL], [GET, BATCH, ALL], lambda _: {}
    ),
    ("DELETE", CREDENTIAL): Row(a_credential, [BATCH, ALL], [GET, BATCH, ALL]),
    ("GET", USERS): Row(lambda _: USERS, [QUERY]),
    ("POST", USERS): Row(lambda _: USERS, [BATCH, COUNT, ALL], [GET, BATCH, COUNT, ALL], lambda _: NEWCOMER),
    ("GET", USER): Row(lambda _: f"{USERS}/mia-member", [BATCH, GET]),
    ("PATCH", USER): Row(
        lambda _: f"{USERS}/mia-member", [BATCH, GET, ALL], [GET, BATCH, GET, ALL], lambda _: NEWCOMER
    ),
    ("DELETE", USER): Row(
        lambda _: f"{USERS}/mia-member",
        [BATCH, GET, QUERY, ALL, (QUERY, QUERY, QUERY), ALL, ALL, ALL],
        [GET, BATCH, GET, QUERY, ALL, (QUERY, QUERY, QUERY), ALL, ALL, ALL],
        beyond="goes in steps: credentials, invitations, delegations, memberships with followers",
    ),
    ("POST", "/oauth/token"): Row(lambda _: "/oauth/token", [GET, PUT], body=lambda _: GRANT),
    ("GET", "/api/session/rate_limit"): Row(lambda _: "/api/session/rate_limit", []),
    ("GET", "/api/session/context"): Row(lambda _: "/api/session/context", [BATCH]),
    ("GET", "/api/audit"): Row(lambda _: "/api/audit", [GET, QUERY]),
    ("GET", "/"): Row(lambda _: "/", []),
    ("GET", "/docs"): Row(lambda _: "/docs", []),
    ("GET", "/assets/app/style.css"): Row(lambda _: "/assets/app/style.css", []),
    ("GET", "/assets/app/docs.js"): Row(lambda _: "/assets/app/docs.js", []),
    ("GET", "/assets/app/settings.js"): Row(lambda _: "/assets/app/settings.js", []),
    ("GET", "/assets/app/icon.svg"): Row(lambda _: "/assets/app/icon.svg", []),
    ("GET", SETTINGS): Row(lambda _: SETTINGS, PAGE),
    ("POST", SETTINGS): Row(
        lambda _: SETTINGS,
        [BATCH, ALL, *PAGE],
        [GET, BATCH, ALL, *PAGE, PUT],
        form={"scope": "read"},
        beyond="shows the page anew",
        headers=FROM_PAGE,
    ),
    ("POST", SETTING): Row(on_the_page(), [BATCH, ALL], [GET, BATCH, ALL, PUT], form={"label": "x"}, headers=FROM_PAGE),
    ("POST", f"{SETTING}/rotate"): Row(
        on_the_page("/rotate"),
        [BATCH, ALL, *PAGE],
        [GET, BATCH, ALL, *PAGE, PUT],
        form={"overlap": "0"},
        beyond="shows the page anew",
        headers=FROM_PAGE,
    ),
    ("POST", f"{SETTING}/revoke"): Row(on_the_page("/revoke"), [BATCH, ALL], [GET, BATCH, ALL, PUT], headers=FROM_PAGE),
    ("GET", LINK): Row(a_link, [GET, BATCH]),
    ("POST", LINK): Row(
        a_link,
        [GET, BATCH, ALL],
        form={"first_name": "New", "last_name": "User"},
    ),
}


def of_a_member(world: World) -> Json:
    """An item in which somebody stands whom nobody has read yet."""
    return {"type": "Activity", "id": add(world.member, world.stack())}


# The same routes asked in another way, where that takes other requests.
VARIANTS: dict[str, tuple[Route, Row]] = {
    "an item that is here": (
        ("POST", f"{WORKSPACE}/items"),
        Row(lambda world: f"{world.here}/items", [BATCH, ALL], [GET, BATCH, ALL], another_item),
    ),
    "a new item on a stack": (
        ("POST", f"{STACK}/items"),
        Row(lambda world: f"{world.stack()}/items", [(BATCH, COUNT), ALL], [GET, (BATCH, COUNT), ALL], lambda _: NAME),
    ),
    "somebody else's item": (
        ("POST", f"{STACK}/items"),
        Row(lambda world: f"{world.stack()}/items", [BATCH, BATCH, ALL], [GET, BATCH, BATCH, ALL], of_a_member),
    ),
    "somebody else's item on the inbox": (
        ("PUT", f"{WORKSPACE}/inbox"),
        Row(
            lambda world: f"{world.here}/inbox",
            [(GET, QUERY), BATCH, ALL],
            [GET, (GET, QUERY), BATCH, ALL],
            of_a_member,
        ),
    ),
    "a new item on the inbox": (
        ("PUT", f"{WORKSPACE}/inbox"),
        Row(
            lambda world: f"{world.here}/inbox",
            [(QUERY, COUNT), BATCH, ALL],
            [GET, (QUERY, COUNT), BATCH, ALL],
            lambda _: NAME,
        ),
    ),
    "a member's workspace": (
        ("GET", WORKSPACE),
        Row(lambda world: world.here, [BATCH, BATCH], caller="member"),
    ),
    "one's own credential, when another admin's has to be found": (
        ("DELETE", CREDENTIAL),
        Row(own_credential, [BATCH, SIDE_BY_SIDE, ALL], [GET, BATCH, SIDE_BY_SIDE, ALL]),
    ),
    "a credential for oneself": (
        ("POST", CREDENTIALS),
        Row(lambda _: CREDENTIALS, [BATCH, ALL], [GET, BATCH, ALL], lambda _: {}),
    ),
    "an admin who becomes a member": (
        ("PATCH", USER),
        Row(
            lambda world: another_admin(world) and f"{USERS}/ada-admin",
            [BATCH, SIDE_BY_SIDE, ALL],
            [GET, BATCH, SIDE_BY_SIDE, ALL],
            lambda _: {"role": "member"},
        ),
    ),
    "an update that changes nothing": (
        ("PATCH", WORKSPACE),
        Row(lambda world: world.here, [BATCH], [GET, BATCH, PUT], lambda _: {}),
    ),
}

BUDGET |= more_budgets.BUDGET
VARIANTS |= more_budgets.VARIANTS | more_variants.VARIANTS
HOW = ["plain", "with an Idempotency-Key"]
CASES = {" ".join(route): (route, row) for route, row in BUDGET.items()} | VARIANTS


@pytest.mark.parametrize("with_key", [False, True], ids=HOW)
@pytest.mark.parametrize(("route", "row"), CASES.values(), ids=CASES)
def test_each_route_asks_of_dynamodb_exactly_its_budget(
    world: World, asked: list[str], meter: Meter, request: pytest.FixtureRequest, route: Route, row: Row, with_key: bool
) -> None:
    address, body = row.address(world), row.body(world) if row.body else None
    world.clients[row.caller].get("/api/workspaces")  # the first use of a day is noted
    asked.clear()
    with meter.on(client):
        answer = world.clients[row.caller].request(
            route[0], address, json=body, data=row.form, headers=row.headers | (KEY if with_key else {})
        )
    assert answer.status_code < 400, answer.text
    authorizer: list[Step] = [] if route in OPEN else [GET]
    budget = row.keyed if with_key and row.keyed is not None else row.plain
    assert stepwise(asked, authorizer + budget) == authorizer + budget
    assert f"calls={len(asked) - len(authorizer)} " in answer.headers["server-timing"]
    case, units = request.node.callspec.id, capacities.of(meter.noted[len(authorizer) :])
    if request.config.getoption("--keep-capacities"):
        capacities.keep(case, units)
    assert capacities.kept().get(case) == units, "read and write units; `make capacities` keeps what is meant to change"


def test_the_units_of_nothing_else_are_kept() -> None:
    assert set(capacities.kept()) == {f"{case}-{how}" for how in HOW for case in CASES}


def stepwise(asked: list[str], budget: list[Step]) -> list[Step]:
    """What was asked, with what may go side by side put together."""
    left = iter(asked)
    steps = [tuple(sorted(islice(left, len(step)))) if isinstance(step, tuple) else next(left, "") for step in budget]
    return [*steps, *left]


OPEN = [(endpoint.methods[0], endpoint.paths[0]) for endpoint in ENDPOINTS if endpoint.is_open]


def test_every_route_has_a_budget() -> None:
    assert {(endpoint.methods[0], endpoint.paths[0]) for endpoint in ENDPOINTS} == set(BUDGET)


@pytest.mark.parametrize(("route", "row"), CASES.values(), ids=CASES)
def test_no_budget_is_large(route: Route, row: Row) -> None:
    most = MOST_READS if route[0] == "GET" else MOST_WRITES
    for extra, operations in enumerate(filter(None, [row.plain, row.keyed])):
        assert (len(operations) <= most + extra) != bool(row.beyond), row.beyond


def test_a_place_on_a_canvas_costs_one_request_and_only_when_it_is_new(ada: httpx.Client, asked: list[str]) -> None:
    action = example("action")
    one = ada.post(ACTIONS, json=action).headers["location"]
    assert asked[-3:] == [COUNT, COUNT, PUT]
    asked.clear()
    ada.patch(one, json=action | {"id": 1, "title": "y"})
    assert asked == [GET, GET, PUT]
