"""Credentials come from the environment, or else from where botocore finds them."""

from pathlib import Path

import pytest

from tests.storage.fastpath.clients import fast_client, plain_client


def test_credentials_of_the_environment_are_found_as_botocore_finds_them() -> None:
    fast, plain = (client._request_signer._credentials for client in (fast_client(), plain_client()))
    assert (fast.access_key, fast.secret_key, fast.method) == (plain.access_key, plain.secret_key, "env")


def test_a_session_token_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    assert fast_client()._request_signer._credentials.token == "token"


def test_without_credentials_in_the_environment_botocore_looks_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "credentials"
    shared.write_text("[default]\naws_access_key_id = A\naws_secret_access_key = B\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert fast_client()._request_signer._credentials.method == "shared-credentials-file"
