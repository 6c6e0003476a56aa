"""Send the request cases of all nouns, and measure what they need of DynamoDB."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bench.account_filler import AccountFiller
from bench.emulator import delete_row, get_row, put_row
from chalicelib.storage import connection
from infra import operations
from infra.testing.meter import Meter, indexes_of, total_units
from infra.testing.nouns import load_request_cases
from infra.testing.request_cases import group_into_steps
from infra.testing.world import World, create_people, open_world


@dataclass(frozen=True)
class Cost:
    """The DynamoDB requests of a case after the authorizer's, and their units.

    Requests that the budget of the case runs in parallel count once `in_sequence`.
    """

    operations: tuple[str, ...]  # in alphabetical order
    in_sequence: int
    read: float
    write: float


class CaseRunner:
    """Sends requests in one world, and restores its rows after each of them."""

    def __init__(self, world: World, meter: Meter, filler: AccountFiller) -> None:
        self.cases = load_request_cases()
        self.filler = filler
        self._world, self._meter = world, meter

    def is_read(self, case: str) -> bool:
        """Return whether a case changes nothing."""
        return self.cases[case].method == "GET"

    def run(self, cases: Iterable[str]) -> dict[str, Cost]:
        """Return the costs of these cases in the account as it is."""
        return {case: self._run_case(case) for case in cases}

    def run_with_few(self, nouns_of_cases: Mapping[str, list[str]]) -> dict[str, Cost]:
        """Return the costs of cases while there are few rows of the nouns given for each."""
        cases_of_nouns = defaultdict(list)
        for case, nouns in nouns_of_cases.items():
            cases_of_nouns[tuple(nouns)].append(case)
        costs: dict[str, Cost] = {}
        for few, cases in cases_of_nouns.items():
            with self.filler.with_few(few):
                costs |= self.run(cases)
        return costs

    def find_listed_nouns(self, case: str, cost: Cost) -> list[str]:
        """Return the nouns that a case lists: those that make it cheaper when there are few of their rows."""
        return [noun for noun in self.filler.samples if self.run_with_few({case: [noun]})[case] != cost]

    def _run_case(self, name: str) -> Cost:
        case = self.cases[name]
        self._meter.requests.clear()
        request, client = case.build_request(self._world), self._world.clients[case.caller]
        client.get("/api/workspaces")  # the first request of a day stores when the credential was used
        before = len(self._meter.requests)
        response = client.send(request)
        if response.is_error:
            sys.exit(f"{name}: the response is {response.status_code}: {response.text}")
        requests = self._meter.requests[before + case.authorizer_requests :]
        self._restore_rows()
        operations = [one.operation for one in sorted(requests, key=lambda one: one.started)]
        units = total_units(requests)
        steps = group_into_steps(operations, case.budget)
        return Cost(tuple(sorted(operations)), len(steps), units.read, units.write)

    def _restore_rows(self) -> None:
        for request in reversed(self._meter.requests):
            for key, item in request.before.items():
                if item is None:
                    delete_row(key)
                else:
                    put_row(key, item)


@contextmanager
def run_in_new_account(url: str) -> Iterator[CaseRunner]:
    """Yield a runner for the API at this address, in a new account."""
    acme = operations.create_account(name="Acme", email="ada@acme.example", first_name="Ada", last_name="Admin")
    meter = Meter(get_row, indexes_of(connection.client))
    with open_world(url, create_people(url, acme)) as world, meter.watch(connection.client):
        yield CaseRunner(world, meter, AccountFiller(world.account))
