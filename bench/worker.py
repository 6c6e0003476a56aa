"""One client of the load: it reads and writes at random, and remembers every write that was acknowledged to it."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

ENOUGH = 10  # objects of a kind that a client keeps, so that the data does not grow
READS = ("read one", "a page of actions", "an inbox", "all stacks")

Json = dict[str, Any]
Texts = dict[int, str]  # by the ids of objects


@dataclass(frozen=True)
class Kind:
    """What a client makes, changes and deletes: actions, or items."""

    address: str
    list: str
    member: str  # that is changed, a text of its own each time

    def all(self, client: httpx.Client) -> Texts:
        """That text of every object there is."""
        found: Texts = {}
        address = f"{self.list}?limit=250"
        while address:
            answer = client.get(address)
            found |= {one["id"]: one[self.member] for one in answer.json()}
            address = answer.links.get("next", {}).get("url", "")
        return found


ACTION, ITEM = KINDS = (
    Kind("/api/v2/actions", "/api/v2/actions.json", "title"),
    Kind("/api/activities", "/api/activities", "name"),
)


@dataclass(frozen=True)
class Sample:
    """One answer: of what, its status (0 where there was none), its time in seconds."""

    name: str
    status: int
    seconds: float


@dataclass
class Worker:
    """A client with its own actions, and its own items in a workspace of its own or one that all share."""

    http: httpx.Client
    name: str
    place: str  # the workspace in which it makes its items
    shared: str  # the address of the action that everybody changes
    mine: dict[Kind, Texts] = field(default_factory=lambda: {kind: {} for kind in KINDS})  # as last acknowledged
    gone: dict[Kind, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})
    last_shared: str = ""
    samples: list[Sample] = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Goes on for so long."""
        dice = random.Random(self.name)
        steps: list[Callable[[], object]] = [
            *[lambda: self._read(ACTION)] * 6,
            *[lambda: self._read(ITEM)] * 3,
            *[lambda: self._ask("a page of actions", "GET", f"{ACTION.list}?limit=25")] * 2,
            *[lambda: self._ask("an inbox", "GET", f"{self.place}/inbox")] * 2,
            lambda: self._ask("all stacks", "GET", f"{self.place}/stacks"),
            *[lambda: self._make_or_delete(ACTION, ACTION.list)] * 4,
            *[lambda: self._make_or_delete(ITEM, f"{self.place}/items")] * 3,
            *[lambda: self._change(ACTION)] * 3,
            *[lambda: self._change(ITEM)] * 2,
            self._change_shared,
        ]
        ends = time.monotonic() + seconds
        for _ in range(ENOUGH):  # so that there is soon as much as there will be
            self._make_or_delete(ACTION, ACTION.list)
            self._make_or_delete(ITEM, f"{self.place}/items")
        while time.monotonic() < ends:
            dice.choice(steps)()

    def lost(self, kind: Kind, found: Texts) -> list[str]:
        """What is not as it was last acknowledged."""
        here = [
            f"{one}: {found.get(one)!r} is not {text!r}"
            for one, text in self.mine[kind].items()
            if found.get(one) != text
        ]
        return here + [f"{one} is back" for one in self.gone[kind] & found.keys()]

    def _ask(self, name: str, method: str, address: str, body: Json | None = None) -> Json | None:
        """The answer to a write, or something empty; None where it is not a good one. All are noted."""
        began = time.perf_counter()
        try:
            answer = self.http.request(method, address, json=body)
        except httpx.TransportError:
            self.samples.append(Sample(name, 0, time.perf_counter() - began))
            return None
        self.samples.append(Sample(name, answer.status_code, time.perf_counter() - began))
        if not answer.is_success:
            return None
        written: Json = answer.json() if method != "GET" and answer.content else {}
        return written

    def _text(self) -> str:
        return f"{self.name} {len(self.samples)}"

    def _read(self, kind: Kind) -> None:
        if self.mine[kind]:
            self._ask("read one", "GET", f"{kind.address}/{next(iter(self.mine[kind]))}")

    def _make_or_delete(self, kind: Kind, place: str) -> None:
        if len(self.mine[kind]) >= ENOUGH:
            self._delete(kind)
            return
        text = self._text()
        made = self._ask("create", "POST", place, {kind.member: text})
        if made:
            self.mine[kind][made.get("activity", made)["id"]] = text

    def _delete(self, kind: Kind) -> None:
        one = next(iter(self.mine[kind]))
        if self._ask("delete", "DELETE", f"{kind.address}/{one}") is not None:
            self.gone[kind].add(one)
        if self.samples[-1].status != 409:  # without an answer nobody knows what became of it
            del self.mine[kind][one]

    def _change(self, kind: Kind) -> None:
        if not self.mine[kind]:
            return
        one, text = next(reversed(self.mine[kind])), self._text()
        if self._ask("change", "PATCH", f"{kind.address}/{one}", {kind.member: text}) is not None:
            self.mine[kind][one] = text
        elif not self.samples[-1].status:
            del self.mine[kind][one]

    def _change_shared(self) -> None:
        title = self._text()
        if self._ask("change what all change", "PATCH", self.shared, {"title": title}) is not None:
            self.last_shared = title
