"""Generated messages through HTTP: each gets an answer of the protocol, and none is an internal error."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from chalicelib.routes import mcp as route
from tests.support import counts
from tests.support.generated_messages import OFFERED, Sent, any_requests

Json = dict[str, Any]

MESSAGES = counts.choose(quick=300, full=10_000)
CODES = {-32700, -32600, -32601, -32602, -32020, -32021, -32022}
STATUSES = {200, 202, 400, 404}
COMMON_KINDS = {"none", "result", "complete", "-32700", "-32600"}
EXPECTED_KINDS = counts.choose(  # a few hundred messages may miss the rarer kinds
    quick=COMMON_KINDS, full={*COMMON_KINDS, "input_required", *map(str, CODES)}
)


def assert_answer(answer: Any) -> str:
    """Check one answer to a message. Return its kind."""
    assert (answer["jsonrpc"], len(answer)) == ("2.0", 3)
    if "result" in answer:
        assert isinstance(answer["result"], dict)
        return str(answer["result"].get("resultType", "result"))
    assert answer["error"]["code"] in CODES, answer
    assert answer["error"]["message"]
    return str(answer["error"]["code"])


def test_every_generated_message_is_answered_and_none_is_an_internal_error(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "_load_tools", lambda: OFFERED)
    kinds: Counter[str] = Counter()

    @settings(max_examples=MESSAGES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(sent=any_requests)
    def send(sent: Sent) -> None:
        answer = ada.post(
            "/mcp", content=sent.content, headers={name.encode(): value for name, value in sent.headers.items()}
        )
        too_long = any(len(value) > 4_096 for value in sent.headers.values())
        assert answer.status_code in (STATUSES if not too_long else {400}), answer.text
        if answer.status_code == 202:
            assert answer.content == b""
            kinds["none"] += 1
            return
        body = json.loads(answer.content)
        if isinstance(body, list):
            assert answer.status_code == 200
            assert 1 <= len(body) <= 20
        kinds.update(map(assert_answer, body if isinstance(body, list) else [body]))

    send()
    assert kinds.keys() >= EXPECTED_KINDS, f"The generator no longer makes messages of each kind: {kinds}"
