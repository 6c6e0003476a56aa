"""Request headers and parameters that change how strictly a request is read."""

import httpx
import pytest

from infra.testing.world import World
from tests.support.problems import assert_problem

LIST = "/api/v2/actions.json"
LENIENT = {"Prefer": "handling=lenient"}
READS = (LIST, "/api/workspaces", "/api/me", "/health", "/docs", "/openapi.json", "/api/session/context")


@pytest.mark.parametrize("query", ["_=1700000000", "_", "_=1&_=2", "format=json", "format=JSON", "_=1&format=json"])
def test_parameters_that_clients_add_by_habit_are_ignored(ada: httpx.Client, query: str) -> None:
    for path in READS:
        plain = ada.get(path)
        answer = ada.get(f"{path}?{query}")
        assert (answer.status_code, answer.text) == (200, plain.text), path
        assert answer.headers["etag"] == plain.headers["etag"]
    assert ada.post(f"{LIST}?{query}", json={"title": "x"}).status_code == 201


@pytest.mark.parametrize("query", ["format=xml", "format=", "format", "format=json&format=json"])
def test_another_format_is_refused(ada: httpx.Client, query: str) -> None:
    answer = ada.get(f"{LIST}?{query}")
    assert_problem(answer, 422)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?format"]
    assert ada.get(f"{LIST}?format=xml", headers=LENIENT).status_code == 200


def test_a_typo_in_a_parameter_is_refused_with_the_nearest_known_one(ada: httpx.Client) -> None:
    answer = ada.get(f"{LIST}?archivd=true")
    assert_problem(answer, 422)
    assert answer.json()["errors"] == [{"pointer": "?archivd", "detail": "is not a known name; did you mean archived?"}]


@pytest.mark.parametrize(
    "prefer",
    [
        *("handling=lenient", "HANDLING=Lenient", 'handling="lenient"', "handling = lenient", "handling=lenient;x=1"),
        *("return=minimal, handling=lenient", "handling=lenient, handling=strict", "wait=10;x,handling=lenient"),
    ],
)
def test_a_lenient_request_may_have_unknown_parameters_and_fields(world: World, prefer: str) -> None:
    headers = {"Prefer": prefer}
    read = world.owner.get(f"{LIST}?tpyo=1&limit=1", headers=headers)
    made = world.owner.post(f"{LIST}?tpyo=1", json={"title": "x", "tpyo": {"a": []}}, headers=headers)
    nested = {"setting": {"allow_invitations": False, "tpyo": 1}}
    changed = world.owner.put(f"{world.workspace_url}?tpyo=1", json=nested, headers=headers)
    assert changed.json()["setting"]["allow_invitations"] is False
    deleted = world.owner.delete(f"{world.workspace_url}?archive_item=1", headers=headers)
    answers = [read, made, changed, deleted]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 204]
    assert [answer.headers["preference-applied"] for answer in answers] == ["handling=lenient"] * 4


@pytest.mark.parametrize(
    "prefer",
    [
        *("", "handling=strict", "handling=strict, handling=lenient", "handling", "lenient", "handling=lenient2"),
        *("xhandling=lenient", "return=handling=lenient", "x;handling=lenient", "=", ",,"),
    ],
)
def test_other_preferences_are_not_applied(ada: httpx.Client, prefer: str) -> None:
    for answer in (
        ada.get(f"{LIST}?tpyo=1", headers={"Prefer": prefer}),
        ada.post(LIST, json={"title": "x", "tpyo": 1}, headers={"Prefer": prefer}),
    ):
        assert_problem(answer, 422)
        assert "preference-applied" not in answer.headers


def test_a_lenient_request_is_still_told_of_wrong_values(ada: httpx.Client) -> None:
    answer = ada.get(f"{LIST}?limit=0&tpyo=1", headers=LENIENT)
    assert_problem(answer, 422)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["?limit"]


def test_an_error_is_a_problem_document_whatever_is_accepted(ada: httpx.Client) -> None:
    for accept in ("text/html, */*;q=0.1", "application/json", "text/html", "nonsense"):
        status = 406 if accept == "text/html" else 404
        assert_problem(ada.get("/api/v2/actions/7.json", headers={"Accept": accept}), status)


@pytest.mark.parametrize(
    ("accept", "status"),
    [("text/html,application/xhtml+xml,*/*;q=0.8", 200), ("text/html", 200), ("application/json", 406)],
)
def test_a_page_is_sent_to_clients_that_accept_it(anybody: httpx.Client, accept: str, status: int) -> None:
    assert anybody.get("/docs", headers={"Accept": accept}).status_code == status
