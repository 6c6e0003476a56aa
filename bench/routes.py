"""Every route, called as the tests of its budget call it, and what that takes of DynamoDB."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.crowd import Crowd
from bench.emulator import lay, look
from chalicelib.storage.connection import client
from infra import operations
from infra.testing import meter
from infra.testing.meter import Meter
from infra.testing.world import World, build
from tests.api.test_request_budgets import CASES, OPEN, stepwise


@dataclass(frozen=True)
class Taken:
    """What a call took after the authorizer's read; what its budget asks side by side counts once `in_sequence`."""

    operations: tuple[str, ...]  # in alphabetical order
    in_sequence: int
    read: float
    write: float


class Routes:
    """Calls routes in one world, which is as before after each call."""

    cases = tuple(CASES)

    def __init__(self, world: World, watched: Meter, crowd: Crowd) -> None:
        self.crowd = crowd
        self._world, self._meter = world, watched

    def reads(self, case: str) -> bool:
        """Whether it changes nothing."""
        return CASES[case][0][0] == "GET"

    def all(self, cases: Iterable[str]) -> dict[str, Taken]:
        """What these cases take with all that there is."""
        return {case: self._call(case) for case in cases}

    def blamed(self, case: str, full: Taken) -> list[str]:
        """The kinds of which a case takes more when there are many: those that it lists."""
        return [kind for kind in self.crowd.kinds if self.without({case: [kind]})[case] != full]

    def without(self, kinds: Mapping[str, list[str]]) -> dict[str, Taken]:
        """What cases take when there are few of these kinds."""
        alike = defaultdict(list)
        for case, absent in kinds.items():
            alike[tuple(absent)].append(case)
        taken: dict[str, Taken] = {}
        for few, cases in alike.items():
            with self.crowd.without(few):
                taken |= self.all(cases)
        return taken

    def _call(self, case: str) -> Taken:
        route, row = CASES[case]
        self._meter.noted.clear()
        address, body = row.address(self._world), row.body(self._world) if row.body else None
        client = self._world.clients[row.caller]
        client.get("/api/workspaces")  # the first use of a day is noted
        before = len(self._meter.noted)
        answer = client.request(route[0], address, json=body, data=row.form, headers=row.headers)
        if answer.is_error:
            sys.exit(f"{case} answers {answer.status_code}: {answer.text}")
        requests = self._meter.noted[before + (route not in OPEN) :]
        self._undo()
        names = [one.operation for one in sorted(requests, key=lambda one: one.began)]
        units = meter.total(requests)
        return Taken(tuple(sorted(names)), len(stepwise(names, row.plain)), units.read, units.write)

    def _undo(self) -> None:
        for request in reversed(self._meter.noted):
            for key, item in request.before.items():
                lay(key, item)


@contextmanager
def ready(url: str) -> Iterator[Routes]:
    """The routes behind this address, in a new account."""
    ada = {"email": "ada@acme.example", "first_name": "Ada", "last_name": "Admin"}
    acme = operations.create_account(name="Acme", **ada)
    watched = Meter(look, meter.indexes_of(client))
    with build(url, acme) as world, watched.on(client):
        yield Routes(world, watched, Crowd(world.account))
