"""A shared workspace with everybody who can stand to it: its owner, a member, somebody invited, and those outside."""

import json
import ssl
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from moto.dynamodb.models import dynamodb_backends

from chalicelib import config
from chalicelib.domain import access
from chalicelib.domain.access import MEMBER
from chalicelib.domain.accounts import credentials, users
from chalicelib.domain.workspaces import workspaces
from chalicelib.storage import table
from chalicelib.storage.ids import raise_counter
from chalicelib.storage.models.workspaces import Workspace
from infra import operations
from infra.testing.snapshots import build_or_restore
from infra.testing.rows import store_rows

Json = dict[str, Any]
INSIDERS = ("owner", "member", "invited", "other user")

NAME = "Workspace with others"
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # no client here needs the certificates, which take 30 ms to read
ROLES = ("owner", "member", "invited", "other user", "other account", "read credential", "nobody")


@dataclass(frozen=True)
class World:
    """The workspace and its people, by what they are to it."""

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
    def here(self) -> str:
        """The address of the workspace."""
        return f"/api/workspaces/{self.workspace}"

    @property
    def inbox(self) -> str:
        """The address of its inbox as a stack."""
        return f"{self.here}/stacks/{workspaces.inbox_id(self.workspace)}"

    @property
    def home(self) -> str:
        """The address of the owner's personal workspace."""
        return f"/api/workspaces/{self.personal}"

    def stack(self, name: str = "TODO") -> str:
        """The address of a new stack of the workspace."""
        return created(self.owner.post(f"{self.here}/stacks", json={"name": name}))

    def item(self, place: str = "", name: str = "x") -> int:
        """The id of a new item of the owner in a workspace or on a stack."""
        return add(self.owner, place or self.here, name)

    def activity(self, *verbs: str) -> str:
        """The address of a new activity of the owner, to which this has been done."""
        address = f"/api/activities/{self.item()}"
        for verb in verbs:
            assert self.owner.put(f"{address}/{verb}").status_code == 200
        return address

    def delegate(self, address: str = "", to: str = "other user", **more: Any) -> str:
        """The address of a delegation by the owner of an activity, or of a new one, to somebody of this world."""
        address = address or self.activity()
        answer = self.owner.put(f"{address}/delegate", json={"slug": self.users[to]} | more)
        assert answer.status_code == 200, answer.text
        return f"/api/delegations/{self.owner.get('/api/delegations/outgoing').json()[0]['id']}"

    def block(self, name: str = "priority", address: str = "") -> str:
        """The address of a building block of an activity."""
        address = address or self.activity()
        return f"{address}/blox/{self.owner.get(address).json()[name]['id']}"

    def join(self, person: str) -> None:
        """Makes somebody of this world a member of the workspace."""
        join(self.account, self.workspace, self.users[person])

    def invite(self, person: str) -> str:
        """Invites somebody of this world to the workspace. Answers the address of the invitation."""
        answer = self.owner.post(f"{self.here}/invitation", json={"slug": self.users[person]})
        assert answer.status_code == 201, answer.text
        return f"/api/invitations/{answer.json()[0]['id']}"


@contextmanager
def build(url: str, acme: Json) -> Iterator[World]:
    """The world around a new workspace of Acme's admin."""
    made, workspace, personal = build_or_restore("world", lambda: _made(url, acme))
    users = {role: str(answer["user"]["id"]) for role, answer in made.items() if role in INSIDERS}
    with ExitStack() as stack:
        clients = {role: stack.enter_context(signed_in(url, answer)) for role, answer in made.items()}
        clients["nobody"] = stack.enter_context(httpx.Client(base_url=url, verify=PLAIN, timeout=60))
        yield World(acme["account"]["id"], clients, users, workspace, personal)


def _made(url: str, acme: Json) -> tuple[dict[str, Json], int, int]:
    """What the operator's commands answered for everybody, the workspace, and its owner's personal one."""
    account, ada = acme["account"]["id"], acme["user"]["id"]
    made = {role: user(account, name) for role, name in (("member", "Mia"), ("invited", "Ivo"), ("other user", "Udo"))}
    made |= {"owner": acme, "read credential": operations.create_credential(ada, scope="read")}
    raise_counter(account + 1, "ids", 1_000)  # so that no id of the other account is one of ours
    made["other account"] = operations.create_account(
        name="Other", email="olga@other.example", first_name="Olga", last_name="Other"
    )
    with signed_in(url, acme) as owner:
        workspace = share(owner, NAME)
        join(account, workspace, made["member"]["user"]["id"])
        invited = {"slug": made["invited"]["user"]["id"]}
        assert owner.post(f"/api/workspaces/{workspace}/invitation", json=invited).status_code == 201
        return made, workspace, personal_of(owner)


def signed_in(url: str, answer: Json) -> httpx.Client:
    """A client of what the operator's commands answer."""
    credential = answer["credential"]
    return httpx.Client(base_url=url, auth=(credential["key"], credential["secret"]), verify=PLAIN, timeout=60)


@contextmanager
def documented(url: str) -> Iterator[httpx.Client]:
    """The person whose workspaces the document shows."""
    person = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
    with signed_in(url, operations.create_account(name="Organised", **person)) as client:
        yield client


def user(account: int, first_name: str) -> Json:
    """One more user of an account, with a write credential."""
    email = f"{first_name.lower()}@acme.example"
    person = {"email": email, "first_name": first_name, "last_name": "Member", "role": "member"}
    made = users.create_user(access.operator(account), person)
    issued = credentials.issue_credential(access.operator(account), made.answer.id)
    store_rows([*made.save, *issued.save])
    return {
        "user": {"id": made.answer.id},
        "credential": {"key": issued.answer.credential.id, "secret": issued.answer.secret},
    }


def join(account: int, workspace_id: int, user_id: str) -> None:
    """A member's place in a workspace, as an accepted invitation makes it."""
    workspace = table.get(Workspace, account, workspace_id)
    assert workspace
    store_rows(workspaces.build_membership(account, workspace, user_id, MEMBER))


def created(answer: httpx.Response) -> str:
    """Where what was created can be found."""
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def share(client: httpx.Client, name: str = "Shared") -> int:
    """The id of a new workspace."""
    return int(created(client.post("/api/workspaces", json={"name": name})).rsplit("/", 1)[1])


def personal_of(client: httpx.Client) -> int:
    """The id of somebody's personal workspace."""
    first: Json = client.get("/api/workspaces").json()[0]
    assert first["type"] == "PersonalWorkspace"
    return int(first["id"])


def add(client: httpx.Client, place: str, name: str = "x") -> int:
    """The id of a new item in a workspace or on a stack."""
    answer = client.post(f"{place}/items", json={"type": "Activity", "name": name})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["activity"]["id"])


def put(client: httpx.Client, place: str, item: int) -> httpx.Response:
    """Puts an item into a workspace or onto a stack."""
    return client.post(f"{place}/items", json={"type": "Activity", "id": item})


def ids(items: Iterable[Json]) -> list[int]:
    """The ids of listed items, or of those on an inbox or stack."""
    return [item["activity"]["id"] for item in items]


def listed(client: httpx.Client, address: str) -> list[int]:
    """The ids of the items at an address that lists items."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return ids(answer.json())


def pages(client: httpx.Client, address: str) -> list[list[int]]:
    """The ids of the items on each page, following `next` to the end."""
    found: list[list[int]] = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        found.append(ids(answer.json()))
        address = answer.links.get("next", {}).get("url", "")
    return found


def rows(*kinds: str) -> list[Json]:
    """Everything of these kinds in the table, past the API, and past boto3, which takes a tenth of a second for it."""
    [backend] = [region for regions in dynamodb_backends.values() for region in regions.values() if region.tables]
    found = [item.to_json()["Attributes"] for item in backend.tables[config.TABLE_NAME].all_items()]
    return [row for row in found if not kinds or row["kind"]["S"] in kinds]


def places() -> dict[int, tuple[int, int | None]]:
    """Workspace and stack of every activity in the table; fails unless each lies exactly there and nowhere else,

    and with everybody who stands in it and nobody else.
    """
    both = rows("activity", "placement")
    activities = {int(row["id"]["N"]): row for row in both if row["kind"]["S"] == "activity"}
    placements = {(row["pk"]["S"], row["sk"]["S"]): row for row in both if row["kind"]["S"] == "placement"}
    assert len(placements) == len(activities), "an activity without its place, or in two"
    found: dict[int, tuple[int, int | None]] = {}
    for number, row in activities.items():
        workspace, stack, order = int(row["workspace"]["N"]), row.get("stack"), row["order"]["S"]
        partition = row["pk"]["S"].replace("#ACTIVITIES", f"#WORKSPACE#{workspace:016}")
        prefix = f"ITEM#{int(stack['N']):016}#" if stack else "ARCHIVE#"
        placement = placements[partition, f"{prefix}{order}#{number:016}"]
        assert placement["doc"] == row["doc"]
        assert int(placement["activity"]["N"]) == number
        assert ("discussed" in placement) == row["discussed"]["BOOL"]
        found[number] = (workspace, int(stack["N"]) if stack else None)
    assert _stored_with_people() == {
        (row["pk"]["S"].replace("#ACTIVITIES", f"#USER#{user}"), str(number), row["workspace"]["N"], row["doc"]["S"])
        for number, row in activities.items()
        for user in {json.loads(row["doc"]["S"])[role].strip("\0") for role in ("creator", "assignee")} | parties(row)
    }
    assert _stored_with_delegations() == {
        (user, str(number), row["workspace"]["N"], row["doc"]["S"])
        for number, row in activities.items()
        if delegation(row).get("state") in ("pending", "accepted")
        for user in parties(row)
    }
    return found


def delegation(row: Json) -> Json:
    """The delegation of a stored activity."""
    found: Json = json.loads(row["delegation"]["S"]) if "delegation" in row else {}
    return found


def parties(row: Json) -> set[str]:
    """Whom a stored activity is delegated by and to."""
    return {delegation(row)[side] for side in ("delegator", "delegee") if delegation(row)}


def _stored_with_people() -> set[tuple[str, str, str, str]]:
    """Partition, activity, workspace and text of every activity as it is kept with people."""
    kept = rows("user_activity")
    found = {(row["pk"]["S"], row["activity"]["N"], row["workspace"]["N"], row["doc"]["S"]) for row in kept}
    assert len(found) == len(kept)
    return found


def _stored_with_delegations() -> set[tuple[str, str, str, str]]:
    """User, activity, workspace and text of every activity as it is kept with open delegations."""
    kept = [row for row in rows("delegation") if "#OPEN#" in row["sk"]["S"]]
    return {
        (row["pk"]["S"].rpartition("#")[2], row["activity"]["N"], row["workspace"]["N"], _compact(row)) for row in kept
    }


def _compact(row: Json) -> str:
    text: str = json.dumps(json.loads(row["doc"]["S"])["activity"], ensure_ascii=False, separators=(",", ":"))
    return text
