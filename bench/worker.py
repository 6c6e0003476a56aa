"""One client of the load bench. It reads and writes at random, and remembers every write that was acknowledged."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx

MAX_OBJECTS = 10  # of each kind that a worker keeps, so that the data does not grow
READS = ("read one", "a page of actions", "an inbox", "all stacks", "a plan")  # names of samples

Json = dict[str, Any]
Texts = dict[int, str]  # by the ids of objects
Step = Callable[[], object]


@dataclass(frozen=True)
class Kind:
    """A kind of object that workers create, change and delete."""

    address: str
    list_address: str
    text_field: str  # the field that workers change, to a new text each time

    def read_texts(self, client: httpx.Client) -> Texts:
        """Return the texts of all objects of this kind."""
        texts: Texts = {}
        address = f"{self.list_address}?limit=250"
        while address:
            response = client.get(address)
            texts |= {one["id"]: one[self.text_field] for one in response.json()}
            address = response.links.get("next", {}).get("url", "")
        return texts


# A further noun goes under load with a kind here, and with steps in `_reads` and `_writes`.
ACTION, ITEM, GOAL = KINDS = (
    Kind("/api/v2/actions", "/api/v2/actions.json", "title"),
    Kind("/api/activities", "/api/activities", "name"),
    Kind("/api/v2/goals", "/api/v2/goals.json", "title"),
)


@dataclass(frozen=True)
class Sample:
    """A request: its name, the status of the response (0 if there was none), and its time in seconds."""

    name: str
    status: int
    seconds: float


class Shared(NamedTuple):
    """What a worker may share with others: the addresses of a workspace and an action, and the id of a canvas."""

    workspace: str  # in which the worker creates its items
    action: str  # which all workers change
    canvas: int


@dataclass
class Worker:
    """A client with actions, goals and items of its own. The canvas of the goals and the workspace may be shared."""

    http: httpx.Client
    name: str
    shared: Shared
    texts: dict[Kind, Texts] = field(default_factory=lambda: {kind: {} for kind in KINDS})  # as last acknowledged
    deleted: dict[Kind, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    last_shared_title: str = ""
    samples: list[Sample] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Send requests one after the other for so long. How often a step is listed says how likely it is."""
        dice = random.Random(self.name)
        steps = [*self._reads(), *self._writes()]
        end = time.monotonic() + seconds
        for _ in range(MAX_OBJECTS):  # to reach the final amount of data early
            self._create_or_delete_action()
            self._create_or_delete_item()
            self._create_or_delete_goal()
        while time.monotonic() < end:
            dice.choice(steps)()

    def _reads(self) -> list[Step]:
        return [
            *[lambda: self._read(ACTION)] * 6,
            *[lambda: self._read(ITEM)] * 3,
            *[lambda: self._read(GOAL)] * 2,
            *[lambda: self._send("a page of actions", "GET", f"{ACTION.list_address}?limit=25")] * 2,
            *[lambda: self._send("an inbox", "GET", f"{self.shared.workspace}/inbox")] * 2,
            lambda: self._send("a plan", "GET", f"/api/v2/ogsm_canvases/{self.shared.canvas}/plan.json"),
            lambda: self._send("all stacks", "GET", f"{self.shared.workspace}/stacks"),
        ]

    def _writes(self) -> list[Step]:
        return [
            *[self._create_or_delete_action] * 4,
            *[self._create_or_delete_item] * 3,
            *[self._create_or_delete_goal] * 2,
            *[lambda: self._change(ACTION)] * 3,
            *[lambda: self._change(ITEM)] * 2,
            *[lambda: self._change(GOAL)] * 2,
            *[self._measure_goal] * 2,
            self._change_shared_action,
        ]

    def find_lost_writes(self, kind: Kind, stored: Texts) -> list[str]:
        """Compare the stored objects with the acknowledged writes, and describe each difference."""
        lost = []
        for number, text in self.texts[kind].items():
            if stored.get(number) != text:
                lost.append(f"{number}: {stored.get(number)!r} is not {text!r}")
        return lost + [f"{number} is back" for number in self.deleted[kind] & stored.keys()]

    def _send(self, name: str, method: str, address: str, body: Json | None = None) -> Json | None:
        """Send a request, note its time, and return the object that it wrote.

        Returns an empty object for a read or an empty response, and None without a success.
        """
        start = time.perf_counter()
        try:
            response = self.http.request(method, address, json=body)
        except httpx.TransportError:
            self.samples.append(Sample(name, 0, time.perf_counter() - start))
            return None
        self.samples.append(Sample(name, response.status_code, time.perf_counter() - start))
        if not response.is_success:
            return None
        written: Json = response.json() if method != "GET" and response.content else {}
        return written

    def _new_text(self) -> str:
        return f"{self.name} {len(self.samples)}"

    def _read(self, kind: Kind) -> None:
        if self.texts[kind]:
            self._send("read one", "GET", f"{kind.address}/{next(iter(self.texts[kind]))}")

    def _create_or_delete_action(self) -> None:
        self._create_or_delete(ACTION, ACTION.list_address)

    def _create_or_delete_item(self) -> None:
        self._create_or_delete(ITEM, f"{self.shared.workspace}/items")

    def _create_or_delete_goal(self) -> None:
        self._create_or_delete(GOAL, GOAL.list_address, {"ogsm_canvases": [{"id": self.shared.canvas}]})

    def _create_or_delete(self, kind: Kind, address: str, more: Json | None = None) -> None:
        if len(self.texts[kind]) >= MAX_OBJECTS:
            self._delete(kind)
            return
        text = self._new_text()
        created = self._send("create", "POST", address, {kind.text_field: text} | (more or {}))
        if created:
            self.texts[kind][created.get("activity", created)["id"]] = text

    def _delete(self, kind: Kind) -> None:
        number = next(iter(self.texts[kind]))
        if self._send("delete", "DELETE", f"{kind.address}/{number}") is not None:
            self.deleted[kind].add(number)
        if self.samples[-1].status != 409:  # without a response, nobody knows whether it was deleted
            del self.texts[kind][number]

    def _change(self, kind: Kind) -> None:
        if not self.texts[kind]:
            return
        number, text = next(reversed(self.texts[kind])), self._new_text()
        if self._send("change", "PATCH", f"{kind.address}/{number}", {kind.text_field: text}) is not None:
            self.texts[kind][number] = text
        elif not self.samples[-1].status:
            del self.texts[kind][number]

    def _measure_goal(self) -> None:
        """Set the measurement of one of few days of a goal, with a traffic light for the goal."""
        if self.texts[GOAL]:
            number, day = next(reversed(self.texts[GOAL])), 1 + len(self.samples) % MAX_OBJECTS
            address = f"{GOAL.address}/{number}/measurements/2026-01-{day:02}.json"
            self._send("measure", "PUT", address, {"actual": len(self.samples), "traffic_light": "green"})

    def _change_shared_action(self) -> None:
        title = self._new_text()
        if self._send("change what all change", "PATCH", self.shared.action, {"title": title}) is not None:
            self.last_shared_title = title
