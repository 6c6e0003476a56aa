"""The API keys of accounts: derived, created with the account, made up for by sync-keys, deleted with the stack."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from chalice.app import AuthRequest

from chalicelib import config
from chalicelib.domain.accounts import accounts
from chalicelib.domain.accounts.usage_keys import derive_usage_key
from chalicelib.http import authorizer
from infra import admin, usage_keys
from tests.support.moto_backends import reset_backends

Json = dict[str, Any]
Command = Callable[..., Json]

STACK = "ogsm-workspaces-dev"
ADA = ("--email", "ada@acme.example", "--first-name", "Ada", "--last-name", "Admin")


@pytest.fixture
def gateway(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an API Gateway with the usage plan of a stack, which the environment names."""
    monkeypatch.setenv("STACK_NAME", STACK)
    client = boto3.client("apigateway")
    plan = client.create_usage_plan(name=STACK)["id"]
    # moto cannot create usage plans in a stack, so another resource has the id of this one.
    resource = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": plan}}
    template = {"Resources": {"UsagePlan": resource}, "Outputs": {"Table": {"Value": config.TABLE_NAME}}}
    boto3.client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(template))
    yield client
    reset_backends("apigateway", "cloudformation", "logs")


@pytest.fixture
def command(gateway: Any, capsys: pytest.CaptureFixture[str]) -> Command:
    """A function that carries out a command of infra.admin and returns what it prints. It may exit with 1."""

    def carry_out(*arguments: str, code: int | None = None) -> Json:
        ended = None
        try:
            admin.main(arguments)
        except SystemExit as error:
            ended = error.code
        answer: Json = json.loads(capsys.readouterr().out)
        assert ended == code
        return answer

    return carry_out


def create_account(command: Command, name: str, code: int | None = None) -> Json:
    return command("create-account", "--name", name, *ADA, code=code)


def planned(gateway: Any) -> dict[str, str]:
    """Return the values of the keys in the usage plan by their names."""
    [plan] = gateway.get_usage_plans()["items"]
    return {key["name"]: key["value"] for key in gateway.get_usage_plan_keys(usagePlanId=plan["id"])["items"]}


def unique_id(stack: str) -> str:
    [described] = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    return str(described["StackId"].split("/")[2])


def refuse(gateway: Any, monkeypatch: pytest.MonkeyPatch, operation: str) -> None:
    """Let API Gateway refuse an operation until the monkeypatch is undone."""

    def fail(*_: object, **__: object) -> None:
        raise gateway.exceptions.TooManyRequestsException({"Error": {"Code": "TooManyRequestsException"}}, operation)

    monkeypatch.setattr(usage_keys.UsagePlan, operation, fail)


def test_a_key_is_long_enough_and_differs_by_account_and_stack() -> None:
    values = {derive_usage_key(stack, account) for stack in ("a", "b") for account in (1, 11, 2)}
    assert len(values) == 6
    assert all(20 <= len(value) <= 128 for value in values), "what API Gateway accepts"
    assert derive_usage_key("5f3c", 12) == "fe0b273435fcf58ae1e6ba7f9d6b7721634e2cc3b624c2ded94ba9a9ec846ae2"


def test_create_account_puts_a_key_into_the_usage_plan_that_the_authorizer_names(
    command: Command, gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = create_account(command, "Acme")
    assert created["usage_key"] == f"{STACK}-account-{created['account']['id']}"
    monkeypatch.setattr(config, "STACK_ID", unique_id(STACK))
    caller = authorizer.authenticate(basic_header(created["credential"]))
    assert caller
    request = AuthRequest("TOKEN", "Basic x", "arn:aws:execute-api:r:1:a/dev/GET/x")
    answer = authorizer.MeteredAuthResponse(caller, {}).to_dict(request)
    assert planned(gateway) == {created["usage_key"]: answer["usageIdentifierKey"]}
    assert answer["usageIdentifierKey"] not in json.dumps(created)


def basic_header(credential: Json) -> str:
    return "Basic " + base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()


def test_each_account_has_a_key_of_its_own(command: Command, gateway: Any) -> None:
    names = [create_account(command, name)["usage_key"] for name in ("Acme", "Globex")]
    keys = planned(gateway)
    assert list(keys) == names
    assert len(set(keys.values())) == 2


def test_sync_keys_creates_what_is_missing_and_nothing_twice(command: Command, gateway: Any) -> None:
    for name in ("Acme", "Globex", "Initech"):
        create_account(command, name)
    before = planned(gateway)
    [plan] = gateway.get_usage_plans()["items"]
    first, second, _ = gateway.get_usage_plan_keys(usagePlanId=plan["id"])["items"]
    gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=first["id"])
    gateway.delete_api_key(apiKey=first["id"])
    gateway.delete_usage_plan_key(usagePlanId=plan["id"], keyId=second["id"])  # cut off before it was added
    assert command("sync-keys") == {"accounts": 3, "created": [1, 2]}
    assert planned(gateway) == before
    assert command("sync-keys") == {"accounts": 3, "created": []}
    assert len(gateway.get_api_keys()["items"]) == 3


def test_an_account_whose_key_cannot_be_created_is_shown_with_the_reason_and_gets_its_key_later(
    command: Command, gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        refuse(gateway, patched, "create_key")
        created = create_account(command, "Acme", code=1)
    assert created["credential"]["secret"]
    assert created["usage_key"] is None
    assert "TooManyRequestsException" in created["error"]
    assert "sync-keys" in created["error"]
    assert command("sync-keys") == {"accounts": 1, "created": [1]}


def test_the_keys_are_deleted_with_the_stack_and_those_of_others_are_not(command: Command, gateway: Any) -> None:
    create_account(command, "Acme")
    gateway.create_api_key(name="of somebody else", value="x" * 20)
    plan = usage_keys.find_usage_plan(STACK)
    assert plan
    plan.delete_keys()
    assert [key["name"] for key in gateway.get_api_keys()["items"]] == ["of somebody else"]


@pytest.mark.parametrize("arguments", [("sync-keys",), ("create-account", "--name", "Acme", *ADA)])
@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("STACK_NAME", "", "Set STACK_NAME"),
        ("STACK_NAME", "ogsm-workspaces-prod", "ogsm-workspaces-prod"),
        ("TABLE_NAME", "another", "TABLE_NAME is another, but the stack ogsm-workspaces-dev uses ogsm-workspaces-dev."),
    ],
)
def test_without_the_right_stack_nothing_is_created(
    gateway: Any, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], variable: str, value: str, named: str
) -> None:
    monkeypatch.setenv(variable, value)
    if variable == "TABLE_NAME":
        monkeypatch.setattr(config, "TABLE_NAME", value)
    with pytest.raises(SystemExit, match=named):
        admin.main(arguments)
    assert gateway.get_api_keys()["items"] == []
    monkeypatch.undo()
    assert not list(accounts.list_accounts())


def test_a_local_store_needs_no_keys(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    assert "usage_key" not in usage_keys.create_account(
        name="Acme", email="ada@acme.example", first_name="A", last_name="B"
    )
    with pytest.raises(SystemExit, match="A local store has no API keys"):
        admin.main(["sync-keys"])
