"""Every route makes exactly the DynamoDB requests that its cases in infra/testing/nouns allow."""

import httpx
import pytest

from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.storage import connection
from infra.testing.documents import example
from infra.testing.meter import Meter
from infra.testing.nouns import load_nouns
from infra.testing.request_cases import (
    GET_ITEM,
    PUT_ITEM,
    UPDATE_ITEM,
    RequestCase,
    Step,
    group_into_steps,
    route_of,
)
from infra.testing.world import World
from tests.support import capacities, ogsm

MAX_READ_STEPS, MAX_WRITE_STEPS = 2, 3  # and one more with an Idempotency-Key
WAYS = {"plain": {}, "with an Idempotency-Key": {"Idempotency-Key": "one"}}

NOUNS = load_nouns()
CASES = [(name, case) for name, noun in NOUNS.items() for case in noun.request_cases]


def ways_of(case: RequestCase) -> list[str]:
    """Return the ways in which a case is sent. Reads ignore an Idempotency-Key."""
    return ["plain"] if case.method == "GET" else list(WAYS)


CASES_IN_WAYS = [(name, case, way) for name, case in CASES for way in ways_of(case)]
IDS = [f"{case.name}-{way}" for _, case, way in CASES_IN_WAYS]
PARAMETERS = ogsm.mark_repeated(CASES_IN_WAYS, lambda one: one[1].path, is_tuple=True)


@pytest.mark.parametrize(("noun", "case", "way"), PARAMETERS, ids=IDS)
def test_each_route_makes_exactly_the_requests_of_its_budget(
    world: World, asked: list[str], meter: Meter, request: pytest.FixtureRequest, noun: str, case: RequestCase, way: str
) -> None:
    client, sent = world.clients[case.caller], case.build_request(world, WAYS[way])
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    asked.clear()
    with meter.watch(connection.client):
        answer = client.send(sent)
    assert answer.status_code < 400, answer.text
    with_key = way != "plain" and case.budget_with_key is not None
    expected: list[Step] = [GET_ITEM] * case.authorizer_requests
    expected += (case.budget_with_key or []) if with_key else case.budget
    assert group_into_steps(asked, expected) == expected
    assert f"calls={len(asked) - case.authorizer_requests} " in answer.headers["server-timing"]
    units = capacities.units_of(meter.requests[case.authorizer_requests :])
    if request.config.getoption("--keep-capacities"):
        capacities.pin(noun, case.name, way, units)
    pinned = capacities.read_pinned(noun).get(case.name, {}).get(way)
    assert pinned is not None, "The read and write units of this case are not pinned yet. Run `make capacities`."
    assert pinned == units, "The read or write units have changed. If that is intended, run `make capacities`."


def test_units_are_pinned_for_existing_cases_only() -> None:
    expected = {name: {case.name: set(ways_of(case)) for case in noun.request_cases} for name, noun in NOUNS.items()}
    pinned = {
        noun: {case: set(ways) for case, ways in capacities.read_pinned(noun).items()}
        for noun in capacities.pinned_nouns()
    }
    assert pinned == {noun: cases for noun, cases in expected.items() if cases}, "Run `make capacities`."


def test_the_names_of_cases_are_unique() -> None:
    assert len(set(IDS)) == len(IDS)


def test_every_route_has_a_request_case_in_the_file_of_its_noun() -> None:
    for endpoint in ENDPOINTS:
        noun, (method, path) = endpoint.module, route_of(endpoint)
        cases = NOUNS[noun].request_cases if noun in NOUNS else ()
        routes = [case.route for case in cases if not case.variant]
        assert (method, path) in routes, f"Add a RequestCase for {method} {path} to infra/testing/nouns/{noun}.py."


def test_every_case_is_in_the_file_of_its_noun() -> None:
    for noun, case in CASES:
        right = case.endpoint.module
        assert noun == right, f"Move {case.name!r} to infra/testing/nouns/{right}.py."


def test_large_budgets_have_a_reason() -> None:
    for _, case in CASES:
        limit = MAX_READ_STEPS if case.method == "GET" else MAX_WRITE_STEPS
        assert (len(case.budget) > limit) == bool(case.why_large), case
        if case.budget_with_key is not None:
            assert (len(case.budget_with_key) > limit + 1) == bool(case.why_large), case


def test_a_place_on_a_canvas_costs_one_request_and_only_when_it_is_new(ada: httpx.Client, asked: list[str]) -> None:
    action = example("action")
    address = ada.post("/api/v2/actions.json", json=action).headers["location"]
    assert asked[-3:] == [UPDATE_ITEM, UPDATE_ITEM, PUT_ITEM]
    asked.clear()
    ada.patch(address, json=action | {"id": 1, "title": "y"})
    assert asked == [GET_ITEM, GET_ITEM, PUT_ITEM]
