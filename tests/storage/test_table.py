"""The table: references and ranges, requests that are not sent, and what happens when DynamoDB fails."""

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
from chalicelib.storage import table
from chalicelib.storage.connection import client
from chalicelib.storage.models.accounts import Account
from chalicelib.storage.models.activities import Placement
from chalicelib.storage.models.base import Range, Ref, Row
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import EmailAddress, Slug, User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.parallel import MAX_PARALLEL, run_parallel
from chalicelib.storage.rows import Entry, Rows
from infra import row_chart
from infra.testing.documents import example
from infra.testing.rows import store_rows
from infra.testing.world import World
from tests.support.failures import Hook, failing, losing_the_answer

LIST = "/api/v2/actions.json"
ACTION = example("action")
GET = "GetItem"
KEY = {"Idempotency-Key": "one"}


def test_a_reference_finds_a_row_with_its_own_type(world: World) -> None:
    workspace = table.get(Workspace.ref(world.account, world.workspace))
    assert type(workspace) is Workspace
    assert table.get(Workspace.ref(world.account + 1, world.workspace)) is None


def test_rows_that_were_read_together_are_found_by_their_references(world: World) -> None:
    user, workspace = world.users["owner"], world.workspace
    user_ref, workspace_ref = User.ref(world.account, user), Workspace.ref(world.account, workspace)
    unknown = Slug.ref(world.account, "nobody")
    rows = table.get_many([user_ref, workspace_ref, unknown, user_ref])
    found, owned = rows.get(user_ref), rows[workspace_ref]
    assert found is not None
    assert (found.id, owned.id, len(rows)) == (user, workspace, 2)
    assert rows.get(unknown) is None
    assert (user_ref in rows, unknown in rows) == (True, False)
    assert (rows.all(User), rows.all(Slug)) == ([found], [])
    assert set(rows) == {found, owned}
    with pytest.raises(KeyError):
        rows[unknown]


def test_a_reference_of_another_kind_finds_nothing() -> None:
    address = EmailAddress.at(1, "ada@acme.example", user="u")
    rows = Rows({(address.pk, address.sk): address})
    assert rows.get(EmailAddress.ref(1, "Ada@Acme.example")) is address
    assert rows.get(Ref(address.pk, address.sk, Slug)) is None


def test_a_union_has_the_rows_of_both() -> None:
    first, second = Slug.at(1, "ada", user="a"), Slug.at(1, "bob", user="b")
    rows = Rows({(first.pk, first.sk): first}) | Rows({(second.pk, second.sk): second})
    assert rows.all(Slug) == [first, second]


def test_more_rows_than_one_request_reads_are_all_found(url: str, asked: list[str]) -> None:
    names = [f"user-{number}" for number in range(2 * table.MAX_BATCH_KEYS + 1)]
    store_rows(Slug.at(1, name, user=name) for name in names)
    asked.clear()
    rows = table.get_many(Slug.ref(1, name) for name in names)
    assert asked == ["BatchGetItem"] * 3
    assert {slug.user for slug in rows.all(Slug)} == {*names}


def test_a_range_has_all_rows_of_its_kind_and_no_others(url: str) -> None:
    members = [Member.at(1, 7, user, user=user, role="member") for user in ("u1", "u2", "u3")]
    store_rows([*members, Member.at(1, 8, "u4", user="u4", role="owner"), Stack.at(1, 7, 9, id=9, name="Stack")])
    of_workspace = Member.of_workspace(1, 7)
    assert [member.user for member in table.query(of_workspace)] == ["u1", "u2", "u3"]
    assert [member.user for member in table.query(of_workspace, limit=2, backwards=True)] == ["u3", "u2"]
    assert list(table.query(Member.of_workspace(1, 6))) == []
    assert of_workspace.contains(members[0].position)
    assert not of_workspace.contains(Stack.ref(1, 7, 9).position)


def store_items() -> list[Placement]:
    """Store two items on an inbox, two on a stack and one in the archive of a workspace, which has a member."""
    places = [(8, "1"), (8, "2"), (9, "1"), (9, "2"), (None, "1")]
    items = [
        Placement.at(1, 7, stack, order, number, activity=number, doc={"id": number})
        for number, (stack, order) in enumerate(places)
    ]
    store_rows([*items, Stack.at(1, 7, 9, id=9, name="Stack"), Member.at(1, 7, "u", user="u", role="owner")])
    return items


def test_texts_continue_after_a_position_without_the_rows_of_other_ranges(url: str) -> None:
    items = store_items()
    texts = [Entry(item.position, f'{{"id":{item.activity}}}') for item in items]
    assert list(table.query_texts(Placement.on_all_stacks(1, 7))) == texts[:4]
    assert list(table.query_texts(Placement.on_all_stacks(1, 7), after=items[1].position)) == texts[2:4]
    assert list(table.query_texts(Placement.on_stack(1, 7, 9))) == texts[2:4]
    assert list(table.query_texts(Placement.in_archive(1, 7))) == texts[4:]
    assert [Placement.stack_at(entry.position) for entry in texts[1:3]] == [8, 9]
    assert [Placement.order_at(entry.position) for entry in texts[1:3]] == ["2", "1"]


def test_a_range_of_several_kinds_has_the_rows_of_all_of_them(url: str) -> None:
    store_items()
    contents = table.query_rows(Stack.with_items(1, 7, 7))
    assert (len(contents.all(Placement)), len(contents.all(Stack)), len(contents.all(Member))) == (4, 1, 1)


def test_stacks_are_read_with_the_texts_of_their_items_but_without_the_inbox(url: str) -> None:
    items = store_items()
    rows, entries = table.query_rows_and_texts(Stack.with_items(1, 7, inbox=8), Placement)
    assert [stack.id for stack in rows.all(Stack)] == [9]
    assert [entry.position for entry in entries] == [item.position for item in items[2:4]]
    assert rows.all(Placement) == []


@pytest.mark.parametrize(("position", "expected"), [("A#", True), ("A#1", True), ("A", False), ("AB", False)])
def test_a_range_under_a_prefix_contains_only_positions_with_that_prefix(position: str, expected: bool) -> None:
    assert Range.under("partition", "A#", Row).contains(position) is expected


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


def test_the_stream_of_a_local_store_is_switched_on_and_off_once(world: World, asked: list[str]) -> None:
    for is_enabled in (False, True, True, False):
        table.set_stream(is_enabled)
        described = client.describe_table(TableName=config.TABLE_NAME)["Table"]
        assert described.get("StreamSpecification", {"StreamEnabled": False})["StreamEnabled"] == is_enabled
    assert asked.count("UpdateTable") == 2
