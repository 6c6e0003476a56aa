"""Fill the tables of all variants with the same data.

Each variant creates its actions through its own calls. The peers only read users and workspaces, so they get those as
the service returns them, in native attributes.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.types import TypeSerializer

from bench import calls
from bench.peers.shared import keys
from bench.variants import HandlerProcess, Variant
from infra.testing.processes import PROJECT, answers, await_that, environment, free_port, started

Json = dict[str, Any]
AWS_VARIABLES = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class SharedData:
    """A user, the user's workspace and its inbox, as the service returns them."""

    user: Json
    workspace: Json
    inbox: Json


@contextmanager
def store(folder: Path) -> Iterator[str]:
    """Run an empty DynamoDB emulator in a process of its own, and yield its address."""
    port = free_port()
    settings = environment(
        BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port), IOT_MTLS_ENABLED="0", LOG_LEVEL="ERROR", SERVICES="dynamodb",
        SFTP_ENABLED="0", TMPDIR=str(folder),
    )  # fmt: skip
    stderr = folder / "store.stderr"
    with started([sys.executable, "-m", "ministack"], folder / "store.stdout", stderr, settings) as process:
        await_that(lambda: answers(f"http://127.0.0.1:{port}"), process, stderr)
        yield f"http://127.0.0.1:{port}"


def create_shared_data(service: Variant, url: str) -> SharedData:
    """Create the accounts of the service, and in one of them a workspace with a full inbox."""
    _operate(service, url, "create-table")
    for account in (*calls.ACTION_COUNTS, calls.WRITE_ACCOUNT):
        mail = f"ada@acme-{account}.example"
        names = ("--first-name", "Ada", "--last-name", "Lovelace")
        created = _operate(service, url, "create-account", "--name", "Acme", "--email", mail, *names)
    user = created["user"]
    with service.running(url) as process:
        body = {"name": "Plans", "description": "What we are up to"}
        workspace = _send(process, calls.build_event("POST", "/api/workspaces", user=user["id"], body=body))
        ids = {"workspace_id": workspace["id"]}
        for number in range(calls.INBOX_ITEMS):
            body = {"type": "Activity", "name": f"Item {number}", "description": "words " * 20}
            _send(process, calls.build_event("POST", f"{calls.WORKSPACE}/items", user=user["id"], ids=ids, body=body))
        inbox = _send(process, calls.build_event("GET", calls.INBOX, user=user["id"], ids=ids))
    return SharedData(user, workspace, inbox)


def create_peer_table(peer: Variant, url: str, data: SharedData) -> None:
    """Create the table of a peer with the user and the workspace."""
    client: Any = boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", **_fake_credentials())
    client.create_table(
        TableName=peer.table,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    serialize = TypeSerializer().serialize
    for item in _native_items(data):
        client.put_item(TableName=peer.table, Item={name: serialize(value) for name, value in item.items()})


def create_actions(process: HandlerProcess) -> None:
    """Create the actions of all accounts through a variant's own call."""
    for account, count in calls.ACTION_COUNTS.items():
        for number in range(count):
            _send(process, calls.build_event("POST", calls.ACTIONS, account=account, body=calls.new_action(number)))


def create_plan(service: Variant, url: str) -> None:
    """Create an account with the plan that is measured, through the calls of the service."""
    _operate(service, url, "create-table")
    _operate(
        service,
        url,
        "create-account",
        "--name",
        "Acme",
        "--email",
        "ada@acme.example",
        "--first-name",
        "Ada",
        "--last-name",
        "Lovelace",
    )
    with service.running(url) as process:
        for event in calls.plan_objects():
            _send(process, event)


def _native_items(data: SharedData) -> Iterator[Json]:
    account, user, workspace = calls.WRITE_ACCOUNT, data.user["id"], data.workspace
    yield keys.user_key(account, user) | {name: data.user[name] for name in data.user if name != "account"}
    yield keys.member_key(account, workspace["id"], user) | {"role": "owner"}
    fields = {name: value for name, value in workspace.items() if name != "links"}
    yield keys.workspace_key(account, workspace["id"]) | fields | {"owner": workspace["owner"]["id"]}
    for position, entry in enumerate(data.inbox["items"]):
        activity = entry["activity"]
        user_ids = {role: activity[role]["id"] for role in ("creator", "assignee")}
        sort = f"{keys.activity_prefix(data.inbox['id'])}{position:06}#{activity['id']:016}"
        yield keys.workspace_key(account, workspace["id"]) | {"sk": sort, "activity": activity | user_ids}


def _operate(service: Variant, url: str, *arguments: str) -> Json:
    variables = AWS_VARIABLES | {"AWS_ENDPOINT_URL_DYNAMODB": url, "TABLE_NAME": service.table}
    command = [sys.executable, "-m", "infra.admin", *arguments]
    completed = subprocess.run(command, cwd=PROJECT, env=environment(**variables), capture_output=True, check=True)
    result: Json = json.loads(completed.stdout)
    return result


def _send(process: HandlerProcess, event: Json) -> Any:
    response = process.send(event)["response"]
    if response["statusCode"] not in (200, 201):
        sys.exit(f"{process.variant.name} returns {response['statusCode']}: {response['body']}")
    return json.loads(response["body"])


def _fake_credentials() -> dict[str, str]:
    return {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
