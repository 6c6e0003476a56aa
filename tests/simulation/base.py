"""The accounts and objects with which every simulation begins."""

import random
from dataclasses import dataclass
from typing import Any

from chalicelib.storage.ids import raise_counter
from infra import operations
from tests.simulation.calls import Call
from tests.simulation.clients import Client, Identity
from tests.simulation.faults import Faults
from tests.simulation.harvest import harvest
from tests.simulation.history import History, Mail
from tests.simulation.knowledge import Knowledge
from tests.simulation.scheduler import Scheduler
from tests.simulation.store import Store

Json = dict[str, Any]
OWN, OTHER = "Acme", "Other"
FIRST_ID_OF_OTHERS = 5_000  # so that no id of the other account is the id of something in the own one
ALARM = "2027-01-15T08:01:00Z"  # a minute after START
LISTS = (
    "/api/workspaces",
    "/api/workspaces/items",
    "/api/activities",
    "/api/delegations",
    "/api/invitations",
    "/api/users",
    "/api/credentials",
    "/api/v2/actions.json",
)


@dataclass(frozen=True)
class Base:
    """The store with the first objects, who the clients may be, what they know, and the mails they have got.

    The last of the people is in another account.
    """

    store: Store
    people: tuple[Identity, ...]
    knowledge: Knowledge
    mails: tuple[Mail, ...]

    @property
    def admins(self) -> tuple[str, ...]:
        """The ids of the people who begin as admins."""
        ada, mia, _, olga = self.people
        return ada.user, mia.user, olga.user


class Builder:
    """Makes the first objects through the API, as requests of one of the people."""

    def __init__(self, identity: Identity, scheduler: Scheduler, history: History, faults: Faults) -> None:
        self._client = Client(f"base.{identity.name}", identity, scheduler, history, faults, _draw_nothing, 0)

    @property
    def user(self) -> str:
        """The id of the user who makes the requests."""
        return self._client.identity.user

    def send(self, method: str, path: str, body: Json | None = None) -> Any:
        """Send a request and return the JSON of its answer. It must succeed."""
        request = self._client.send_calmly(f"base.{self._client.scheduler.step}", Call("base", method, path, body))
        assert request.response, request
        assert request.response.is_success, (path, request.response.body)
        return request.response.json

    def add_item(self, place: str, name: str) -> int:
        """Create an item, and return its id."""
        activity: int = self.send("POST", f"{place}/items", {"name": name})["activity"]["id"]
        return activity

    def invite(self, workspace: int, invitee: "Builder") -> None:
        """Invite somebody to a workspace, who accepts."""
        [invitation] = self.send("POST", f"/api/workspaces/{workspace}/invitation", {"slug": invitee.user})
        invitee.send("PUT", f"/api/invitations/{invitation['id']}/accept")

    def look_around(self, knowledge: Knowledge) -> None:
        """Note everything that the user can see."""
        for path in LISTS:
            harvest(knowledge, self.user, self.send("GET", path))
        for workspace in knowledge.seen(self.user, "workspace"):
            for part in ("stacks", "inbox", "invitations"):
                harvest(knowledge, self.user, self.send("GET", f"/api/workspaces/{workspace.id}/{part}"))
        for activity in knowledge.seen(self.user, "activity"):
            harvest(knowledge, self.user, self.send("GET", f"/api/activities/{activity.id}/comments"))


def build_base(store: Store, scheduler: Scheduler, history: History, faults: Faults) -> Base:
    """Create two accounts with people, and what these have made so far."""
    *people, colleague = _create_people()
    builders = [Builder(one, scheduler, history, faults) for one in people]
    ada, mia, udo, olga = builders
    pia = Builder(colleague, scheduler, history, faults)
    _build_shared_workspace(ada, mia, udo)
    _build_second_workspace(ada, mia, udo, pia)
    _build_the_rest(ada, mia, udo)
    _build_other_account(olga)
    knowledge = Knowledge("base")
    _build_goals(ada, mia, udo, knowledge)
    _add_credentials(ada, mia, udo, knowledge)
    for builder in builders:
        builder.look_around(knowledge)
    return Base(store, tuple(people), knowledge, tuple(history.mails))


def _create_people() -> tuple[Identity, ...]:
    """Return those who have clients, followed by one who has a part in everything, but no client."""
    acme = operations.create_account(name=OWN, email="ada@acme.example", first_name="Ada", last_name="Admin")
    account = acme["account"]["id"]
    people = [acme]
    for name in ("Mia", "Udo", "Pia", "Uwe"):  # the last two are only talked about
        email = f"{name.lower()}@acme.example"
        role = "admin" if name == "Mia" else "member"
        people.append(operations.create_user(account, email=email, first_name=name, last_name="Member", role=role))
    raise_counter(account + 1, "ids", FIRST_ID_OF_OTHERS)
    raise_counter(account + 1, "actions", FIRST_ID_OF_OTHERS)
    olga = operations.create_account(name=OTHER, email="olga@other.example", first_name="Olga", last_name="Other")
    return tuple(_identity(person) for person in (*people[:3], olga, people[3]))


def _identity(person: dict[str, dict[str, str]]) -> Identity:
    credential = person["credential"]
    account = int(credential["account"])
    return Identity(
        person["user"]["first_name"].lower(), account, person["user"]["id"], credential["key"], credential["secret"]
    )


def _draw_nothing(client: Client, chance: random.Random, name: str) -> Call:
    raise AssertionError(name)


def _build_shared_workspace(ada: Builder, mia: Builder, udo: Builder) -> None:
    """Ada's workspace, in which members may do almost everything."""
    shared = ada.send("POST", "/api/workspaces", {"name": "base shared"})["id"]
    setting = {"members_can_change_blocks": True, "allow_take_over_by_members": True}
    ada.send("PATCH", f"/api/workspaces/{shared}", {"setting": setting})
    for member in (mia, udo):
        ada.invite(shared, member)
    place = f"/api/workspaces/{shared}"
    stacks = [ada.send("POST", f"{place}/stacks", {"name": f"base stack {n}"})["id"] for n in (1, 2)]
    items = [ada.add_item(f"{place}/stacks/{stacks[0]}", f"base item {n}") for n in (1, 2, 3)]
    items += [mia.add_item(f"{place}/stacks/{stacks[1]}", "base item 4"), udo.add_item(place, "base item 5")]
    for number, author in enumerate((ada, mia, udo)):
        author.send("POST", f"/api/activities/{items[0]}/comments", {"body": f"base comment {number}"})
    mia.send("POST", f"/api/activities/{items[4]}/comments", {"body": "base comment 4"})
    _delegate_and_alarm(ada, mia, udo, items)


def _delegate_and_alarm(ada: Builder, mia: Builder, udo: Builder, items: list[int]) -> None:
    """Delegate one item, which is pending, and another one, which is accepted. Set an alarm for a third one."""
    ada.send("PUT", f"/api/activities/{items[1]}/delegate", {"slug": mia.user, "note": "base note"})
    ada.send("PUT", f"/api/activities/{items[2]}/delegate", {"slug": udo.user, "sign_off": True})
    udo.send("PUT", f"/api/activities/{items[2]}/accept")
    alarm = ada.send("GET", f"/api/activities/{items[0]}")["alarm"]["id"]
    ada.send("PUT", f"/api/activities/{items[0]}/blox/{alarm}", {"time": ALARM})


def _build_second_workspace(ada: Builder, mia: Builder, udo: Builder, pia: Builder) -> None:
    """Mia's and Udo's workspaces, with the default settings and invitations that are pending.

    Udo and Pia work on items of a stack in Mia's workspace without being members. Pia is a member of Udo's.
    """
    second = mia.send("POST", "/api/workspaces", {"name": "base second"})["id"]
    mia.invite(second, ada)
    item = mia.add_item(f"/api/workspaces/{second}", "base item 6")
    mia.send("PUT", f"/api/activities/{item}/play")
    stack = mia.send("POST", f"/api/workspaces/{second}/stacks", {"name": "base stack 3"})["id"]
    for number, delegee in ((7, udo), (8, udo), (9, pia)):
        item = mia.add_item(f"/api/workspaces/{second}/stacks/{stack}", f"base item {number}")
        mia.send("PUT", f"/api/activities/{item}/delegate", {"slug": delegee.user})
        delegee.send("PUT", f"/api/activities/{item}/accept")
    invitees = {"slug": udo.user, "email": "nora@acme.example"}
    mia.send("POST", f"/api/workspaces/{second}/invitation", invitees)
    third = udo.send("POST", "/api/workspaces", {"name": "base third"})["id"]
    udo.send("POST", f"/api/workspaces/{third}/invitation", {"email": "nora@acme.example"})
    udo.invite(third, pia)


def _build_the_rest(ada: Builder, mia: Builder, udo: Builder) -> None:
    """Activities on personal inboxes, two of them delegated; actions; new addresses; and who follows whom."""
    ada.send("POST", "/api/activities", {"name": "base activity 1", "alarm": ALARM, "priority": "high"})
    own = mia.send("POST", "/api/activities", {"name": "base activity 2", "size": "large"})["id"]
    mia.send("PUT", f"/api/activities/{own}/delegate", {"slug": ada.user})
    ada.send("PUT", f"/api/activities/{own}/accept")
    sent = udo.send("POST", "/api/activities", {"name": "base activity 3"})["id"]
    udo.send("PUT", f"/api/activities/{sent}/delegate", {"email": "otto@acme.example"})
    for number in (1, 2):
        canvases = [{"id": 1}]
        mia.send("POST", "/api/v2/actions.json", {"title": f"base action {number}", "ogsm_canvases": canvases})
    ada.send("PATCH", "/api/me", {"email": "nora@acme.example"})  # who is invited, and has not joined yet
    mia.send("PATCH", "/api/me", {"email": "otto@acme.example"})
    mia.send("PUT", f"/api/users/{ada.user}/collaborate")
    udo.send("PUT", f"/api/users/{mia.user}/collaborate")


def _build_other_account(olga: Builder) -> None:
    workspace = olga.send("POST", "/api/workspaces", {"name": "base other"})["id"]
    stack = olga.send("POST", f"/api/workspaces/{workspace}/stacks", {"name": "base other stack"})["id"]
    olga.add_item(f"/api/workspaces/{workspace}/stacks/{stack}", "base other item 1")
    item = olga.add_item(f"/api/workspaces/{workspace}", "base other item 2")
    olga.send("POST", f"/api/activities/{item}/comments", {"body": "base other comment"})
    olga.send("POST", "/api/v2/actions.json", {"title": "base other action"})
    olga.send("POST", f"/api/workspaces/{workspace}/invitation", {"email": "vera@other.example"})


def _build_goals(ada: Builder, mia: Builder, udo: Builder, knowledge: Knowledge) -> None:
    """Build a goal with a part, which has a part itself. All clients of the account know them."""
    parent = None
    for number in (1, 2, 3):
        body = {"title": f"base goal {number}"} | ({"parent": {"id": parent}} if parent else {})
        parent = ada.send("POST", "/api/v2/goals.json", body)["id"]
        for person in (ada, mia, udo):
            knowledge.note(person.user, "goal", parent, has_parts=number < 3)


def _add_credentials(ada: Builder, mia: Builder, udo: Builder, knowledge: Knowledge) -> None:
    """Further credentials and an access token, whose secrets the clients know."""
    for person, scope in ((ada, "read"), (mia, "read"), (udo, "write")):
        harvest(knowledge, person.user, person.send("POST", "/api/credentials", {"label": "base", "scope": scope}))
    grant = {"grant_type": "client_credentials"}
    harvest(knowledge, udo.user, udo.send("POST", "/oauth/token", grant))
