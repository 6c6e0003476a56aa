"""The deployment, rehearsed on an emulator of AWS with the script of `make deploy`.

The emulator is ministack, which also carries out change sets and the SAM transform. It differs from AWS in five points.
It ignores the gateway responses in the definition of the API, and `x-amazon-apigateway-any-method`: a test adds the
method ANY to one path by the API of API Gateway. It takes the key of the usage plan from a header and not from the
authorizer. It creates tables without TTL, backups and encryption, and roles without their boundary.

For every change, dev is deployed and every kind of call is made over HTTP. `make rehearse` and `make test-nightly` also
deploy prod, deploy dev again, roll it back and destroy both.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chalicelib.domain.accounts.usage_keys import derive_usage_key
from infra import deploy, package, schedule
from tests.support.aws_emulator import REGION, Emulator, running_emulator
from tests.support.policies import pipeline_policy
from tests.support.webhook_receiver import running_receiver

pytestmark = pytest.mark.slow

PREVIOUS = package.PROJECT / "out/dev-previous.json"
RECORD_CHANGES = "chalicelib.routes.change_stream.record_changes"
DELIVERING = tuple(f"chalicelib.routes.webhook_delivery.{name}" for name in ("deliver_new_changes", "deliver_webhooks"))
SMOKE_ACCOUNT = 1  # the first account of each table is that of the smoke test
Json = dict[str, Any]


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("aws")) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def printed(aws: Emulator) -> str:
    """What the deployment of dev prints, in an account that has the boundary.

    The emulator cannot create the stack of the pipeline.
    """
    document = json.dumps(pipeline_policy("Boundary", "dev"))
    aws.client("iam").create_policy(PolicyName=deploy.boundary_name("dev"), PolicyDocument=document)
    return aws.deploy("deploy", "dev")


@pytest.fixture(scope="module")
def dev(aws: Emulator, printed: str) -> Json:
    """The outputs of dev."""
    return aws.outputs("dev")


@pytest.fixture(scope="module")
def prod(aws: Emulator, dev: Json) -> Json:
    """The outputs of prod, which is deployed into the account that dev is in."""
    aws.deploy("deploy", "prod")
    return aws.outputs("prod")


def tables(aws: Emulator) -> list[str]:
    return list(aws.client("dynamodb").list_tables()["TableNames"])


def invoke(aws: Emulator, function: str, event: Json) -> Json:
    """Invoke a function and return its answer. Fail if the function fails."""
    ran = aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    answer = json.loads(ran["Payload"].read() or "null")
    assert (ran["StatusCode"], ran.get("FunctionError")) == (200, None), answer
    return dict(answer or {})


def run_smoke_test(aws: Emulator, stage: str, *options: str) -> subprocess.CompletedProcess[str]:
    host = f"Host: {aws.outputs(stage)['RestAPIId']}.execute-api.localhost"
    return aws.run("infra.smoke", "--stage", stage, "--url", f"{aws.url}/{stage}", "--header", host, *options)


def key_header(outputs: Json, account: int) -> str:
    """Return the header with the key that the authorizer returns for an account. The emulator takes it from there."""
    return f"x-api-key: {derive_usage_key(outputs['StackId'], account)}"


def check_calls(aws: Emulator, stage: str) -> None:
    key = key_header(aws.outputs(stage), SMOKE_ACCOUNT)
    ran = run_smoke_test(aws, stage, "--header", key, "--without-gateway-responses")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for status in (200, 201, 204, 304, 401, 403, 404):
        assert f" {status}\n" in ran.stdout
    assert ran.stdout.endswith("works.\n")


def functions_of(aws: Emulator, stage: str) -> list[Json]:
    return [one for one in aws.client("lambda").list_functions()["Functions"] if f"-{stage}-" in one["Role"]]


def test_the_deployment_prints_each_step_and_each_event_with_its_time(printed: str, dev: Json) -> None:
    lines = printed.splitlines()
    events = [line for line in lines if re.fullmatch(r"  \d\d:\d\d:\d\d  [A-Z_]+ +\S+.*", line)]
    assert {event.split()[1] for event in events} == {
        f"{verb}_{state}" for verb in ("CREATE", "UPDATE") for state in ("IN_PROGRESS", "COMPLETE")
    }
    assert {event.split()[2] for event in events} >= {"Artifacts", "Table", "APIHandler", "RestAPI", "UsagePlan"}
    checksum = "[0-9a-f]{64}"
    steps = "\n".join(line for line in lines if line not in events)
    assert re.fullmatch(
        rf"""Deploying ogsm-workspaces-dev to {REGION} of the AWS account 0+\.
Building the package\.
Creating a change set of the stack ogsm-workspaces-account\.
Creating the stack ogsm-workspaces-account\.
Uploading to the bucket ogsm-workspaces-artifacts-0+-{REGION}\.
  dev/{checksum}\.zip: \d\.\d\d MB
  dev/{checksum}\.template: \d\.\d\d MB
Creating a change set of the stack ogsm-workspaces-dev\.
Creating the stack ogsm-workspaces-dev\.
Creating a change set of the stack ogsm-workspaces-dev\.
Updating the stack ogsm-workspaces-dev\.
Creating the API keys that accounts of ogsm-workspaces-dev lack\.
{{
  "accounts": 0,
  "created": \[\]
}}
Stack: ogsm-workspaces-dev
(\w+: \S+\n)+Url: {re.escape(dev["Url"])}""",
        steps,
    ), steps


def test_dev_works_over_http_through_gateway_authorizer_handler_and_table(aws: Emulator, dev: Json) -> None:
    check_calls(aws, "dev")


@pytest.mark.nightly
def test_prod_works_beside_dev(aws: Emulator, prod: Json) -> None:
    check_calls(aws, "prod")


@pytest.mark.nightly
def test_the_smoke_test_fails_if_a_response_is_wrong(aws: Emulator, dev: Json) -> None:
    ran = run_smoke_test(aws, "dev", "--without-gateway-responses")  # without the key every response is a 403
    assert ran.returncode == 1
    assert "should answer 404, but it answered 403" in ran.stderr


@pytest.mark.nightly
def test_the_emulator_has_no_gateway_responses_so_they_are_checked_on_aws_only(aws: Emulator, dev: Json) -> None:
    ran = run_smoke_test(aws, "dev", "--header", key_header(dev, SMOKE_ACCOUNT))
    assert (
        "a 401 asks for Basic credentials" in ran.stderr
    )  # if this fails, the emulator has them and the tests above need no option


def test_the_authorizer_is_a_function_of_its_own_and_denies_an_unknown_credential(aws: Emulator, dev: Json) -> None:
    functions = {one["Handler"]: one for one in functions_of(aws, "dev")}
    assert set(functions) == {
        "app.app",
        "chalicelib.http.authorizer.basic",
        "chalicelib.routes.alarms.ring_alarms",
        RECORD_CHANGES,
        *DELIVERING,
    }
    event = {"type": "TOKEN", "authorizationToken": "Basic bm8=", "methodArn": "arn:aws:execute-api:r:1:a/dev/GET/x"}
    answer = invoke(aws, functions["chalicelib.http.authorizer.basic"]["FunctionName"], event)
    assert answer["principalId"] == "nobody"
    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": []}
    ]


def test_the_function_refuses_the_methods_that_the_entry_for_any_method_passes_on(aws: Emulator, dev: Json) -> None:
    gateway, api = aws.client("apigateway"), dev["RestAPIId"]
    path = "/api/v2/actions/{action_id}"
    [resource] = [one for one in gateway.get_resources(restApiId=api, limit=500)["items"] if one["path"] == path]
    place = {"restApiId": api, "resourceId": resource["id"]}
    declared = {"GET", "HEAD", "PATCH", "PUT", "DELETE"}
    assert set(resource["resourceMethods"]) == declared, "if ANY is here, the emulator has read it from the definition"
    uri = gateway.get_integration(**place, httpMethod="GET")["uri"]
    gateway.put_method(**place, httpMethod="ANY", authorizationType="NONE")
    integration = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri}
    gateway.put_integration(**place, httpMethod="ANY", **integration)
    host = {"Host": f"{api}.execute-api.localhost"}
    refused, preflight = (
        httpx.request(method, f"{aws.url}/dev/api/v2/actions/1.json", headers=host, timeout=30)
        for method in ("POST", "OPTIONS")
    )
    assert (refused.status_code, refused.json()["title"]) == (405, "Method Not Allowed")
    assert preflight.status_code == 204
    assert refused.headers["allow"] == preflight.headers["allow"] == "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


def test_links_in_mails_begin_with_the_address_of_the_stack(aws: Emulator, dev: Json) -> None:
    [handler] = [one for one in functions_of(aws, "dev") if one["Handler"] == "app.app"]
    assert dev["Url"].endswith(".execute-api.us-east-1.amazonaws.com/dev")
    assert handler["Environment"]["Variables"]["PUBLIC_URL"] == dev["Url"]


def test_each_function_has_a_role_of_its_own(aws: Emulator, dev: Json) -> None:
    roles = [one["Role"] for one in functions_of(aws, "dev")]
    assert len(set(roles)) == len(roles) == 6


@pytest.mark.nightly
def test_the_functions_of_the_two_stages_share_no_role(aws: Emulator, prod: Json) -> None:
    roles = [one["Role"] for one in aws.client("lambda").list_functions()["Functions"]]
    assert len(set(roles)) == len(roles) == 12


def test_the_deployment_finds_the_boundary_of_the_pipeline_and_passes_it_on(aws: Emulator, dev: Json) -> None:
    account = aws.client("sts").get_caller_identity()["Account"]
    boundary = f"arn:aws:iam::{account}:policy/{deploy.boundary_name('dev')}"
    assert aws.parameters("dev")[deploy.BOUNDARY_PARAMETER] == boundary


def test_the_table_has_the_keys_and_the_index_of_the_template(aws: Emulator, dev: Json) -> None:
    table = aws.client("dynamodb").describe_table(TableName=dev["Table"])["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [one["AttributeName"] for one in table["KeySchema"]] == ["pk", "sk"]
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["alarms"]


def test_the_scheduled_functions_run_every_minute_and_may_read_what_they_need(aws: Emulator, dev: Json) -> None:
    events = aws.client("events")
    rules = [one for one in events.list_rules()["Rules"] if "-dev-" in one["Name"]]
    assert [one["ScheduleExpression"] for one in rules] == ["rate(1 minute)"] * 2, "for alarms and for webhooks"
    for rule in rules:
        [target] = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        invoke(aws, target["Arn"], schedule.EVENT)


def test_lambda_reads_the_stream_of_the_table_for_the_function_that_records_changes(aws: Emulator, dev: Json) -> None:
    functions = {one["Handler"]: one["FunctionArn"] for one in functions_of(aws, "dev")}
    mappings = aws.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    table = aws.client("dynamodb").describe_table(TableName=dev["Table"])["Table"]
    assert {one["FunctionArn"] for one in mappings} == {functions[RECORD_CHANGES], functions[DELIVERING[0]]}
    assert {one["State"] for one in mappings} == {"Enabled"}
    assert {one["EventSourceArn"] for one in mappings} == {table["LatestStreamArn"]}
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"


def test_a_change_arrives_in_the_feed(aws: Emulator, dev: Json) -> None:
    with create_account(aws, dev, "Umbrella") as client:
        created = client.post("/api/v2/actions.json", json={"title": "Arrive in the feed"})
        assert created.status_code == 201
        changes = await_changes(client, "action")
        assert client.delete(f"/api/v2/actions/{created.json()['id']}.json").status_code == 200
        changes = await_changes(client, "action", len(changes) + 1)
    assert [change["verb"] for change in changes] == ["create", "delete"]
    assert [change["object"]["id"] for change in changes] == [created.json()["id"]] * 2
    assert changes[0]["request_id"] == created.headers["X-Request-Id"]


def test_a_change_arrives_at_a_receiver_on_this_machine(aws: Emulator, dev: Json) -> None:
    functions = aws.client("lambda")
    for one in functions_of(aws, "dev"):
        variables = one["Environment"]["Variables"] | {"WEBHOOK_ALLOW_LOCAL": "on"}
        functions.update_function_configuration(FunctionName=one["FunctionName"], Environment={"Variables": variables})
    with running_receiver() as receiver, create_account(aws, dev, "Hooli") as client:
        made = client.post("/api/webhooks", json={"url": receiver.url, "kinds": ["action"]})
        assert made.status_code == 201, made.text
        created = client.post("/api/v2/actions.json", json={"title": "Arrive at the receiver"})
        assert created.status_code == 201
        deadline = time.monotonic() + 60
        while not receiver.accepted:
            assert time.monotonic() < deadline, client.get(f"/api/webhooks/{made.json()['id']}/deliveries").text
            time.sleep(0.2)
        [received] = receiver.accepted
        assert received.message["data"]["request_id"] == created.headers["X-Request-Id"]


def await_changes(client: httpx.Client, kind: str, count: int = 1) -> list[Json]:
    """Wait until so many changes of a kind of object are in the feed of an account, and return them."""
    deadline = time.monotonic() + 60
    while True:
        answer = client.get("/api/changes", params={"kind": kind})
        assert answer.status_code == 200, answer.text
        changes: list[Json] = answer.json()
        if len(changes) >= count:
            return changes
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.2)


def test_a_failed_update_prints_the_reasons_and_keeps_what_was_deployed(aws: Emulator, dev: Json) -> None:
    aws.deploy("template", "dev")
    broken = json.loads(PREVIOUS.read_text())
    broken["Resources"]["APIHandler"]["Properties"]["CodeUri"] += ".lost"
    PREVIOUS.write_text(json.dumps(broken))
    ran = aws.run("infra.deploy", "rollback", "--stage", "dev")
    *reasons, last = ran.stderr.splitlines()
    assert ran.returncode == 1
    assert last == "rollback failed. The stack ogsm-workspaces-dev is now UPDATE_ROLLBACK_COMPLETE."
    assert any("UPDATE_FAILED" in reason and "APIHandler: " in reason for reason in reasons), reasons
    assert aws.outputs("dev") == dev


def plan_of(aws: Emulator, stage: str) -> str:
    plans = aws.client("apigateway").get_usage_plans()["items"]
    [plan] = [one["id"] for one in plans if one["name"] == deploy.stack_name(stage)]
    return str(plan)


def keys_of(aws: Emulator, stage: str) -> dict[str, str]:
    """Return the ids of the keys in the usage plan of a stage by their names."""
    items = aws.client("apigateway").get_usage_plan_keys(usagePlanId=plan_of(aws, stage))["items"]
    return {one["name"]: one["id"] for one in items}


def create_account(aws: Emulator, outputs: Json, name: str) -> httpx.Client:
    """Create an account in dev and return a client of its admin."""
    person = ("--email", "ada@acme.example", "--first-name", "Ada", "--last-name", "Admin")
    settings = {"TABLE_NAME": outputs["Table"], "STACK_NAME": deploy.stack_name("dev")}
    created = json.loads(aws.run("infra.admin", "create-account", "--name", name, *person, **settings).stdout)
    host = f"{outputs['RestAPIId']}.execute-api.localhost"
    header, key = key_header(outputs, created["account"]["id"]).split(": ")
    auth = (created["credential"]["key"], created["credential"]["secret"])
    return httpx.Client(base_url=f"{aws.url}/dev", headers={"Host": host, header: key}, auth=auth, timeout=30)


@pytest.mark.nightly
def test_an_account_beyond_its_quota_gets_429_and_another_account_does_not(aws: Emulator, dev: Json) -> None:
    gateway, plan = aws.client("apigateway"), plan_of(aws, "dev")
    limits = [[{"op": "replace", "path": "/quota/limit", "value": value}] for value in ("3", "1000000")]
    acme, globex = (create_account(aws, dev, name) for name in ("Acme", "Globex"))
    with acme, globex:
        gateway.update_usage_plan(usagePlanId=plan, patchOperations=limits[0])
        assert [acme.get("/api/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert globex.get("/api/me").status_code == 200
        gateway.update_usage_plan(usagePlanId=plan, patchOperations=limits[1])


@pytest.mark.nightly
def test_deploying_again_creates_missing_keys_before_the_update_changes_nothing_else_and_keeps_the_data(
    aws: Emulator, dev: Json
) -> None:
    earlier = keys_of(aws, "dev")
    create_account(aws, dev, "Initech").close()
    before_keys = keys_of(aws, "dev")
    [name] = before_keys.keys() - earlier.keys()
    aws.client("apigateway").delete_usage_plan_key(usagePlanId=plan_of(aws, "dev"), keyId=before_keys[name])
    before = count_rows(aws, dev)
    printed = aws.deploy("deploy", "dev")
    account = name.rpartition("-")[2]
    assert re.search(
        rf'"created": \[\s*{account}\s*\].*ogsm-workspaces-dev has nothing to change.*"created": \[\]',
        printed,
        re.DOTALL,
    )
    assert keys_of(aws, "dev") == before_keys
    assert aws.outputs("dev") == dev
    assert count_rows(aws, dev) == before


def count_rows(aws: Emulator, outputs: Json) -> int:
    return int(aws.client("dynamodb").scan(TableName=outputs["Table"], Select="COUNT")["Count"])


@pytest.mark.nightly
def test_rollback_restores_the_previous_template(aws: Emulator, dev: Json) -> None:
    aws.deploy("template", "dev")
    kept = json.loads(PREVIOUS.read_text())
    assert kept["Resources"]["APIHandler"]["Properties"]["CodeUri"].startswith("s3://ogsm-workspaces-artifacts-")
    kept["Resources"]["APIHandler"]["Properties"]["Description"] = "the previous version"
    PREVIOUS.write_text(json.dumps(kept))
    aws.deploy("rollback", "dev")
    name = aws.outputs("dev")["APIHandlerName"]
    handler = aws.client("lambda").get_function_configuration(FunctionName=name)
    assert handler["Description"] == "the previous version"


@pytest.mark.nightly
def test_destroy_deletes_one_stage_only_and_prod_only_with_its_name(aws: Emulator, dev: Json, prod: Json) -> None:
    table = prod["Table"]
    aws.deploy("destroy", "dev")
    assert tables(aws) == [table]
    left = [one["name"] for one in aws.client("apigateway").get_api_keys()["items"]]
    assert left
    assert all(name.startswith(deploy.stack_name("prod")) for name in left)
    refused = aws.run("infra.deploy", "destroy", "--stage", "prod")
    assert "CONFIRM=ogsm-workspaces-prod" in refused.stderr
    assert refused.returncode == 1
    assert aws.outputs("prod")["Table"] == table
    aws.deploy("destroy", "prod", "--confirm", "ogsm-workspaces-prod")
    assert tables(aws) == [table]  # the table of prod outlives its stack
