"""Example requests to the routes, each with the DynamoDB requests that it may make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import httpx

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from infra.testing.world import World

Json = dict[str, Any]
Route = tuple[str, str]  # method and documented path
Step = str | tuple[str, ...]  # one DynamoDB operation, or several in alphabetical order that run in parallel
Budget = Sequence[Step]

GET_ITEM, BATCH_GET, QUERY = "GetItem", "BatchGetItem", "Query"
UPDATE_ITEM, PUT_ITEM, TRANSACTION = "UpdateItem", "PutItem", "TransactWriteItems"
PARALLEL_QUERIES = (QUERY, QUERY)
# Why a call that reads contents needs one request more than others.
CHECKS_FIRST = "checks the permission before it reads contents, and again afterwards"


@dataclass(frozen=True)
class RequestCase:
    """An example request to a route, and its budget.

    The budget lists the DynamoDB operations after the authorizer's one GetItem, in the order in which they are sent.
    The address and the body may be functions that first create what the request needs. A variant is a further case of
    a route that has a plain one already, for a request that needs other operations.
    """

    method: str
    path: str  # of the route, as it is documented
    budget: Budget
    budget_with_key: Budget | None = None  # with an Idempotency-Key; None means the same
    address: str | Callable[[World], str] = ""  # defaults to the path
    body: Json | Callable[[World], Json] | None = None
    form: dict[str, str] | None = None
    caller: str = "owner"  # a role of the world
    headers: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""  # says what is different about it
    why_large: str = ""  # the reason for a budget above the limit for all routes

    @property
    def name(self) -> str:
        """The name of the case in the tests and in the results of the cost bench."""
        return self.variant or f"{self.method} {self.path}"

    @property
    def route(self) -> Route:
        return self.method, self.path

    @property
    def endpoint(self) -> Endpoint:
        [endpoint] = [one for one in ENDPOINTS if route_of(one) == self.route]
        return endpoint

    @property
    def authorizer_requests(self) -> int:
        """The number of DynamoDB requests that the authorizer makes before the route is called."""
        return 0 if self.endpoint.is_open else 1

    def build_request(self, world: World, headers: Mapping[str, str] | None = None) -> httpx.Request:
        """Create what the request needs, and return the request."""
        address = self.address(world) if callable(self.address) else self.address
        body = self.body(world) if callable(self.body) else self.body
        return world.clients[self.caller].build_request(
            self.method, address or self.path, json=body, data=self.form, headers={**self.headers, **(headers or {})}
        )


def route_of(endpoint: Endpoint) -> Route:
    """Return the first method and the documented path of an endpoint."""
    return endpoint.methods[0], endpoint.paths[0]


def flatten(budget: Budget) -> list[str]:
    """Return the operations of a budget without their steps."""
    return [operation for step in budget for operation in ([step] if isinstance(step, str) else step)]


def group_into_steps(operations: Sequence[str], budget: Budget) -> list[Step]:
    """Group operations as a budget does, so that both can be compared.

    Operations that the budget runs in parallel may have been sent in any order.
    """
    left = iter(operations)
    steps: list[Step] = []
    for step in budget:
        if isinstance(step, tuple):
            steps.append(tuple(sorted(islice(left, len(step)))))
        else:
            steps.append(next(left, ""))
    return [*steps, *left]
