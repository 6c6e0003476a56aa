"""JSON-RPC: which messages are read, which get no answer, and batches."""

from typing import Any

import pytest

from tests.support.mcp_messages import CoreServer, message, modern

Json = dict[str, Any]

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
PING = message("ping")
NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/initialized"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is not valid JSON at line 1, column 1"),
        (b"{", "is not valid JSON at line 1, column 2"),
        (b"\xff", "is not valid UTF-8 at byte 0"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"id": ' + b"9" * 5_000 + b"}", "is not usable JSON"),
    ],
)
def test_a_body_that_is_no_json_is_a_parse_error(core: CoreServer, body: bytes, words: str) -> None:
    answer = core.send(body)
    assert (answer.status, answer.error["code"], answer.body["id"]) == (400, PARSE_ERROR, None)
    assert words in answer.error["message"]


@pytest.mark.parametrize(("levels", "status"), [(20, 200), (21, 400), (100_000, 400)])
def test_a_body_may_have_twenty_levels(core: CoreServer, levels: int, status: int) -> None:
    nested = b"[" * (levels - 2) + b"]" * (levels - 2)
    answer = core.send(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":%s}}' % nested)
    assert answer.status == status
    if status == 400:
        assert (answer.error["code"], answer.error["message"]) == (
            INVALID_REQUEST,
            "The body is more than 20 levels deep.",
        )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (5, "must be a JSON object"),
        (None, "must be a JSON object"),
        ({}, '"jsonrpc": "2.0"'),
        (PING | {"jsonrpc": "1.0"}, '"jsonrpc": "2.0"'),
        (PING | {"method": 5}, "method must be a string"),
        ({"jsonrpc": "2.0", "id": 1}, "method must be a string"),
        ({"jsonrpc": "2.0"}, "method must be a string"),
        (PING | {"id": None}, "id must be a string or an integer"),
        (PING | {"id": True}, "id must be a string or an integer"),
        (PING | {"id": 1.5}, "id must be a string or an integer"),
        (PING | {"id": [1]}, "id must be a string or an integer"),
    ],
)
def test_what_is_no_message_is_refused_in_every_version(core: CoreServer, body: object, words: str) -> None:
    for headers in ({}, {"mcp-protocol-version": "2025-06-18"}, modern("ping")[0]):
        answer = core.send(body, headers)
        assert (answer.status, answer.error["code"]) == (400, INVALID_REQUEST)
        assert words in answer.error["message"]


@pytest.mark.parametrize("rpc_id", [0, -1, 2**70, "", "x", "é \U0001f600"])
def test_an_answer_has_the_id_of_its_message(core: CoreServer, rpc_id: object) -> None:
    assert core.send(message("ping", rpc_id=rpc_id)).body == {"jsonrpc": "2.0", "id": rpc_id, "result": {}}
    assert core.send(message("nothing", rpc_id=rpc_id)).body["id"] == rpc_id


def test_half_a_surrogate_pair_is_answered_as_a_question_mark(core: CoreServer) -> None:
    answer = core.send(b'{"jsonrpc":"2.0","id":"\\ud800","method":"x\\ud800"}')
    assert (answer.body["id"], answer.error["message"]) == ("?", 'There is no method "x?".')


@pytest.mark.parametrize("params", [None, [], [1], "x", 1])
def test_params_must_be_an_object(core: CoreServer, params: object) -> None:
    answer = core.send(PING | {"params": params})
    assert (answer.status, answer.error["code"]) == (200, INVALID_PARAMS)


def test_params_may_be_left_out(core: CoreServer) -> None:
    assert core.send({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).result["tools"]


@pytest.mark.parametrize(
    "body",
    [
        NOTIFICATION,
        NOTIFICATION | {"params": []},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "fail"}},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "x"}},
    ],
)
def test_notifications_and_responses_get_no_answer(core: CoreServer, body: Json) -> None:
    for headers in ({}, {"mcp-protocol-version": "2025-11-25"}, {"mcp-protocol-version": "2026-07-28"}):
        answer = core.send(body, headers)
        assert (answer.status, answer.body) == (202, None)
    assert core.failures == []


@pytest.mark.parametrize("headers", [{}, {"mcp-protocol-version": "2025-03-26"}])
def test_a_batch_is_answered_message_by_message(core: CoreServer, headers: Json) -> None:
    batch = [
        message("ping", rpc_id="a"),
        NOTIFICATION,
        message("nothing", rpc_id="b"),
        7,
        message("tools/list", rpc_id="c"),
    ]
    answer = core.send(batch, headers)
    assert answer.status == 200
    assert [one["id"] for one in answer.body] == ["a", "b", None, "c"]
    assert [one.get("error", {}).get("code") for one in answer.body] == [None, METHOD_NOT_FOUND, INVALID_REQUEST, None]


def test_a_batch_of_notifications_gets_no_answer(core: CoreServer) -> None:
    answer = core.send([NOTIFICATION, NOTIFICATION])
    assert (answer.status, answer.body) == (202, None)


@pytest.mark.parametrize("version", ["2026-07-28", "2025-11-25", "2025-06-18", "2024-11-05", "2030-01-01"])
def test_other_versions_have_no_batches(core: CoreServer, version: str) -> None:
    answer = core.send([PING], {"mcp-protocol-version": version})
    assert (answer.status, answer.error["code"]) == (400, INVALID_REQUEST)
    assert "no batches" in answer.error["message"]


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (20, 200), (21, 400)])
def test_a_batch_has_one_to_twenty_messages(core: CoreServer, count: int, status: int) -> None:
    answer = core.send([PING] * count)
    assert answer.status == status
    if status == 400:
        assert answer.error["message"] == f"A batch must have 1 to 20 messages. This one has {count}."


def test_a_batch_may_not_contain_initialize(core: CoreServer) -> None:
    answer = core.send([PING, message("initialize")])
    assert (answer.status, answer.error["code"]) == (400, INVALID_REQUEST)


def test_a_failure_in_a_batch_leaves_the_other_answers(core: CoreServer) -> None:
    answer = core.send([message("tools/call", {"name": "fail"}, rpc_id=1), message("ping", rpc_id=2)])
    assert [one.get("error", {}).get("code") for one in answer.body] == [-32603, None]
    assert core.failures == ["failed"]
