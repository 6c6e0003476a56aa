"""Without its endpoint rules a client still finds the endpoint that botocore finds."""

import pytest

from tests.storage.fastpath.clients import CALLS, fast_client, plain_client, sent


@pytest.mark.parametrize("host", [None, "http://127.0.0.1:8000"])
def test_the_endpoint_is_the_same(host: str | None) -> None:
    fast, plain = (sent(client, CALLS["get"]) for client in (fast_client(host), plain_client(host)))
    assert fast.url == plain.url


def test_the_endpoint_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    assert sent(fast_client(), CALLS["get"]).url == "http://127.0.0.1:9/"
