"""Dry runs of every write: nothing is written, and the token in the answer carries the request out."""

from typing import Any

import httpx
import pytest

from app import app
from chalicelib.domain.ogsm.canvas_items import GOALS
from chalicelib.domain.ogsm.references import REPORTS
from chalicelib.storage.models.ogsm_objects import MeasurementRow
from infra.testing.request_cases import RequestCase
from infra.testing.rows import store_rows
from infra.testing.world import World
from tests.support import ogsm
from tests.support.dry_runs import DRY, WRITES, name_of, plan
from tests.support.gateway_events import as_caller, event
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

PARAMETERS = ogsm.mark_repeated(WRITES, lambda case: case.path)


@pytest.mark.parametrize("case", PARAMETERS, ids=name_of)
def test_a_dry_run_writes_nothing_and_its_token_carries_the_request_out(
    world: World, outbox: list[Json], case: RequestCase
) -> None:
    client, request = world.clients[case.caller], case.build_request(world)
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    before, mails = stored_rows(), len(outbox)
    planned = plan(client, request)
    assert stored_rows() == before
    assert len(outbox) == mails
    request.headers["Confirm-Token"] = planned["confirm_token"]
    done = client.send(request)
    assert done.status_code < 300, done.text
    sent = [
        (mail["Destination"]["ToAddresses"], mail["Content"]["Simple"]["Subject"]["Data"]) for mail in outbox[mails:]
    ]
    assert sent == [([mail["to"]], mail["subject"]) for mail in planned["mails"]]


LIST = "/api/v2/actions.json"


@pytest.fixture
def action(ada: httpx.Client) -> str:
    """Return the address of an action."""
    return str(ada.post(LIST, json={"title": "x"}).headers["location"])


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?dry_run=true", {}),
        ("?dry_run", {}),
        ("?dry_run=false", {"Prefer": "dry-run"}),
        ("", {"Prefer": "respond-async, DRY-RUN; x=1"}),
        ("", {"Prefer": "dry-run=yes, handling=lenient"}),
    ],
)
def test_each_way_of_asking_is_understood(ada: httpx.Client, action: str, query: str, headers: dict[str, str]) -> None:
    answer = ada.patch(f"{action}{query}", json={"title": "y"}, headers=headers)
    applied = "dry-run, handling=lenient" if "handling" in headers.get("Prefer", "") else "dry-run"
    assert answer.headers["preference-applied"] == applied
    assert answer.headers["cache-control"] == "no-store"
    [change] = answer.json()["would"]
    assert (change["verb"], change["object"]) == ("update", {"kind": "action", "id": 1, "href": action})
    assert (change["before"]["title"], change["after"]["title"]) == ("x", "y")
    assert ada.get(action).json()["title"] == "x"


TWO_LINES = [["dry-run", "handling=lenient"], ["handling=lenient", "dry-run"]]


@pytest.mark.parametrize("lines", TWO_LINES, ids=str)
def test_a_preference_counts_in_any_line_of_the_header(ada: httpx.Client, action: str, lines: list[str]) -> None:
    answer = ada.patch(action, json={"title": "y"}, headers=[*zip(("Prefer", "prefer"), lines, strict=True)])
    assert answer.headers["preference-applied"] == "dry-run, handling=lenient"
    assert ada.get(action).json()["title"] == "x"


@pytest.mark.parametrize("lines", TWO_LINES, ids=str)
def test_a_preference_counts_in_any_line_of_the_header_on_aws(
    ada: httpx.Client, acme: Json, action: str, lines: list[str]
) -> None:
    path, ids = "/api/v2/actions/{action_id}", {"action_id": "1.json"}
    sent = event("PATCH", path, ids=ids, body={"title": "y"}, headers={"prefer": lines[-1]}, caller=as_caller(acme))
    answer = app(sent | {"multiValueHeaders": {"prefer": lines}}, None)
    assert answer["headers"]["Preference-Applied"] == "dry-run, handling=lenient"
    assert ada.get(action).json()["title"] == "x"


def test_a_write_that_does_not_ask_is_carried_out(ada: httpx.Client, action: str) -> None:
    for title, query in (("y", "?dry_run=false"), ("z", "?dry_run=0")):
        assert ada.patch(f"{action}{query}", json={"title": title}).json()["title"] == title


@pytest.mark.parametrize("query", ["dry_run=maybe", "dry_run=true&dry_run=false"])
def test_a_wrong_value_is_an_error_and_nothing_is_done(ada: httpx.Client, action: str, query: str) -> None:
    assert_problem(ada.delete(f"{action}?{query}"), 422, "dry_run: ")
    assert ada.get(action).status_code == 200


def test_new_ids_are_null_wherever_they_are(world: World) -> None:
    request = world.owner.build_request("POST", "/api/workspaces", json={"name": "New"})
    planned = plan(world.owner, request)["would"]
    assert [one["object"] for one in planned] == [
        {"kind": "workspace", "id": None, "href": None},
        {"kind": "member", "id": None, "href": None},
    ]
    assert planned[0]["after"]["id"] is None
    assert {link["href"] for link in planned[0]["after"]["links"]} == {None}
    assert planned[1]["after"]["workspace"] is None


def test_the_copy_of_a_mail_is_named_as_well(world: World) -> None:
    body = {"email": "new@acme.example", "cc": True}
    request = world.owner.build_request("POST", f"{world.workspace_url}/invitation", json=body)
    subject = "Ada Admin invites you to Workspace with others"
    assert plan(world.owner, request)["mails"] == [
        {"kind": "invitation", "to": address, "subject": subject}
        for address in ("new@acme.example", "ada@acme.example")
    ]


def test_a_message_to_a_webhook_is_named_and_not_sent(ada: httpx.Client) -> None:
    hook = ada.post("/api/webhooks", json={"url": "https://receiver.example/hook"}).headers["location"]
    planned = plan(ada, ada.build_request("POST", f"{hook}/test"))
    assert (planned["would"], planned["webhook_messages"]) == ([], ["https://receiver.example/hook"])
    assert stored_rows("webhook_delivery") == []


def test_no_secret_is_shown(ada: httpx.Client) -> None:
    requests = [("/api/credentials", {}), ("/api/webhooks", {"url": "https://receiver.example/"})]
    for address, body in requests:
        planned = plan(ada, ada.build_request("POST", address, json=body))
        secret = ada.post(address, json=body).json()["secret"]
        assert "'secret'" not in str(planned)
        assert not any(len(text) == len(secret) for text in texts_in(planned["would"]))
        assert planned["would"][-1]["object"]["kind"] == "audit_event"


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for one in (value.values() if isinstance(value, dict) else value) for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


def test_the_first_hundred_changes_are_listed_and_the_rest_is_counted(ada: httpx.Client) -> None:
    goal = ada.post("/api/v2/goals.json", json={"title": "x"}).json()["id"]
    row = REPORTS[GOALS].row
    assert issubclass(row, MeasurementRow)
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 6) for day in range(1, 29)]
    store_rows(row.at(1, row.id_of(goal, day), doc={"id": row.id_of(goal, day)}) for day in days)
    planned = plan(ada, ada.build_request("DELETE", f"/api/v2/goals/{goal}.json"))
    assert (len(planned["would"]), planned["more"]) == (100, len(days) + 1 - 100)
    answer = ada.delete(f"/api/v2/goals/{goal}.json", headers={"Confirm-Token": planned["confirm_token"]})
    assert answer.status_code == 200
    assert stored_rows("goal", "goal_measurement") == []


def test_large_objects_are_counted_so_that_the_answer_stays_small(ada: httpx.Client) -> None:
    canvas = ada.post("/api/v2/ogsm_canvases.json", json={"name": "x"}).json()["id"]
    body = {"title": "x", "description": "x" * 380_000, "ogsm_canvases": [{"id": canvas}]}
    for _ in range(10):
        assert ada.post("/api/v2/objectives.json", json=body).status_code == 201
    address = f"/api/v2/ogsm_canvases/{canvas}.json?cascade=true"
    answer = ada.delete(address, headers=DRY)
    assert len(answer.content) < 5_000_000
    assert answer.json()["more"] > 0


@pytest.mark.parametrize(
    ("method", "address", "body", "headers", "status"),
    [
        ("PATCH", "/api/v2/actions/9.json", {"title": "x"}, {}, 404),
        ("PATCH", "{action}", {"title": " "}, {}, 422),
        ("PATCH", "{action}?x=1", {"title": "x"}, {}, 422),
        ("PATCH", "{action}", {"title": "x"}, {"If-Match": '"old"'}, 412),
        ("DELETE", "/api/workspaces/1", None, {}, 409),
        ("POST", "/api/workspaces/1/invitation", {"email": "x@y.example"}, {}, 422),
        ("PATCH", "{action}", {"title": "x"}, {"Accept": "text/html"}, 406),
        ("PATCH", "{action}", {"title": "x"}, {"Idempotency-Key": ""}, 400),
        ("PATCH", "{action}", {"title": "x"}, {"Idempotency-Key": "x" * 256}, 400),
        ("POST", "/api/changes/1/undo", None, {}, 404),
        ("PUT", LIST, {}, {}, 405),
    ],
)
def test_a_dry_run_has_the_errors_of_the_request(
    ada: httpx.Client, action: str, method: str, address: str, body: Json, headers: dict[str, str], status: int
) -> None:
    request = method, address.format(action=action)
    planned = ada.request(*request, json=body, headers=headers | DRY)
    done = ada.request(*request, json=body, headers=headers)
    assert_problem(planned, status, done.json()["detail"])
    assert done.status_code == status
    assert "preference-applied" not in planned.headers


def test_a_read_credential_gets_no_dry_run(reader: httpx.Client, action: str) -> None:
    assert_problem(reader.delete(action, headers=DRY), 403, "may only read")


def test_a_dry_run_neither_finds_nor_keeps_an_answer_under_an_idempotency_key(ada: httpx.Client, action: str) -> None:
    with_key = {"Idempotency-Key": "k"}
    assert ada.patch(action, json={"title": "y"}, headers=with_key).status_code == 200
    before = stored_rows()
    for key in ("k", "new"):
        answer = ada.patch(action, json={"title": "z"}, headers=DRY | {"Idempotency-Key": key})
        assert answer.json()["would"][0]["after"]["title"] == "z"
    assert stored_rows() == before


def test_reads_ignore_the_preference_and_do_not_know_the_parameter(ada: httpx.Client, action: str) -> None:
    answer = ada.get(action, headers=DRY)
    assert (answer.status_code, answer.json()["title"]) == (200, "x")
    assert "preference-applied" not in answer.headers
    assert_problem(ada.get(f"{action}?dry_run=true"), 422, "dry_run")


@pytest.mark.parametrize("ask", [DRY, {"Confirm-Token": "x"}, "dry_run=true", "dry_run"])
def test_pages_and_open_calls_have_no_dry_run_and_do_nothing(
    ada: httpx.Client, anybody: httpx.Client, ask: dict[str, str] | str
) -> None:
    headers, query = (ask, "") if isinstance(ask, dict) else ({}, f"?{ask}")
    ada.get("/api/me")  # the first request of a day stores when the credential was used
    before = stored_rows()
    for client, address in (
        (ada, "/settings/api"),
        (anybody, "/oauth/token"),
        (anybody, f"/invitations/1-{'x' * 43}"),
        (ada, "/settings/webhooks"),
    ):
        answer = client.post(f"{address}{query}", data={"label": "x"}, headers=headers)
        assert answer.status_code == 400, answer.text
        assert "no dry run" in answer.text
    assert stored_rows() == before
