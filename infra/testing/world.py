"""A shared workspace with its owner, a member, somebody invited and people outside, for tests and the cost bench."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from chalicelib.domain import access
from chalicelib.domain.access import MEMBER
from chalicelib.domain.accounts import credentials, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.ids import raise_counter
from chalicelib.storage.models.workspaces import Workspace
from infra import operations
from infra.testing.processes import PLAIN
from infra.testing.rows import store_rows

Json = dict[str, Any]

NAME = "Workspace with others"
INSIDERS = ("owner", "member", "invited", "other user")  # the users of the account
ROLES = (*INSIDERS, "other account", "read credential", "nobody")


@dataclass(frozen=True)
class People:
    """The users of a world, as the operator's commands returned them, by their roles; and the ids of two workspaces."""

    account: int
    users: dict[str, Json]
    workspace: int  # shared
    personal: int  # the owner's


@dataclass(frozen=True)
class World:
    """A shared workspace with clients for its people, and the ids of those in its account, by their roles."""

    account: int
    clients: dict[str, httpx.Client]
    users: dict[str, str]
    workspace: int
    personal: int

    @property
    def owner(self) -> httpx.Client:
        return self.clients["owner"]

    @property
    def member(self) -> httpx.Client:
        return self.clients["member"]

    @property
    def invited(self) -> httpx.Client:
        return self.clients["invited"]

    @property
    def workspace_url(self) -> str:
        """The address of the shared workspace."""
        return f"/api/workspaces/{self.workspace}"

    @property
    def inbox_url(self) -> str:
        """The address of the inbox as a stack."""
        return f"{self.workspace_url}/stacks/{workspaces.inbox_id(self.workspace)}"

    @property
    def personal_url(self) -> str:
        """The address of the owner's personal workspace."""
        return f"/api/workspaces/{self.personal}"

    def stack(self, name: str = "TODO") -> str:
        """Create a stack in the workspace, and return its address."""
        return location_of(self.owner.post(f"{self.workspace_url}/stacks", json={"name": name}))

    def item(self, place: str = "", name: str = "x") -> int:
        """Create an item of the owner in a workspace or on a stack, and return its id."""
        return create_item(self.owner, place or self.workspace_url, name)

    def activity(self, *verbs: str) -> str:
        """Create an activity of the owner, do this to it, and return its address."""
        address = f"/api/activities/{self.item()}"
        for verb in verbs:
            assert self.owner.put(f"{address}/{verb}").status_code == 200
        return address

    def delegate(self, address: str = "", to: str = "other user", **more: Any) -> str:
        """Delegate an activity of the owner, or a new one, and return the address of the delegation."""
        address = address or self.activity()
        answer = self.owner.put(f"{address}/delegate", json={"slug": self.users[to]} | more)
        assert answer.status_code == 200, answer.text
        return f"/api/delegations/{self.owner.get('/api/delegations/outgoing').json()[0]['id']}"

    def block(self, name: str = "priority", address: str = "") -> str:
        """Return the address of a building block of an activity, or of a new one."""
        address = address or self.activity()
        return f"{address}/blox/{self.owner.get(address).json()[name]['id']}"

    def join(self, person: str) -> None:
        """Make somebody of this world a member of the workspace."""
        add_member(self.account, self.workspace, self.users[person])

    def invite(self, person: str) -> str:
        """Invite somebody of this world to the workspace, and return the address of the invitation."""
        answer = self.owner.post(f"{self.workspace_url}/invitation", json={"slug": self.users[person]})
        assert answer.status_code == 201, answer.text
        return f"/api/invitations/{answer.json()[0]['id']}"


def create_people(url: str, acme: Json) -> People:
    """Create everybody beside Acme's admin, and the shared workspace."""
    account, admin = acme["account"]["id"], acme["user"]["id"]
    names = {"member": "Mia", "invited": "Ivo", "other user": "Udo"}
    users = {role: create_user(account, name) for role, name in names.items()}
    users |= {"owner": acme, "read credential": operations.create_credential(admin, scope="read")}
    raise_counter(account + 1, "ids", 1_000)  # so that no id of the other account is the id of something here
    users["other account"] = operations.create_account(
        name="Other", email="olga@other.example", first_name="Olga", last_name="Other"
    )
    with sign_in_client(url, acme) as owner:
        workspace = create_workspace(owner, NAME)
        add_member(account, workspace, users["member"]["user"]["id"])
        invitation = {"slug": users["invited"]["user"]["id"]}
        assert owner.post(f"/api/workspaces/{workspace}/invitation", json=invitation).status_code == 201
        return People(account, users, workspace, personal_workspace_id(owner))


@contextmanager
def open_world(url: str, people: People) -> Iterator[World]:
    """Yield the world of these people, with a client for each of them."""
    ids_of_users = {role: str(people.users[role]["user"]["id"]) for role in INSIDERS}
    with ExitStack() as stack:
        clients = {role: stack.enter_context(sign_in_client(url, answer)) for role, answer in people.users.items()}
        clients["nobody"] = stack.enter_context(httpx.Client(base_url=url, verify=PLAIN, timeout=60))
        yield World(people.account, clients, ids_of_users, people.workspace, people.personal)


def sign_in_client(url: str, answer: Json) -> httpx.Client:
    """Return a client with the credential that an operator's command returned."""
    credential = answer["credential"]
    return httpx.Client(base_url=url, auth=(credential["key"], credential["secret"]), verify=PLAIN, timeout=60)


@contextmanager
def documented_client(url: str) -> Iterator[httpx.Client]:
    """Yield a client of the user whose workspaces the document shows."""
    person = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
    with sign_in_client(url, operations.create_account(name="Organised", **person)) as client:
        yield client


def create_user(account: int, first_name: str) -> Json:
    """Create a user of an account with a write credential."""
    email = f"{first_name.lower()}@acme.example"
    person = {"email": email, "first_name": first_name, "last_name": "Member", "role": "member"}
    made = users.create_user(access.operator(account), person)
    issued = credentials.issue_credential(access.operator(account), made.answer.id)
    store_rows([*made.save, *issued.save])
    return {
        "user": {"id": made.answer.id},
        "credential": {"key": issued.answer.credential.id, "secret": issued.answer.secret},
    }


def add_member(account: int, workspace_id: int, user_id: str) -> None:
    """Make somebody a member of a workspace, as an accepted invitation does."""
    workspace = table.get(Workspace.ref(account, workspace_id))
    assert workspace
    store_rows(workspaces.build_membership(account, workspace, user_id, MEMBER))


def location_of(answer: httpx.Response) -> str:
    """Return the address of what a response says was created."""
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def create_workspace(client: httpx.Client, name: str = "Shared") -> int:
    """Create a workspace, and return its id."""
    return int(location_of(client.post("/api/workspaces", json={"name": name})).rsplit("/", 1)[1])


def personal_workspace_id(client: httpx.Client) -> int:
    """Return the id of the caller's personal workspace."""
    first: Json = client.get("/api/workspaces").json()[0]
    assert first["type"] == "PersonalWorkspace"
    return int(first["id"])


def create_item(client: httpx.Client, place: str, name: str = "x") -> int:
    """Create an item in a workspace or on a stack, and return its id."""
    answer = client.post(f"{place}/items", json={"type": "Activity", "name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["activity"]["id"])


def put_item(client: httpx.Client, place: str, item: int) -> httpx.Response:
    """Put an item into a workspace or onto a stack."""
    return client.post(f"{place}/items", json={"type": "Activity", "id": item})


def item_ids(items: Iterable[Json]) -> list[int]:
    """Return the ids of listed items, or of those of an inbox or stack."""
    return [item["activity"]["id"] for item in items]


def list_item_ids(client: httpx.Client, address: str) -> list[int]:
    """Return the ids of the items that an address lists."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return item_ids(answer.json())


def list_pages(client: httpx.Client, address: str) -> list[list[int]]:
    """Return the ids of the items on each page, following `next` to the end."""
    found: list[list[int]] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        found.append(item_ids(answer.json()))
        address = answer.links.get("next", {}).get("url", "")
    return found
