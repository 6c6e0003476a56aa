"""The CloudFormation template that `make package` writes."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pynamodb.attributes import TTLAttribute

from chalicelib import clock, config
from chalicelib.domain.activities import alarms
from chalicelib.errors import NotFound
from chalicelib.http import authorizer, compression, local_server
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.routes.alarms import ring_alarms
from chalicelib.storage import unit_of_work
from chalicelib.storage.connection import STREAM, TABLE
from chalicelib.storage.models.activities import Activity
from infra import api_definition, deploy, package, schedule
from infra.row_chart import row_classes
from infra.testing.nouns import load_request_cases
from infra.testing.request_cases import UPDATE_ITEM
from tests.support.policies import listed, pipeline_policy
from tests.support.stored_rows import stored_rows
from tests.support.template_roles import ROLES, allowed, statements

pytestmark = pytest.mark.slow  # it builds the package

Json = dict[str, Any]
LARGEST = 1_000_000  # bytes, the limit of CloudFormation
MOST_RESOURCES = 300  # of one API, by the quota of API Gateway; every path is one, and so is each folder of paths
NAMELESS = {"Traces": "X-Ray knows no resources", "Streams": "DynamoDB can list only all streams"}
PURGE_ACTIONS = {"TransactWriteItems": {"DeleteItem"}}  # its transactions only delete
ACTIONS = {"TransactWriteItems": {"PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"}}


@pytest.fixture(scope="module", params=package.STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def template(stage: str, built_package: Callable[[str], Path]) -> Json:
    loaded: Json = json.loads((built_package(stage) / "sam.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def resources(template: Json) -> Json:
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items()}


def test_the_table_is_the_one_of_a_local_store(resources: Json) -> None:
    table = resources["Table"]
    for name in ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"):
        assert table[name] == TABLE[name]
    assert table["StreamSpecification"] | {"StreamEnabled": True} == STREAM


def test_the_keys_of_the_table_are_attributes_of_the_rows() -> None:
    attributes = Activity.get_attributes()
    assert [(one["AttributeName"], one["AttributeType"]) for one in TABLE["AttributeDefinitions"]] == [
        (name, attributes[name].attr_type) for name in ("pk", "sk", "alarm_shard", "alarm_at")
    ]
    assert {name for name, one in attributes.items() if one.is_hash_key or one.is_range_key} == {"pk", "sk"}


def test_the_table_expires_rows_by_the_ttl_attribute_of_the_rows(resources: Json) -> None:
    attributes = [attribute for row in row_classes() for attribute in row.get_attributes().values()]
    [name] = {attribute.attr_name for attribute in attributes if isinstance(attribute, TTLAttribute)}
    assert resources["Table"]["TimeToLiveSpecification"] == {"AttributeName": name, "Enabled": True}


def test_the_table_is_encrypted_backed_up_and_paid_by_request(resources: Json) -> None:
    table = resources["Table"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_only_the_table_of_prod_outlives_its_stack(template: Json, stage: str) -> None:
    table = template["Resources"]["Table"]
    is_kept = stage == "prod"
    assert table["DeletionPolicy"] == ("RetainExceptOnCreate" if is_kept else "Delete")
    assert table["Properties"].get("DeletionProtectionEnabled", False) == is_kept


def test_the_handler_may_ask_of_dynamodb_what_the_routes_ask_and_nothing_more(resources: Json) -> None:
    cases = load_request_cases().values()
    steps = [step for case in cases for step in [*case.budget, *(case.budget_with_key or [])]]
    asked = {one for step in steps for one in (step if isinstance(step, tuple) else [step])}
    needed = {action for operation in asked | {UPDATE_ITEM} for action in ACTIONS.get(operation, {operation})}
    assert allowed(resources["ApiHandlerRole"]) == needed


def test_the_authorizer_may_read_a_credential_or_token_and_note_its_use_and_nothing_more(
    resources: Json, world: Any, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.owner.post("/oauth/token", json={"grant_type": "client_credentials"}).json()["access_token"]
    asked.clear()
    for day, header in (("2099-01-01", f"Basic {_encoded(world)}"), ("2099-01-02", f"Bearer {token}")):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        caller = unit_of_work.run(partial(authorizer.identify, header))
        assert caller is not None
    assert allowed(resources["BasicRole"]) == set(asked)


def _encoded(world: Any) -> str:
    header: str = next(world.owner.auth.auth_flow(world.owner.build_request("GET", "/"))).headers["authorization"]
    return header.removeprefix("Basic ")


def test_the_scheduled_function_may_do_what_alarms_and_purges_ask_and_nothing_more(
    resources: Json, world: Any, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "PURGE_DAYS", 0)
    assert world.owner.post("/api/activities", json={"name": "x", "alarm": "2020-01-01"}).status_code == 200
    assert world.owner.delete(world.stack()).status_code == 204
    assert world.owner.delete(world.workspace_url).status_code == 204
    asked.clear()
    ring_alarms(schedule.EVENT, schedule.Context())
    assert not [row for row in stored_rows("workspace") if row["id"]["N"] == str(world.workspace)]
    role = resources["RingAlarmsRole"]
    needed = {action for operation in asked for action in PURGE_ACTIONS.get(operation, {operation})}
    assert allowed(role) == needed
    [index] = statements(role)["Index"]
    assert index["Action"] == "dynamodb:Query"
    assert index["Resource"]["Fn::Sub"][0].endswith(":table/${Name}/index/alarms")


def test_the_alarms_run_every_minute_and_never_longer_than_a_claim_lasts(resources: Json) -> None:
    function = resources["RingAlarms"]
    [event] = function["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}
    assert function["Timeout"] == schedule.TIMEOUT < alarms.CLAIM_SECONDS
    assert function["EventInvokeConfig"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}


def test_no_role_reaches_beyond_its_own_table_log_and_mail(resources: Json) -> None:
    for role in ROLES:
        for name, [statement] in statements(resources[role]).items():
            assert (statement["Resource"] == "*") == (name in NAMELESS), NAMELESS
            assert "*" not in json.dumps(statement["Action"])


def test_every_role_has_the_boundary_and_no_other_policies(template: Json) -> None:
    roles = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::IAM::Role"]
    assert len(roles) == len(ROLES)
    for role in roles:
        boundary = {"Fn::If": ["HasBoundary", {"Ref": deploy.BOUNDARY_PARAMETER}, {"Ref": "AWS::NoValue"}]}
        assert role["PermissionsBoundary"] == boundary
        assert "ManagedPolicyArns" not in role


def test_the_boundary_allows_what_the_roles_ask_and_nothing_more(resources: Json) -> None:
    asked = {
        action
        for role in ROLES
        for [statement] in statements(resources[role]).values()
        for action in listed(statement["Action"])
    }
    boundary = pipeline_policy("Boundary", "dev")["Statement"]
    assert {action for statement in boundary for action in listed(statement["Action"])} == asked


def test_the_functions_read_every_setting_that_the_template_gives_them(resources: Json) -> None:
    known = set(re.findall(r'environ\.get\("(\w+)"', Path(config.__file__).read_text()))
    names = ("APIHandler", "Basic", "RingAlarms", "RecordChanges", "DeliverWebhooks", "DeliverNewChanges")
    given = {name: set(resources[name]["Environment"]["Variables"]) for name in names}
    assert given["APIHandler"] | given["Basic"] == known - {"FASTPATH", "WEBHOOK_ALLOW_LOCAL"}, (
        "these are for development"
    )
    assert given["Basic"] == {"TABLE_NAME", "USAGE_KEY"}
    assert given["RingAlarms"] == {"TABLE_NAME", "MAIL_FROM"}
    assert given["RecordChanges"] == {"TABLE_NAME", "HISTORY_DAYS"}
    for name in ("DeliverWebhooks", "DeliverNewChanges"):
        assert given[name] == {"TABLE_NAME", "HISTORY_DAYS", "MAIL_FROM", "PUBLIC_URL"}


def test_functions_are_arm64_and_the_authorizer_has_a_short_timeout(resources: Json) -> None:
    for name, seconds in (("APIHandler", 300), ("Basic", 10), ("RingAlarms", 45), ("RecordChanges", 60)):
        assert resources[name]["Architectures"] == ["arm64"]
        assert resources[name]["Timeout"] == seconds


UNAUTHORIZED = local_server.Unauthorized("Send a valid key and secret by Basic authentication, or a valid token.")
LOCAL = {
    "UNAUTHORIZED": UNAUTHORIZED,
    "ACCESS_DENIED": UNAUTHORIZED,
    "MISSING_AUTHENTICATION_TOKEN": NotFound("There is nothing at this address."),
    "RESOURCE_NOT_FOUND": NotFound("There is nothing at this address."),
}


def gateway_answer(response: Json) -> Json:
    text = response["ResponseTemplates"]["application/json"]
    filled = text.replace("$context.error.messageString", '"a message"').replace("$context.requestId", "id")
    assert "$" not in filled
    answer: Json = json.loads(filled)
    return answer


def test_errors_of_the_gateway_itself_are_problem_documents_with_a_request_id(resources: Json) -> None:
    for name, response in resources["RestAPI"]["GatewayResponses"].items():
        answer = gateway_answer(response)
        assert answer["message"] == answer["detail"], name
        assert answer["request_id"] == "id"
        assert answer.get("status") == response.get("StatusCode"), name
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["X-Request-Id"] == "context.requestId"
        assert headers["Access-Control-Allow-Origin"]["Fn::If"][0] == "HasOrigins"


@pytest.mark.parametrize("name", LOCAL)
def test_the_local_server_answers_with_the_same_words_as_the_gateway(resources: Json, name: str) -> None:
    response = resources["RestAPI"]["GatewayResponses"][name]
    answer, problem = gateway_answer(response), LOCAL[name]
    assert [answer[key] for key in ("title", "status", "detail")] == [problem.title, problem.status, problem.detail]
    challenge = response["ResponseParameters"]["Headers"].get("WWW-Authenticate")
    assert challenge == (f"'{authorizer.REALM}'" if problem.status == 401 else None)


def test_every_status_that_only_the_gateway_knows_is_covered(resources: Json) -> None:
    responses = resources["RestAPI"]["GatewayResponses"]
    codes = {name: one.get("StatusCode") for name, one in responses.items()}
    assert codes["REQUEST_TOO_LARGE"] == 413
    assert codes["THROTTLED"] == codes["QUOTA_EXCEEDED"] == 429
    for name in ("THROTTLED", "QUOTA_EXCEEDED"):
        assert re.fullmatch(r"'\d+'", responses[name]["ResponseParameters"]["Headers"]["Retry-After"])
    assert codes["INVALID_API_KEY"] == 403
    assert codes["INTEGRATION_TIMEOUT"] == 504
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(codes)


def declared_methods() -> dict[str, dict[str, Endpoint]]:
    """Return the methods of each path, as in the definition of the API, with their endpoints."""
    methods: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        for path in endpoint.paths:
            methods[path] |= dict.fromkeys((method.lower() for method in endpoint.methods), endpoint)
    return methods


def test_every_route_but_the_open_ones_needs_the_authorizer_and_counts_for_the_usage_plan(resources: Json) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]
    for path, methods in declared_methods().items():
        for method, endpoint in methods.items():
            security = [*(name for one in paths[path][method].get("security", []) for name in one)]
            assert security == ([] if endpoint.is_open else ["api_key", "basic"]), (method, path)
    assert resources["RestAPI"]["ApiKeySourceType"] == "AUTHORIZER"


def test_one_entry_of_each_path_takes_all_methods_that_it_refuses_and_preflights_without_credentials(
    resources: Json,
) -> None:
    paths = resources["RestAPI"]["DefinitionBody"]["paths"]
    assert {path: set(operations) for path, operations in paths.items()} == {
        path: {*methods, api_definition.ANY_METHOD} for path, methods in declared_methods().items()
    }
    assert not any("security" in operations[api_definition.ANY_METHOD] for operations in paths.values())


def test_every_method_gives_the_whole_request_to_the_function_of_the_api(resources: Json) -> None:
    for operations in resources["RestAPI"]["DefinitionBody"]["paths"].values():
        for operation in operations.values():
            integration = operation[api_definition.INTEGRATION]
            assert (integration["type"], integration["httpMethod"]) == ("aws_proxy", "POST")
            assert integration["uri"]["Fn::Sub"].endswith("/functions/${APIHandler.Arn}/invocations")


def test_the_authorizer_knows_the_part_of_the_stacks_id_that_infra_derives_keys_from(resources: Json) -> None:
    unique_part = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    assert resources["Basic"]["Environment"]["Variables"]["USAGE_KEY"] == unique_part


def test_during_the_update_from_1_2_0_the_key_that_its_authorizer_names_still_works(resources: Json) -> None:
    assert resources["UsageKey"]["Value"] == resources["Basic"]["Environment"]["Variables"]["USAGE_KEY"]
    assert resources["UsagePlanKey"] == resources["UsagePlanKey"] | {
        "KeyId": {"Ref": "UsageKey"},
        "UsagePlanId": {"Ref": "UsagePlan"},
    }


def test_each_key_of_the_usage_plan_has_the_rate_and_quota_of_an_account(resources: Json) -> None:
    plan = resources["UsagePlan"]
    assert plan["Quota"] == {"Limit": {"Ref": "AccountRequestsPerDay"}, "Period": "DAY"}
    assert plan["Throttle"] == {
        "RateLimit": {"Ref": "AccountRequestsPerSecond"},
        "BurstLimit": {"Ref": "AccountRequestBurst"},
    }
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "RestAPI"}, "Stage": {"Ref": "RestAPI.Stage"}}]
    told = resources["APIHandler"]["Environment"]["Variables"]["REQUESTS_PER_DAY"]
    assert told == {"Ref": "AccountRequestsPerDay"}, "what /api/session/rate_limit says"


@pytest.mark.parametrize("settings", package.STAGES)
def test_one_account_cannot_use_up_what_all_accounts_share(template: Json, settings: str) -> None:
    given = json.loads((package.PROJECT / f"infra/parameters/{settings}.json").read_text())
    defaults = {name: one.get("Default") for name, one in template["Parameters"].items()}
    for limits in (given, defaults):
        assert limits["RequestsPerSecond"] >= 10 * limits["AccountRequestsPerSecond"]
        assert limits["RequestBurst"] >= 10 * limits["AccountRequestBurst"]
        assert limits["OpenRequestsPerSecond"] < limits["AccountRequestsPerSecond"]


def test_every_open_route_has_a_throttle_of_its_own_and_no_other_has(resources: Json) -> None:
    everything, *settings = resources["RestAPI"]["MethodSettings"]
    assert (everything["HttpMethod"], everything["ResourcePath"]) == ("*", "/*")
    routes = {(one["HttpMethod"], one["ResourcePath"]) for one in settings}
    assert len(routes) == len(settings)
    assert routes == {
        (method, api_definition.setting_path(path))
        for endpoint in ENDPOINTS
        if endpoint.is_open
        for path in endpoint.paths
        for method in endpoint.methods
    }
    for one in settings:
        assert one["ThrottlingRateLimit"] == {"Ref": "OpenRequestsPerSecond"}
        assert one["ThrottlingBurstLimit"] == {"Ref": "OpenRequestBurst"}


@pytest.mark.parametrize("settings", package.STAGES)
def test_the_settings_of_a_stage_are_all_parameters_of_the_template(template: Json, settings: str) -> None:
    given = json.loads((package.PROJECT / f"infra/parameters/{settings}.json").read_text())
    assert given.keys() | {deploy.BOUNDARY_PARAMETER} == template["Parameters"].keys()
    for name, value in given.items():
        assert value in template["Parameters"][name].get("AllowedValues", [value]), name


def test_api_gateway_and_the_local_server_compress_answers_from_the_same_size(resources: Json) -> None:
    assert resources["RestAPI"]["MinimumCompressionSize"] == compression.MIN_BYTES


def test_the_gateway_decodes_pictures_whatever_type_the_client_accepts_first(resources: Json) -> None:
    assert resources["RestAPI"]["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]


def test_the_access_log_is_json(resources: Json) -> None:
    line = resources["RestAPI"]["AccessLogSetting"]["Format"]
    assert set(json.loads(line).values()) == set(re.findall(r"\$context[\w.]+", line))


def test_cloudwatch_alarms_report_errors_latency_and_throttles_to_the_topic(resources: Json) -> None:
    watches = {name: one for name, one in resources.items() if "ComparisonOperator" in one}
    assert {one["MetricName"] for one in watches.values()} == {
        "5XXError",
        "Latency",
        "Throttles",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
        "Errors",
        "IteratorAge",
    }
    failing = [one["Dimensions"][0]["Value"]["Ref"] for one in watches.values() if one["MetricName"] == "Errors"]
    assert sorted(failing) == ["Basic", "DeliverWebhooks", "RecordChanges", "RingAlarms"]
    assert watches["ChangesDelay"]["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "RecordChanges"}}]
    assert watches["AlarmsErrors"]["TreatMissingData"] == "breaching", "it runs every minute"
    for watch in watches.values():
        assert watch["AlarmActions"]["Fn::If"][1] == [{"Ref": "AlarmTopic"}]


def test_the_template_is_small_enough_for_cloudformation_with_as_many_paths_as_api_gateway_allows(
    stage: str, template: Json, built_package: Callable[[str], Path]
) -> None:
    size = (built_package(stage) / "sam.json").stat().st_size
    paths = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    of_paths = len(json.dumps(paths, separators=(",", ":")))
    assert size - of_paths + of_paths / len(paths) * MOST_RESOURCES < LARGEST
