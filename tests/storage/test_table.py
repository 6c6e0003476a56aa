"""The table: requests that are not sent, and what happens when DynamoDB fails."""

import time
from functools import partial
from threading import Barrier, Semaphore
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)

from chalicelib import clock, config
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.base import Row
from chalicelib.storage.parallel import MAX_PARALLEL, run_parallel
from infra import row_chart
from infra.testing.documents import example
from infra.testing.world import World
from tests.support.failures import Hook, failing, losing_the_answer

LIST = "/api/v2/actions.json"
ACTION = example("action")
GET = "GetItem"
KEY = {"Idempotency-Key": "one"}


def test_an_update_that_changes_nothing_writes_nothing(ada: httpx.Client, asked: list[str]) -> None:
    one = ada.post(LIST, json=ACTION).headers["location"]
    asked.clear()
    ada.patch(one, json={"title": ACTION["title"]})
    assert asked == [GET, GET]


def test_an_invalid_body_costs_nothing(ada: httpx.Client, asked: list[str]) -> None:
    ada.get(LIST)
    asked.clear()
    ada.post(LIST, json={"title": ""})
    assert asked == [GET], "the authorizer's"


def test_a_page_reads_no_more_than_it_shows(ada: httpx.Client) -> None:
    for _ in range(10):
        ada.post(LIST, json={"title": "x" * 200, "description": "x" * 8_000})
    read = {limit: ada.get(f"{LIST}?limit={limit}").headers["server-timing"] for limit in (1, 9)}
    assert all("calls=1 " in timing for timing in read.values())


@pytest.mark.parametrize("code", ["ConditionalCheckFailedException", "TransactionConflictException"])
def test_a_change_that_loses_a_race_is_planned_again(ada: httpx.Client, on: Hook, code: str) -> None:
    one = ada.post(LIST, json=ACTION).headers["location"]
    on("before-call.dynamodb", failing("PutItem", code, times=3))
    answer = ada.patch(one, json={"title": "y"})
    assert answer.status_code == 200
    assert "calls=8 " in answer.headers["server-timing"]
    assert ada.get(one).json()["title"] == "y"


def test_a_change_that_loses_every_race_is_409_and_changes_nothing(
    ada: httpx.Client, on: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    one = ada.post(LIST, json=ACTION).headers["location"]
    on("before-call.dynamodb", failing("PutItem", "ConditionalCheckFailedException", times=99))
    answer = ada.patch(one, json={"title": "y"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")
    assert ada.get(one).json()["title"] == ACTION["title"]


@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"]
)
def test_a_busy_store_is_503(ada: httpx.Client, on: Hook, code: str) -> None:
    on("before-call.dynamodb", failing("Query", code, times=99))
    answer = ada.get(LIST)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize("failure", [HTTPClientError, ReadTimeoutError, EndpointConnectionError, ConnectionClosedError])
def test_a_store_that_does_not_answer_is_503(
    ada: httpx.Client, on: Hook, failure: type[BotoCoreError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(request: Any, **_: Any) -> None:
        raise failure(error="gone", endpoint_url=request.url)

    monkeypatch.setattr(time, "sleep", lambda _: None)  # botocore waits longer each time
    for operation in ("Query", "UpdateItem"):
        on(f"before-send.dynamodb.{operation}", fail)
    for answer in (ada.get(LIST), ada.get("/api/workspaces"), ada.post(LIST, json=ACTION)):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_an_unexpected_error_of_the_store_is_500(ada: httpx.Client, on: Hook) -> None:
    on("before-call.dynamodb", failing("Query", "AccessDeniedException", times=99))
    answer = ada.get(LIST)
    assert answer.status_code == 500
    assert "AccessDenied" not in answer.text


def test_a_create_whose_response_got_lost_is_not_done_twice(ada: httpx.Client, on: Hook) -> None:
    ada.get(LIST)
    on("before-send.dynamodb.PutItem", losing_the_answer("PutItem"))
    assert ada.post(LIST, json={"title": "x"}).json()["id"] == 1
    assert [action["id"] for action in ada.get(LIST).json()] == [1]


def test_a_delete_whose_response_got_lost_is_still_a_delete(ada: httpx.Client, on: Hook) -> None:
    one = ada.post(LIST, json={"title": "x"}).headers["location"]
    on("before-send.dynamodb.TransactWriteItems", losing_the_answer("TransactWriteItems"))
    assert ada.delete(one).status_code == 200
    assert ada.get(one).status_code == 404


def test_parallel_calls_return_their_results_in_order_and_never_exceed_the_limit() -> None:
    together, under_way, most = Barrier(MAX_PARALLEL, timeout=10), Semaphore(MAX_PARALLEL), 3 * MAX_PARALLEL

    def call(number: int) -> int:
        assert under_way.acquire(blocking=False), "too many at once"
        together.wait()
        under_way.release()
        return number

    assert run_parallel([partial(call, number) for number in range(most)]) == [*range(most)]
    assert run_parallel([]) == []


def test_an_error_of_a_parallel_read_is_the_error_of_the_request(ada: httpx.Client, on: Hook) -> None:
    on("before-call.dynamodb", failing("Query", "ThrottlingException", times=99))
    assert ada.get("/api/credentials").status_code == ada.get("/api/activities").status_code == 503


def test_a_row_cannot_be_written_past_the_unit_of_work(url: str) -> None:
    account = Account.at(1, id=1, name="Acme", created_at="2026-01-01T00:00:00Z")
    with pytest.raises(AttributeError, match="Meta"):
        account.save()


def test_keys_have_the_forms_that_the_models_declare(world: World) -> None:
    world.owner.post(LIST, json=ACTION, headers=KEY)
    world.item()
    world.stack()
    for item in boto3.client("dynamodb").scan(TableName=config.TABLE_NAME)["Items"]:
        key, kind = (item["pk"]["S"], item["sk"]["S"]), type(Row.from_raw_data(item))
        assert row_chart.has_declared_form(kind, *key), (
            f"{kind.__name__} has the key {key}. Declare it in its docstring."
        )


def test_everything_of_an_account_lies_under_its_account(ada: httpx.Client) -> None:
    ada.post(LIST, json=ACTION, headers=KEY)
    items = boto3.client("dynamodb").scan(TableName=config.TABLE_NAME)["Items"]
    kinds = {(item["kind"]["S"], item["pk"]["S"]) for item in items}
    directory = {("account", "ACCOUNTS"), ("counter", "ACCOUNTS"), ("user_account", "USERS")}
    assert {lies for lies in kinds if not lies[1].startswith("ACCOUNT#000000001")} == directory
    assert {"action", "receipt", "credential", "user", "email_address", "counter"} <= {kind for kind, _ in kinds}
