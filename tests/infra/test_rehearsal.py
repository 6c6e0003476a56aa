"""The deployment, rehearsed on an emulator of AWS with the script of `make deploy` and the real aws command line.

The emulator is ministack. It differs from AWS in four points. It ignores the gateway responses in the definition of
the API. It takes the key of the usage plan from a header and not from the authorizer. It creates tables without TTL,
backups and encryption, and roles without their boundary.

For every change, dev is deployed and every kind of call is made over HTTP. `make rehearse` and `make test-nightly` also
deploy prod, deploy dev again, roll it back and destroy both.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from chalicelib.domain.accounts.usage_keys import derive_usage_key
from infra import deploy, package, schedule
from infra.testing.processes import answers, await_that, environment, free_port, started
from tests.support.policies import pipeline_policy

pytestmark = pytest.mark.slow

REGION = "us-east-1"
SMOKE_ACCOUNT = 1  # the first account of each table is that of the smoke test
Json = dict[str, Any]


@dataclass(frozen=True)
class Emulator:
    """An emulated AWS account on this machine."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        names = {"AWS_ACCESS_KEY_ID": "rehearsal", "AWS_SECRET_ACCESS_KEY": "rehearsal", "AWS_DEFAULT_REGION": REGION}
        return environment(AWS_ENDPOINT_URL=self.url, TABLE_NAME="", MAIL_FROM="", **names)

    def run(self, module: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a module of the project against this account, with some more variables in the environment."""
        command = [sys.executable, "-m", module, *arguments]
        surroundings = self.environment | settings
        return subprocess.run(
            command, cwd=package.PROJECT, env=surroundings, capture_output=True, text=True, check=False, timeout=180
        )

    def deploy(self, verb: str, stage: str, *more: str) -> str:
        """Run the script of the deployment and return what it prints. Fail if the script fails."""
        ran = self.run("infra.deploy", verb, "--stage", stage, *more)
        assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
        return ran.stdout

    def aws(self, *arguments: str) -> Any:
        """Run the aws command line and return the JSON that it prints."""
        command = [str(deploy.AWS), *arguments, "--output", "json"]
        ran = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout or "null")

    def outputs(self, stage: str) -> Json:
        [stack] = self.aws("cloudformation", "describe-stacks", "--stack-name", deploy.stack_name(stage))["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        return outputs | {"StackId": stack["StackId"].split("/")[2]}

    def tables(self) -> list[str]:
        names: list[str] = self.aws("dynamodb", "list-tables")["TableNames"]
        return names


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("aws")
    emulator = Emulator(free_port())
    settings = environment(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(emulator.port),
        IOT_MTLS_ENABLED="0",
        LAMBDA_EXECUTOR="local",
        LOG_LEVEL="ERROR",
        SFTP_ENABLED="0",
        TMPDIR=str(folder),
    )
    command = [sys.executable, "-m", "ministack"]
    with started(command, folder / "stdout", folder / "stderr", settings) as process:
        await_that(lambda: answers(emulator.url), process, folder / "stderr")
        yield emulator


@pytest.fixture(scope="module")
def dev(aws: Emulator) -> Json:
    """The outputs of dev, in an account that has the boundary. The emulator cannot create the stack of the pipeline."""
    document = json.dumps(pipeline_policy("Boundary", "dev"))
    aws.aws("iam", "create-policy", "--policy-name", deploy.boundary_name("dev"), "--policy-document", document)
    aws.deploy("deploy", "dev")
    return aws.outputs("dev")


@pytest.fixture(scope="module")
def prod(aws: Emulator, dev: Json) -> Json:
    """The outputs of prod, which is deployed into the account that dev is in."""
    aws.deploy("deploy", "prod")
    return aws.outputs("prod")


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
    return [one for one in aws.aws("lambda", "list-functions")["Functions"] if f"-{stage}-" in one["Role"]]


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


def test_the_authorizer_is_a_function_of_its_own_and_denies_an_unknown_credential(
    aws: Emulator, dev: Json, tmp_path: Path
) -> None:
    functions = {one["Handler"]: one for one in functions_of(aws, "dev")}
    assert set(functions) == {"app.app", "chalicelib.http.authorizer.basic", "chalicelib.routes.alarms.ring_alarms"}
    event = {"type": "TOKEN", "authorizationToken": "Basic bm8=", "methodArn": "arn:aws:execute-api:r:1:a/dev/GET/x"}
    call = ("--payload", json.dumps(event), str(tmp_path / "answer"))
    aws.aws("lambda", "invoke", "--function-name", functions["chalicelib.http.authorizer.basic"]["FunctionName"], *call)
    answer = json.loads((tmp_path / "answer").read_text())
    assert answer["principalId"] == "nobody"
    assert answer["policyDocument"]["Statement"] == [
        {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": []}
    ]


def test_links_in_mails_begin_with_the_address_of_the_stack(aws: Emulator, dev: Json) -> None:
    [handler] = [one for one in functions_of(aws, "dev") if one["Handler"] == "app.app"]
    assert dev["Url"].endswith(".execute-api.us-east-1.amazonaws.com/dev")
    assert handler["Environment"]["Variables"]["PUBLIC_URL"] == dev["Url"]


def test_each_function_has_a_role_of_its_own(aws: Emulator, dev: Json) -> None:
    roles = [one["Role"] for one in functions_of(aws, "dev")]
    assert len(set(roles)) == len(roles) == 3


@pytest.mark.nightly
def test_the_functions_of_the_two_stages_share_no_role(aws: Emulator, prod: Json) -> None:
    roles = [one["Role"] for one in aws.aws("lambda", "list-functions")["Functions"]]
    assert len(set(roles)) == len(roles) == 6


def test_the_deployment_finds_the_boundary_of_the_pipeline_and_passes_it_on(aws: Emulator, dev: Json) -> None:
    [stack] = aws.aws("cloudformation", "describe-stacks", "--stack-name", deploy.stack_name("dev"))["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    account = aws.aws("sts", "get-caller-identity")["Account"]
    boundary = f"arn:aws:iam::{account}:policy/{deploy.boundary_name('dev')}"
    assert parameters[deploy.BOUNDARY_PARAMETER] == boundary


def test_the_table_has_the_keys_and_the_index_of_the_template(aws: Emulator, dev: Json) -> None:
    name = dev["Table"]
    table = aws.aws("dynamodb", "describe-table", "--table-name", name)["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert [one["AttributeName"] for one in table["KeySchema"]] == ["pk", "sk"]
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["alarms"]


def test_the_alarms_function_has_a_schedule_and_can_read_its_index(aws: Emulator, dev: Json, tmp_path: Path) -> None:
    rules = [one for one in aws.aws("events", "list-rules")["Rules"] if "-dev-" in one["Name"]]
    assert [one["ScheduleExpression"] for one in rules] == ["rate(1 minute)"]
    [target] = aws.aws("events", "list-targets-by-rule", "--rule", rules[0]["Name"])["Targets"]
    event = ("--payload", json.dumps(schedule.EVENT), str(tmp_path / "answer"))
    ran = aws.aws("lambda", "invoke", "--function-name", target["Arn"], *event)
    assert (ran["StatusCode"], ran.get("FunctionError")) == (200, None), (tmp_path / "answer").read_text()


def plan_of(aws: Emulator, stage: str) -> str:
    query = f"items[?name=='{deploy.stack_name(stage)}'].id | [0]"
    return str(aws.aws("apigateway", "get-usage-plans", "--query", query))


def keys_of(aws: Emulator, stage: str) -> dict[str, str]:
    """Return the ids of the keys in the usage plan of a stage by their names."""
    items = aws.aws("apigateway", "get-usage-plan-keys", "--usage-plan-id", plan_of(aws, stage))["items"]
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
    limit = ("apigateway", "update-usage-plan", "--usage-plan-id", plan_of(aws, "dev"), "--patch-operations")
    acme, globex = (create_account(aws, dev, name) for name in ("Acme", "Globex"))
    with acme, globex:
        aws.aws(*limit, "op=replace,path=/quota/limit,value=3")
        assert [acme.get("/api/me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
        assert globex.get("/api/me").status_code == 200
        aws.aws(*limit, "op=replace,path=/quota/limit,value=1000000")


@pytest.mark.nightly
def test_deploying_again_creates_missing_keys_before_the_update_changes_nothing_else_and_keeps_the_data(
    aws: Emulator, dev: Json
) -> None:
    earlier = keys_of(aws, "dev")
    create_account(aws, dev, "Initech").close()
    before_keys = keys_of(aws, "dev")
    [name] = before_keys.keys() - earlier.keys()
    key = ("--usage-plan-id", plan_of(aws, "dev"), "--key-id", before_keys[name])
    aws.aws("apigateway", "delete-usage-plan-key", *key)
    count = ("dynamodb", "scan", "--table-name", dev["Table"], "--select", "COUNT", "--query", "Count")
    before = aws.aws(*count)
    printed = aws.deploy("deploy", "dev")
    account = name.rpartition("-")[2]
    assert re.search(rf'"created": \[\s*{account}\s*\].*No changes to deploy.*"created": \[\]', printed, re.DOTALL)
    assert keys_of(aws, "dev") == before_keys
    assert aws.outputs("dev") == dev
    assert aws.aws(*count) == before


@pytest.mark.nightly
def test_rollback_restores_the_previous_template(aws: Emulator, dev: Json) -> None:
    aws.deploy("template", "dev")
    previous = package.PROJECT / "out/dev-previous.json"
    kept = json.loads(previous.read_text())
    assert kept["Resources"]["APIHandler"]["Properties"]["CodeUri"].startswith("s3://ogsm-workspaces-artifacts-")
    kept["Resources"]["APIHandler"]["Properties"]["Description"] = "the previous version"
    previous.write_text(json.dumps(kept))
    aws.deploy("rollback", "dev")
    name = aws.outputs("dev")["APIHandlerName"]
    handler = aws.aws("lambda", "get-function-configuration", "--function-name", name)
    assert handler["Description"] == "the previous version"


@pytest.mark.nightly
def test_destroy_deletes_one_stage_only_and_prod_only_with_its_name(aws: Emulator, dev: Json, prod: Json) -> None:
    table = prod["Table"]
    aws.deploy("destroy", "dev")
    assert aws.tables() == [table]
    left = aws.aws("apigateway", "get-api-keys", "--query", "items[].name")
    assert left
    assert all(name.startswith(deploy.stack_name("prod")) for name in left)
    refused = aws.run("infra.deploy", "destroy", "--stage", "prod")
    assert "CONFIRM=ogsm-workspaces-prod" in refused.stderr
    assert refused.returncode == 1
    assert aws.outputs("prod")["Table"] == table
    aws.deploy("destroy", "prod", "--confirm", "ogsm-workspaces-prod")
    assert aws.tables() == [table]  # the table of prod outlives its stack
