"""What a verb of the workload draws its call from, and the registry of verbs."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.simulation.base import Base
from tests.simulation.calls import Call
from tests.simulation.clients import Client
from tests.simulation.history import Response
from tests.simulation.knowledge import Knowledge, Known, NothingKnownError
from tests.simulation.workload.postbox import Postbox

Json = dict[str, Any]


@dataclass()
class Draw:
    """The next call of a client, while it is being drawn. `name` is the name of the call, for texts."""

    client: Client
    chance: random.Random
    name: str
    knowledge: Knowledge
    base: Base
    postbox: Postbox
    verb: str = ""
    wanted: Known | None = None  # an object that the call shall be about, if possible
    subject: Known | None = None  # what the call is about
    named: list[Known] = field(default_factory=list)  # the subject, and the other objects that the call names

    @property
    def me(self) -> str:
        """The id of the client's user."""
        return self.client.identity.user

    def require_admin(self) -> None:
        """Let others than admins seldom try. Raises NothingKnownError."""
        if self.me not in self.base.admins and not self.happens(0.1):
            raise NothingKnownError("admin")

    def happens(self, probability: float) -> bool:
        """Return whether something happens that has this probability."""
        return self.chance.random() < probability

    def pick(self, kind: str, is_fit: Callable[[Known], bool] = lambda _: True) -> Known:
        """Return an object that the call is about, mostly one that is fit. Raises NothingKnownError."""
        self.subject = self.other(kind, is_fit)
        return self.subject

    def other(self, kind: str, is_fit: Callable[[Known], bool] = lambda _: True) -> Known:
        """Return an object that the call names beside the one that it is about. Raises NothingKnownError."""
        found = self.knowledge.pick(self.me, kind, self.chance, is_fit, self.wanted)
        self.named.append(found)
        return found

    def person(self) -> Known:
        """Return another user of the account, as far as known."""
        return self.other("user", lambda user: user.id != self.me)

    def user_name(self) -> str:
        """Return the id or the slug of another user."""
        person = self.person()
        return str(self.chance.choice((person.id, person.details["slug"])))

    def new_email(self) -> str:
        """Return an e-mail address that may be new. There are few, so that clients meet."""
        host = "acme.example" if self.client.identity.account == self.base.people[0].account else "other.example"
        return f"{self.chance.choice(('nora', 'otto', 'ruth', 'vera', self.name.replace('.', '-')))}@{host}"

    def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Call:
        """Return the call. An underscore in the name of a header stands for a hyphen."""
        return Call(self.verb, method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def read(self, path: str, **query: object) -> Call:
        """Return a call that reads."""
        return self.call("GET", f"{path}?{urlencode(query)}" if query else path)

    def read_list(self, path: str, **query: object) -> Call:
        """Return a call that reads a list, or a page of it."""
        pages: tuple[Json, ...] = ({}, {}, {"limit": 1}, {"limit": 2}, {"page": 2, "per_page": 1}, {"limit": 3})
        return self.read(path, **self.chance.choice(pages), **query)

    def remove(self, path: str) -> Call:
        """Return a call that deletes the object that it is about."""
        known = self.subject

        def learn(response: Response) -> None:
            if response.is_success and known:
                self.knowledge.forget(known)

        call = self.call("DELETE", path)
        return Call(call.verb, call.method, call.path, learn=learn)


Function = Callable[[Draw], Call]


class Verbs:
    """The verbs of a noun, by name, with their weights."""

    def __init__(self) -> None:
        self.functions: dict[str, tuple[Function, float]] = {}

    def add(self, weight: float = 1.0) -> Callable[[Function], Function]:
        """Register a function under its own name. Of two verbs, one with the double weight is drawn twice as often."""

        def register(function: Function) -> Function:
            self.functions[function.__name__] = function, weight
            return function

        return register
