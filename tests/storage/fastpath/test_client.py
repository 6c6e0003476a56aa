"""A client with all shortcuts sends what botocore sends, and changes nothing for other clients."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.httpsession import URLLib3Session

from chalicelib import config
from chalicelib.storage import connection
from chalicelib.storage.fastpath.transport import Transport
from tests.storage.fastpath.clients import CALLS, fast_client, plain_client, sent

DIFFERENT = {"user-agent", "x-amz-date", "authorization", "amz-sdk-invocation-id"}


def headers_of(request: AWSPreparedRequest) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return {
        name: value if isinstance(value, bytes) else str(value).encode()
        for name, value in headers.items()
        if name not in DIFFERENT
    }


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_request_is_the_same_as_botocores(call: Callable[[Any], Any]) -> None:
    fast, plain = sent(fast_client(), call), sent(plain_client(), call)
    assert (fast.method, fast.url, fast.body) == (plain.method, plain.url, plain.body)
    assert headers_of(fast) == headers_of(plain)
    assert {name.lower() for name in fast.headers} == {name.lower() for name in plain.headers}


def test_a_request_is_signed_and_carries_the_fixed_user_agent() -> None:
    request = sent(fast_client(), CALLS["get"])
    assert request.headers["User-Agent"] == b"ogsm-workspaces"
    assert request.headers["Authorization"].startswith(b"AWS4-HMAC-SHA256 Credential=")


def test_other_clients_stay_as_botocore_makes_them() -> None:
    fast_client()
    other = botocore.session.get_session().create_client("sesv2", region_name="us-east-1")
    assert "Botocore/" in other.meta.config.user_agent
    assert isinstance(other._endpoint.http_session, URLLib3Session)


def test_the_service_uses_the_shortcuts_unless_they_are_switched_off() -> None:
    assert isinstance(connection.client._endpoint.http_session, Transport) == config.FASTPATH


def test_switched_off_no_shortcut_is_even_loaded() -> None:
    program = (
        "import sys; from chalicelib.storage import table; from chalicelib.storage.models.accounts import Account;"
        "Account.from_raw_data(Account.at(1, id=1, name='a', created_at='b').next_item());"
        "print(any('fastpath' in name for name in sys.modules))"
    )
    for switch, loaded in (("off", "False"), ("on", "True")):
        environment = os.environ | {"FASTPATH": switch}
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == loaded
