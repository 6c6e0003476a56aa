"""The data that every variant has: put in through its own calls, but for people and workspaces, which peers only show.

These the peers are given as the service answers them, in native attributes.
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
from bench.variants import Child, Variant
from infra.testing.processes import PROJECT, answers, await_that, environment, free_port, started

Json = dict[str, Any]
TO_BE_TOLD = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class People:
    """Whose workspace it is, and the workspace with its inbox as the service answers them."""

    card: Json
    workspace: Json
    inbox: Json


@contextmanager
def store(folder: Path) -> Iterator[str]:
    """The address of an empty store in a process of its own: an emulator that checks conditions as DynamoDB does."""
    port = free_port()
    settings = environment(
        BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port), IOT_MTLS_ENABLED="0", LOG_LEVEL="ERROR", SERVICES="dynamodb",
        SFTP_ENABLED="0", TMPDIR=str(folder),
    )  # fmt: skip
    stderr = folder / "store.stderr"
    with started([sys.executable, "-m", "ministack"], folder / "store.stdout", stderr, settings) as process:
        await_that(lambda: answers(f"http://127.0.0.1:{port}"), process, stderr)
        yield f"http://127.0.0.1:{port}"


def people(service: Variant, url: str) -> People:
    """The accounts of the service, and a workspace in one of them with its inbox full."""
    _operate(service, url, "create-table")
    for account in (*calls.SIZES, calls.WRITERS):
        mail = f"ada@acme-{account}.example"
        names = ("--first-name", "Ada", "--last-name", "Lovelace")
        made = _operate(service, url, "create-account", "--name", "Acme", "--email", mail, *names)
    card = made["user"]
    with service.running(url) as child:
        body = {"name": "Plans", "description": "What we are up to"}
        workspace = _answered(child, calls.event("POST", "/api/workspaces", user=card["id"], body=body))
        place = {"workspace_id": workspace["id"]}
        for number in range(calls.ITEMS):
            body = {"type": "Activity", "name": f"Item {number}", "description": "words " * 20}
            _answered(child, calls.event("POST", f"{calls.WORKSPACE}/items", user=card["id"], ids=place, body=body))
        inbox = _answered(child, calls.event("GET", calls.INBOX, user=card["id"], ids=place))
    return People(card, workspace, inbox)


def give(peer: Variant, url: str, people: People) -> None:
    """Makes a peer's table with the people and the workspace in it."""
    client: Any = boto3.client("dynamodb", endpoint_url=url, region_name="us-east-1", **_secret())
    client.create_table(
        TableName=peer.table,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    serialize = TypeSerializer().serialize
    for item in _native(people):
        client.put_item(TableName=peer.table, Item={name: serialize(value) for name, value in item.items()})


def fill(child: Child) -> None:
    """Creates the actions of all sizes through a variant's own call."""
    for account, size in calls.SIZES.items():
        for number in range(size):
            _answered(child, calls.event("POST", calls.ACTIONS, account=account, body=calls.new_action(number)))


def _native(people: People) -> Iterator[Json]:
    account, user, workspace = calls.WRITERS, people.card["id"], people.workspace
    yield keys.user_key(account, user) | {name: people.card[name] for name in people.card if name != "account"}
    yield keys.member_key(account, workspace["id"], user) | {"role": "owner"}
    facts = {name: value for name, value in workspace.items() if name != "links"}
    yield keys.workspace_key(account, workspace["id"]) | facts | {"owner": workspace["owner"]["id"]}
    for place, entry in enumerate(people.inbox["items"]):
        activity = entry["activity"]
        standing = {part: activity[part]["id"] for part in ("creator", "assignee")}
        sort = f"{keys.activity_prefix(people.inbox['id'])}{place:06}#{activity['id']:016}"
        yield keys.workspace_key(account, workspace["id"]) | {"sk": sort, "activity": activity | standing}


def _operate(service: Variant, url: str, *arguments: str) -> Json:
    told = TO_BE_TOLD | {"AWS_ENDPOINT_URL_DYNAMODB": url, "TABLE_NAME": service.table}
    command = [sys.executable, "-m", "infra.admin", *arguments]
    run = subprocess.run(command, cwd=PROJECT, env=environment(**told), capture_output=True, check=True)
    answer: Json = json.loads(run.stdout)
    return answer


def _answered(child: Child, event: Json) -> Any:
    answer = child.ask(event)["answer"]
    if answer["statusCode"] not in (200, 201):
        sys.exit(f"{child.variant.name} answers {answer['statusCode']}: {answer['body']}")
    return json.loads(answer["body"])


def _secret() -> dict[str, str]:
    return {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
