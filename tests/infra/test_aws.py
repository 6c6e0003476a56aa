"""A missing region, missing credentials and refused credentials: one line that says what to set, and no traceback."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

from infra import aws, deploy, smoke

COMMANDS: dict[str, Callable[[], None]] = {
    "smoke": lambda: smoke.main([]),
    **{verb: (lambda verb=verb: deploy.main([verb])) for verb in ("deploy", "template", "logs", "destroy")},  # type: ignore[misc]
}
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE")


@pytest.fixture(autouse=True)
def new_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Create clients anew in this test and after it, and read no files of the machine's user."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


def line_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one line that a command prints to stderr before it exits with 1."""
    with pytest.raises(SystemExit) as failed:
        COMMANDS[command]()
    assert capsys.readouterr().err == ""
    [line] = str(failed.value.code).splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_region_is_explained(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert "Set AWS_REGION to a region, such as eu-west-1" in line_of(command, capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_profile_is_explained(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "none")
    said = line_of(command, capsys)
    assert "profile (none) could not be found" in said
    assert "Set AWS_PROFILE" in said


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_refused_credentials_are_explained(
    command: str, code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_self: object, operation: str, _parameters: object) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "The security token\nis not valid"}}, operation)

    monkeypatch.setattr("botocore.client.BaseClient._make_api_call", refuse)
    said = line_of(command, capsys)
    assert code in said
    assert "AWS does not accept the credentials. Sign in again, or set other credentials." in said


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (exceptions.NoCredentialsError(), "Set AWS_PROFILE to a profile, or AWS_ACCESS_KEY_ID"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "Set AWS_PROFILE"),
        (exceptions.UnauthorizedSSOTokenError(), "Sign in again"),
        (exceptions.CredentialRetrievalError(provider="x", error_msg="y"), "Sign in again"),
        (exceptions.EndpointConnectionError(endpoint_url="https://x.example"), ""),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "You may not"}}, "X"), ""),
    ],
)
def test_an_error_is_one_line_with_advice_about_credentials_alone(error: Any, advice: str) -> None:
    said = aws.explain(error)
    assert len(said.splitlines()) == 1
    assert said.endswith(".")
    assert advice in said
    assert bool(advice) == (aws.find_advice(error) is not None)
