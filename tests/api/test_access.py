"""Permissions: one table of every route says how it answers each role in a workspace."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest

import app  # noqa: F401 - registers every route
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.routes.measurements_by_date import path_of
from infra.testing.nouns import (
    changes,
    mcp,
    measurements_by_date,
    ogsm_objects,
    ogsm_pages,
    ogsm_plans,
    ogsm_series,
    undo,
)
from infra.testing.world import (
    ROLES,
    World,
    create_item,
    create_workspace,
    location_of,
)
from tests.support import access_page, admin_access, histories, ogsm
from tests.support.everybody import FORMER, GRANT, TOKEN, open_everybody

Json = dict[str, Any]

WORKSPACES, WORKSPACE = "/api/workspaces", "/api/workspaces/{workspace_id}"
STACK, INVITATION = f"{WORKSPACE}/stacks/{{stack_id}}", "/api/invitations/{invitation_id}"
CREDENTIALS, USERS, SETTINGS = "/api/credentials", "/api/users", "/settings/api"
COMMENTS, COMMENT, ME = "/api/activities/{activity_id}/comments", "/api/comments/{comment_id}", "/api/me"
CREDENTIAL, FLAT = f"{CREDENTIALS}/{{credential_id}}", "/api/stacks/{stack_id}"
ACTION, ACTIVITY = "/api/v2/actions/{action_id}", "/api/activities/{activity_id}"
DELEGATIONS, DELEGATION = "/api/delegations", "/api/delegations/{delegation_id}"
LISTS = ("", "/pending", "/incoming", "/incoming/pending", "/outgoing", "/outgoing/pending")
SCRIPTS = ("docs.js", "docs-try.js", "docs-samples.js", "copy.js", "settings.js")
FILES = (*SCRIPTS, "style.css", "docs.css", "ogsm.css", "icon.svg")  # of pages
OPEN_PAGES = ("/health", "/", "/docs", "/docs.md", "/llms.txt", "/openapi.json", "/favicon.ico")
PICTURES = ("no-profile.svg", "no-profile.jpg")
NAME, TITLE = {"name": "x"}, {"title": "x"}

# In the order of ROLES: owner, member, invited, other user, other account, read credential of the owner, nobody. A
# former member may do what another user may. An access token of the owner may do what its credential may, or `token`.
INSIDE_READ, OWN_READ = (200, 200, 403, 404, 404, 200, 401), (200, 200, 200, 200, 200, 200, 401)
OF_ACCOUNT_READ = (200, 200, 200, 200, 404, 200, 401)
BY_DELEGEE = ((403, 200, 404, 404, 404, 403, 401), (403, 200, 403, 404, 404, 403, 401))  # by its id, by its activity's
OPEN = (200,) * 7
OWN_PAGES_ONLY = (403, 403, 403, 403, 403, 403, 401)  # who may do what on the page is in test_settings.py


def write(status: int, member: int = 0, invited: int = 403, other: int = 404) -> tuple[int, ...]:
    """Return the statuses of a write. Members get that of the owner unless `member` says another."""
    return (status, member or status, invited, other, 404, 403, 401)


def own_write(status: int) -> tuple[int, ...]:
    """Return the statuses of a write that all users may do for themselves."""
    return (status, status, status, status, status, 403, 401)


@dataclass(frozen=True)
class Row:
    """A route: the status for each role, and the address and body to call it with, made anew after each change."""

    statuses: tuple[int, ...]
    address: Callable[[World], str]
    body: Callable[[World], Json] | None = None
    token: int | None = None

    @property
    def expected(self) -> dict[str, int]:
        """The status for each person."""
        of_roles = dict(zip(ROLES, self.statuses, strict=True))
        token = self.token or of_roles["owner"]
        return of_roles | {FORMER: of_roles["other user"], TOKEN: token}


def a_workspace(world: World) -> str:
    return world.workspace_url


def another_workspace(world: World) -> str:
    """Return the address of a new workspace of the same people."""
    other = replace(world, workspace=create_workspace(world.owner))
    other.join("member")
    other.invite("invited")
    return other.workspace_url


def action(world: World) -> str:
    return world.owner.post("/api/v2/actions.json", json=TITLE).headers["location"]


def membership(world: World) -> str:
    """Return the address of the member's membership, after joining again if it was deleted."""
    members = world.owner.get(f"{world.workspace_url}/members").json()
    if world.users["member"] not in [one["id"] for one in members]:
        world.join("member")
    return f"{world.workspace_url}/members/{world.users['member']}"


def invitation(world: World) -> str:
    """Return the address of a new invitation to the user who is invited but no member."""
    for old in world.invited.get("/api/invitations").json():
        if old["workspace"]["id"] == world.workspace:
            world.owner.delete(f"/api/invitations/{old['id']}")
    return world.invite("invited")


def credential(world: World) -> str:
    """Return the address of a new credential of the owner, who is an admin."""
    return location_of(world.owner.post(CREDENTIALS, json={}))


def setting(tail: str) -> Callable[[World], str]:
    return lambda world: credential(world).replace(CREDENTIALS, SETTINGS) + tail


def somebody(_: World) -> Json:
    """Return the fields of a new user with an email address that nobody has."""
    return {"email": f"{uuid4().hex}@acme.example", "first_name": "New", "last_name": "User"}


def colleague(world: World) -> str:
    return location_of(world.owner.post(USERS, json=somebody(world)))


def nothing(_: World) -> Json:
    return {}


def flat(world: World) -> str:
    """Return the address of a new stack without its workspace."""
    return "/api/stacks/" + world.stack().rpartition("/")[2]


def discussion(world: World) -> str:
    return f"/api/activities/{world.item()}/comments"


def comment(world: World) -> str:
    """Return the address of a new comment of the owner."""
    return location_of(world.owner.post(discussion(world), json={"body": "x"}))


def an_item(world: World) -> Json:
    return {"type": "Activity", "id": world.item()}


def activity(tail: str = "") -> Callable[[World], str]:
    return lambda world: world.activity() + tail


def delegation(tail: str = "") -> Callable[[World], str]:
    """Return a function for the address of a new delegation from the owner to the member."""
    return lambda world: world.delegate(to="member") + tail


def delegated(tail: str, *verbs: str) -> Callable[[World], str]:
    """Return a function for the address of a new activity that the owner delegated to the member for sign-off.

    The member has then done `verbs` with it.
    """

    def address(world: World) -> str:
        one = world.activity()
        world.delegate(one, "member", sign_off=True)
        for verb in verbs:
            assert world.member.put(f"{one}/{verb}").is_success
        return one + tail

    return address


def to_udo(world: World) -> Json:
    return {"slug": world.users["other user"]}


def at(tail: str) -> Callable[[World], str]:
    return lambda world: world.workspace_url + tail


def always(address: str) -> Callable[[World], str]:
    return lambda _: address


def name(_: World) -> Json:
    return NAME


def rows_of_object(
    method: str, path: str, existing: Callable[[World], str], body: Callable[[World], Json]
) -> dict[tuple[str, str], Row]:
    """Return the routes of one object of the OGSM API. `method` is the one that changes it."""
    read, deleted = Row(OF_ACCOUNT_READ, existing), Row(write(200, 200, 200, 200), existing)
    return {("GET", path): read, (method, path): replace(deleted, body=body), ("DELETE", path): deleted}


def ogsm_rows(noun: OgsmNoun) -> dict[tuple[str, str], Row]:
    """Return the routes of a noun of the OGSM API, which are like those of actions."""
    every, one = ogsm_objects.list_path(noun), ogsm_objects.object_path(noun)
    existing, new = partial(ogsm_objects.create, noun), partial(ogsm_objects.new_body, noun)
    rows = {("GET", path): Row(OWN_READ, always(path)) for path in (every, ogsm_objects.csv_path(noun))}
    rows[("POST", every)] = Row(own_write(201), always(every), new)
    rows |= rows_of_object("PATCH", one, existing, lambda _: ogsm_objects.changed_body(noun))
    if noun.measured:
        by_date = partial(measurements_by_date.create, noun)
        rows |= rows_of_object("PUT", path_of(noun), by_date, lambda _: measurements_by_date.BODY)
    return rows


TABLE: dict[tuple[str, str], Row] = {
    **{("GET", page): Row(OPEN, always(page)) for page in OPEN_PAGES},
    ("GET", "/docs/{page_name}"): Row(OPEN, always("/docs/actions.md")),
    **{("GET", f"/assets/app/{one}"): Row(OPEN, always(f"/assets/app/{one}")) for one in FILES},
    ("GET", ogsm_pages.CANVAS): Row(OF_ACCOUNT_READ, ogsm_pages.create_canvas),
    ("GET", "/settings"): Row((303,) * 7, always("/settings")),
    ("GET", SETTINGS): Row(OWN_READ, always(SETTINGS)),
    ("POST", SETTINGS): Row(OWN_PAGES_ONLY, always(SETTINGS), nothing),
    ("POST", f"{SETTINGS}/{{credential_id}}"): Row(OWN_PAGES_ONLY, setting(""), nothing),
    ("POST", f"{SETTINGS}/{{credential_id}}/rotate"): Row(OWN_PAGES_ONLY, setting("/rotate"), nothing),
    ("POST", f"{SETTINGS}/{{credential_id}}/revoke"): Row(OWN_PAGES_ONLY, setting("/revoke"), nothing),
    **{("GET", f"/assets/app/{one}"): Row(OPEN, always(f"/assets/app/{one}")) for one in PICTURES},
    ("GET", "/invitations/{token}"): Row((404,) * 7, always("/invitations/1-x")),
    ("POST", "/invitations/{token}"): Row((404,) * 7, always("/invitations/1-x")),
    ("GET", "/address-changes/{token}"): Row((404,) * 7, always("/address-changes/1-x")),
    ("POST", "/address-changes/{token}"): Row((404,) * 7, always("/address-changes/1-x")),
    **{("GET", path): Row(OWN_READ, always(path)) for path in ("/ogsm", "/api/v2/actions.json", "/api/v2/actions.csv")},
    ("POST", "/api/v2/actions.json"): Row(own_write(201), always("/api/v2/actions.json"), lambda _: TITLE),
    **rows_of_object("PATCH", ACTION, action, lambda _: TITLE),
    **{route: row for noun in NOUNS for route, row in ogsm_rows(noun).items()},
    **{("GET", path): Row(OF_ACCOUNT_READ, partial(ogsm_plans.create_for, path)) for path in ogsm_plans.PATHS},
    **{("GET", path): Row(OF_ACCOUNT_READ, partial(ogsm_series.create_for, path)) for path in ogsm_series.PATHS},
    ("GET", WORKSPACES): Row(OWN_READ, always(WORKSPACES)),
    ("GET", f"{WORKSPACES}/invited"): Row(OWN_READ, always(f"{WORKSPACES}/invited")),
    ("GET", WORKSPACE): Row((200, 200, 200, 404, 404, 200, 401), a_workspace),
    ("POST", WORKSPACES): Row(own_write(201), always(WORKSPACES), name),
    ("POST", WORKSPACE): Row(own_write(201), a_workspace, name),
    ("PATCH", WORKSPACE): Row(write(200, 403), a_workspace, name),
    ("DELETE", WORKSPACE): Row(write(204, 403), another_workspace),
    ("GET", f"{WORKSPACE}/members"): Row(INSIDE_READ, at("/members")),
    ("DELETE", f"{WORKSPACE}/members/{{user_id}}"): Row(write(204), membership),
    ("GET", f"{WORKSPACE}/inbox"): Row(INSIDE_READ, at("/inbox")),
    ("PUT", f"{WORKSPACE}/inbox"): Row(write(200), at("/inbox"), an_item),
    ("GET", f"{WORKSPACE}/stacks"): Row(INSIDE_READ, at("/stacks")),
    ("POST", f"{WORKSPACE}/stacks"): Row(write(201), at("/stacks"), name),
    ("GET", STACK): Row(INSIDE_READ, World.stack),
    ("PATCH", STACK): Row(write(200), World.stack, name),
    ("DELETE", STACK): Row(write(204), World.stack),
    ("PUT", f"{STACK}/reorder"): Row(write(200), lambda world: f"{world.stack()}/reorder", lambda _: {}),
    ("GET", f"{WORKSPACES}/items"): Row(OWN_READ, always(f"{WORKSPACES}/items")),
    ("GET", f"{WORKSPACE}/items"): Row(INSIDE_READ, at("/items")),
    ("POST", f"{WORKSPACE}/items"): Row(write(201), at("/items"), name),
    ("GET", f"{STACK}/items"): Row(INSIDE_READ, lambda world: f"{world.stack()}/items"),
    ("POST", f"{STACK}/items"): Row(write(200), lambda world: f"{world.stack()}/items", an_item),
    ("GET", FLAT): Row(INSIDE_READ, flat),
    ("PATCH", FLAT): Row(write(200), flat, name),
    ("DELETE", FLAT): Row(write(204), flat),
    ("GET", f"{FLAT}/items"): Row(INSIDE_READ, lambda world: f"{flat(world)}/items"),
    ("POST", f"{FLAT}/items"): Row(write(200), lambda world: f"{flat(world)}/items", an_item),
    ("GET", f"{WORKSPACE}/archive"): Row(
        (200, 404, 404, 404, 404, 200, 401), lambda world: f"{world.personal_url}/archive"
    ),
    ("PUT", f"{WORKSPACE}/archive"): Row(
        write(200, 404, 404),
        lambda world: f"{world.personal_url}/archive",
        lambda world: {"type": "Activity", "id": create_item(world.owner, world.personal_url)},
    ),
    ("GET", f"{WORKSPACE}/outboxes"): Row(INSIDE_READ, at("/outboxes")),
    ("GET", "/api/activities"): Row(OWN_READ, always("/api/activities")),
    ("POST", "/api/activities"): Row(own_write(200), always("/api/activities"), name),
    ("GET", ACTIVITY): Row(INSIDE_READ, activity()),
    ("PATCH", ACTIVITY): Row(write(200), activity(), name),
    ("DELETE", ACTIVITY): Row(write(204), activity()),
    ("PUT", f"{ACTIVITY}/move"): Row(write(200), activity("/move"), lambda world: {"workspace_id": world.workspace}),
    ("PUT", f"{ACTIVITY}/blox/{{block_id}}"): Row(write(200, 403), World.block, lambda _: {"value": "high"}),
    ("PUT", f"{ACTIVITY}/play"): Row(write(200), activity("/play")),
    ("PUT", f"{ACTIVITY}/pause"): Row(write(200), lambda world: f"{world.activity('play')}/pause"),
    ("PUT", f"{ACTIVITY}/finish"): Row(write(200), activity("/finish")),
    ("PUT", f"{ACTIVITY}/take_over"): Row(write(200, 403), activity("/take_over")),
    ("PUT", f"{ACTIVITY}/delete"): Row(write(200), activity("/delete")),
    ("GET", f"{WORKSPACE}/invitations"): Row(INSIDE_READ, at("/invitations")),
    ("DELETE", f"{WORKSPACE}/invitations/{{invitation_id}}"): Row(
        write(204, 403, 403), lambda world: f"{world.workspace_url}/invitations/{invitation(world).rsplit('/', 1)[1]}"
    ),
    ("POST", f"{WORKSPACE}/invitation"): Row(
        write(201), at("/invitation"), lambda world: {"slug": world.users["other user"]}
    ),
    ("GET", "/api/invitations"): Row(OWN_READ, always("/api/invitations")),
    ("GET", INVITATION): Row((200, 404, 200, 404, 404, 200, 401), invitation),
    ("PUT", f"{INVITATION}/accept"): Row(write(403, 404, 200), lambda world: f"{invitation(world)}/accept"),
    ("PUT", f"{INVITATION}/decline"): Row(write(403, 404, 200), lambda world: f"{invitation(world)}/decline"),
    ("DELETE", INVITATION): Row(write(200, 404, 403), invitation),
    **{("GET", f"{DELEGATIONS}{side}"): Row(OWN_READ, always(f"{DELEGATIONS}{side}")) for side in LISTS},
    ("GET", DELEGATION): Row((200, 200, 404, 404, 404, 200, 401), delegation()),
    ("PUT", f"{DELEGATION}/accept"): Row(BY_DELEGEE[0], delegation("/accept")),
    ("PUT", f"{DELEGATION}/decline"): Row(BY_DELEGEE[0], delegation("/decline")),
    ("POST", f"{DELEGATION}/redelegate"): Row((201, 201, 404, 404, 404, 403, 401), delegation("/redelegate"), to_udo),
    ("PUT", f"{ACTIVITY}/delegate"): Row(write(200, member=403), activity("/delegate"), to_udo),
    ("PUT", f"{ACTIVITY}/accept"): Row(BY_DELEGEE[1], delegated("/accept")),
    ("PUT", f"{ACTIVITY}/decline"): Row(BY_DELEGEE[1], delegated("/decline")),
    ("PUT", f"{ACTIVITY}/take_back"): Row(write(200, member=403), delegated("/take_back")),
    ("PUT", f"{ACTIVITY}/approve"): Row(write(200, member=403), delegated("/approve", "accept", "finish")),
    ("PUT", f"{ACTIVITY}/reject"): Row(write(200, member=403), delegated("/reject", "accept", "finish")),
    ("GET", COMMENTS): Row(INSIDE_READ, discussion),
    ("POST", COMMENTS): Row(write(201), discussion, lambda _: {"body": "x"}),
    ("GET", COMMENT): Row(INSIDE_READ, comment),
    ("PATCH", COMMENT): Row(write(200, 403), comment, lambda _: {"body": "y"}),
    ("DELETE", COMMENT): Row(write(204, 403), comment),
    ("GET", CREDENTIALS): Row(OWN_READ, always(CREDENTIALS)),
    ("POST", CREDENTIALS): Row(own_write(201), always(CREDENTIALS), nothing, token=403),
    ("GET", f"{CREDENTIALS}/self"): Row(OWN_READ, always(f"{CREDENTIALS}/self")),
    ("GET", CREDENTIAL): Row((200, 404, 404, 404, 404, 200, 401), credential),
    ("PATCH", CREDENTIAL): Row(write(200, 404, 404), credential, lambda _: {"label": "x"}, token=403),
    ("POST", f"{CREDENTIAL}/rotate"): Row(
        write(200, 404, 404), lambda world: f"{credential(world)}/rotate", nothing, token=403
    ),
    ("DELETE", CREDENTIAL): Row(write(204, 404, 404), credential),
    ("GET", changes.CHANGES): Row(OWN_READ, changes.feed),
    ("GET", f"{changes.CHANGES}/{{seq}}"): Row((200, 200, 404, 404, 404, 200, 401), changes.change),
    ("POST", undo.UNDO): Row(write(200, 200, 404), undo.undo_of_activity),
    ("POST", undo.UNDO_REQUEST): Row(write(200, 200, 200, 200), always(undo.UNDO_REQUEST), undo.request_of_action),
    ("GET", USERS): Row(OWN_READ, always(USERS)),
    ("POST", USERS): Row((201, 403, 403, 403, 201, 403, 401), always(USERS), somebody),
    ("GET", f"{USERS}/{{user}}"): Row(OF_ACCOUNT_READ, colleague),
    ("PATCH", f"{USERS}/{{user}}"): Row(write(200, 403, 403, 403), colleague, lambda _: {"first_name": "x"}),
    ("DELETE", f"{USERS}/{{user}}"): Row(write(204, 403, 403, 403), colleague),
    ("POST", "/oauth/token"): Row((200,) * 6 + (401,), always("/oauth/token"), lambda _: GRANT, token=401),
    ("POST", "/mcp"): Row((200,) * 6 + (401,), always("/mcp"), lambda _: mcp.LIST_TOOLS),
    **{("GET", path): Row(OWN_READ, always(path)) for path in ("/api/session/rate_limit", "/api/session/context")},
    ("PUT", "/api/session/switch_context"): Row(
        write(200, 404, 404), always("/api/session/switch_context"), lambda w: {"slug": w.users["owner"]}
    ),
    ("PUT", f"{USERS}/{{user}}/collaborate"): Row(write(*[200] * 4), lambda world: f"{colleague(world)}/collaborate"),
    ("GET", ME): Row(OWN_READ, always(ME)),
    ("PATCH", ME): Row(own_write(200), always(ME), lambda _: {"user": {"first_name": "x"}}),
    **{
        ("GET", f"{ME}/{one}"): Row(OWN_READ, always(f"{ME}/{one}")) for one in ("connections", "follows", "followings")
    },
    **{route: Row(*one) for route, one in admin_access.ROWS.items()},
}
TABLE |= histories.rows_of_histories(TABLE)

# Who may do most comes last, so that the object is still there for the others.
SEQUENCE = ("nobody", "other account", "other user", FORMER, "read credential", "member", TOKEN, "owner", "invited")


@pytest.fixture
def everybody(world: World, url: str) -> Iterator[World]:
    """The world with clients of a former member and of a program with an access token of the owner."""
    with open_everybody(world, url) as everybody:
        yield everybody


@pytest.mark.parametrize("route", ogsm.mark_repeated(TABLE, lambda route: route[1]), ids=" ".join)
def test_everybody_may_do_what_the_table_says_and_no_more(everybody: World, route: tuple[str, str]) -> None:
    row, answers, sent = TABLE[route], {}, None
    sequence = [*SEQUENCE[:-2], "invited", "owner"] if route[0] == "DELETE" else SEQUENCE
    for person in sequence:
        sent = sent or (row.address(everybody), row.body(everybody) if row.body else None)
        answers[person] = everybody.clients[person].request(route[0], sent[0], json=sent[1])
        if answers[person].is_success and route[0] != "GET":
            sent = None  # what was refused or only read is still as it was
    assert {person: answer.status_code for person, answer in answers.items()} == row.expected
    for answer in answers.values():
        assert_safe(answer)


def assert_safe(answer: httpx.Response) -> None:
    """Check that an error is a problem document, and that only a 401 says how to sign in."""
    is_refusal = answer.status_code >= 400
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    if is_refusal and answer.headers["content-type"] == "application/problem+json":
        assert answer.json()["status"] == answer.status_code
        assert "Workspace with others" not in answer.text


def test_every_route_is_in_the_table() -> None:
    routes = {(endpoint.methods[0], endpoint.paths[0]) for endpoint in ENDPOINTS}
    assert routes - set(TABLE) == set(), "Add these routes to TABLE in tests/api/test_access.py."
    assert set(TABLE) - routes == set(), "Remove these routes from TABLE: they do not exist."


def test_the_documented_table_is_current(request: pytest.FixtureRequest) -> None:
    documented = access_page.render({route: row.expected for route, row in TABLE.items()})
    if request.config.getoption("--keep-access"):
        access_page.write(documented)
    assert access_page.read() == documented, "Run `make access` to update it."
