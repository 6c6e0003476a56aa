"""The package as Lambda runs it: the functions of the template under AWS's runtime client, with a real store."""

import base64
import json
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.pages import rendering
from chalicelib.routes.assets import SILHOUETTE
from infra import schedule
from infra.testing.documents import example
from infra.testing.processes import Running, environment, run, running_server
from tests.support import gateway_events
from tests.support.lambda_runtime import PYTHON, Function, Task, install

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="awslambdaric runs on Linux only"),
]

Json = dict[str, Any]

API, AUTHORIZER, ALARMS = "app.app", "chalicelib.http.authorizer.basic", "chalicelib.routes.alarms.ring_alarms"
CHANGES = (
    "chalicelib.routes.change_stream.record_changes",
    "chalicelib.routes.webhook_delivery.deliver_new_changes",
    "chalicelib.routes.webhook_delivery.deliver_webhooks",
)
ACTIONS, ACTION = "/api/v2/actions.json", "/api/v2/actions/{action_id}"
WORKSPACES, WORKSPACE = "/api/workspaces", "/api/workspaces/{workspace_id}"
GATEWAY = "arn:aws:execute-api:us-east-1:123456789012:abc/dev/"
IS_JSON = {"Content-Type": "application/json"}
ADA = ("--name", "Acme", "--email", "ada@acme.example", "--first-name", "Ada", "--last-name", "Admin")
ABSENT = ("boto3", "moto", "ministack", "httpx", "infra", "tests", "chalice.cli")
PROBE = f"""
import importlib.util, json, sys, app
found = [name for name in {ABSENT} if importlib.util.find_spec(name)]
files = {{name: module.__file__ for name, module in sys.modules.items() if getattr(module, "__file__", None)}}
print(json.dumps([found, files]))
"""


def event(method: str, resource: str, *, text: str | None = None, **more: Any) -> Json:
    """Return the event that API Gateway sends for a request, as complete as the real one."""
    sent = gateway_events.event(method, resource, stage="/dev", **more)
    query = sent["multiValueQueryStringParameters"]
    sent["requestContext"] |= {"accountId": "123456789012", "apiId": "abc", "protocol": "HTTP/1.1", "stage": "dev"}
    return sent | {
        "body": sent["body"] if text is None else text,
        "isBase64Encoded": sent["isBase64Encoded"] and text is None,
        "multiValueHeaders": {name: [value] for name, value in sent["headers"].items()},
        "queryStringParameters": query and {name: values[-1] for name, values in query.items()},
    }


def asking(header: str) -> Json:
    """Return the event that API Gateway sends to the authorizer."""
    return {"type": "TOKEN", "authorizationToken": header, "methodArn": f"{GATEWAY}GET/api/v2/actions.json"}


def basic(key: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{key}:{secret}'.encode()).decode()}"


def content(answer: Json) -> bytes:
    """Return the body that API Gateway sends to the client for a response of the function."""
    body: str = answer["body"]
    return base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def created(api: Function, caller: dict[str, str], text: str, **more: Any) -> Json:
    """Create an action from the text of a request body, check that it can be read back, and return it."""
    made = api.answer(event("POST", ACTIONS, text=text, caller=caller, headers=IS_JSON) | more)
    assert made["statusCode"] == 201, made["body"]
    action: Json = json.loads(content(made))
    assert made["headers"]["Location"] == f"/dev/api/v2/actions/{action['id']}.json"
    read = api.answer(event("GET", ACTION, ids={"action_id": f"{action['id']}.json"}, caller=caller))
    assert (read["statusCode"], read["body"]) == (200, made["body"])
    return action


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server of `make run`. Only its store is used."""
    with running_server(tmp_path_factory.mktemp("store") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def admin(store: Running) -> Json:
    made = run([sys.executable, "-m", "infra.admin", "create-account", *ADA], environment(**store.server_file["env"]))
    assert made.returncode == 0, made.stderr
    answer: Json = json.loads(made.stdout)
    return answer


@pytest.fixture(scope="module")
def built(built_package: Callable[[str], Path]) -> Path:
    return built_package("dev")


@pytest.fixture(scope="module")
def functions(built: Path) -> dict[str, Json]:
    """The properties of each function in the template, by its handler."""
    resources = json.loads((built / "sam.json").read_text())["Resources"].values()
    properties = [one["Properties"] for one in resources if one["Type"] == "AWS::Serverless::Function"]
    return {one["Handler"]: one for one in properties}


@pytest.fixture(scope="module")
def task(built: Path, functions: dict[str, Json], store: Running, tmp_path_factory: pytest.TempPathFactory) -> Task:
    settings: dict[str, str] = store.server_file["env"]
    region = {"AWS_REGION": settings["AWS_DEFAULT_REGION"]}  # Lambda sets both
    folder, runtime = tmp_path_factory.mktemp("lambda"), functions[API]["Runtime"]
    return install(built / "deployment.zip", folder, runtime, settings | region)


@pytest.fixture(scope="module")
def api(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    with task.running(API, tmp_path_factory.mktemp("log") / "api") as function:
        yield function


@pytest.fixture(scope="module")
def authorizer(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Function]:
    with task.running(AUTHORIZER, tmp_path_factory.mktemp("log") / "authorizer") as function:
        yield function


@pytest.fixture(scope="module")
def allowed(authorizer: Function, admin: Json) -> Json:
    """The authorizer's response to the admin's credential."""
    return authorizer.answer(asking(basic(admin["credential"]["key"], admin["credential"]["secret"])))


@pytest.fixture(scope="module")
def caller(allowed: Json) -> dict[str, str]:
    """The authorizer's context as API Gateway passes it to the other function."""
    told = allowed["context"] | {"principalId": allowed["principalId"], "integrationLatency": 3}
    return {name: str(value) for name, value in told.items()}


def test_the_template_has_all_functions(functions: dict[str, Json]) -> None:
    assert functions.keys() == {API, AUTHORIZER, ALARMS, *CHANGES}
    assert {one["Runtime"] for one in functions.values()} == {f"python{sys.version_info[0]}.{sys.version_info[1]}"}


def test_nothing_can_be_imported_but_the_package_and_python_itself(task: Task) -> None:
    command = [*PYTHON, "-c", PROBE]
    probed = subprocess.run(command, cwd=task.root, env=task.environment, capture_output=True, text=True, check=False)
    assert probed.returncode == 0, probed.stderr
    found, files = json.loads(probed.stdout)
    assert not found
    assert {"app", "chalice.app", "botocore.client", "pynamodb.models"} <= files.keys()
    places = (task.root, Path(sysconfig.get_path("stdlib")))
    strays = [name for name, file in files.items() if not any(map(Path(file).is_relative_to, places))]
    assert not strays
    assert not [name for name, file in files.items() if "site-packages" in file]


def test_the_first_request_of_a_process_gets_the_same_response_as_later_ones(
    task: Task, caller: dict[str, str], tmp_path: Path
) -> None:
    with task.running(API, tmp_path / "log") as fresh:
        answers = [fresh.answer(event("GET", ACTIONS, caller=caller)) for _ in range(3)]
    for answer in answers:
        assert answer["statusCode"] == 200
        assert 'desc="calls=1 ' in answer["headers"]["Server-Timing"]
        assert answer["headers"]["ETag"] == answers[0]["headers"]["ETag"]
        assert answer["body"] == answers[0]["body"]


def test_the_authorizer_allows_a_valid_credential_on_every_path_and_returns_its_caller(allowed: Json) -> None:
    [statement] = allowed["policyDocument"]["Statement"]
    assert statement == {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": [f"{GATEWAY}*/*"]}
    assert all(isinstance(value, str) for value in allowed["context"].values())


def test_other_tests_use_the_context_that_the_authorizer_returns(caller: dict[str, str], admin: Json) -> None:
    assert caller == gateway_events.as_caller(admin)


@pytest.mark.parametrize("header", ["", "Basic", "Basic !!!", "Bearer x", basic("9-0123456789abcdef", "x"), "secret"])
def test_the_authorizer_denies_every_other_credential(authorizer: Function, admin: Json, header: str) -> None:
    key, secret = admin["credential"]["key"], admin["credential"]["secret"]
    header = basic(key, secret[:-1]) if header == "secret" else header
    denied = authorizer.answer(asking(header))
    assert [statement["Resource"] for statement in denied["policyDocument"]["Statement"]] == [[]]
    assert denied["context"] == {}


def test_what_is_created_can_be_read_back(api: Function, caller: dict[str, str]) -> None:
    sent = example("action")
    action = created(api, caller, json.dumps(sent))
    assert action | {"id": sent["id"]} == created(api, caller, json.dumps(sent)) | {"id": sent["id"]}
    assert action["title"] == sent["title"]


def test_a_base64_encoded_body_is_decoded(api: Function, caller: dict[str, str]) -> None:
    encoded = base64.b64encode('{"title": "Größe"}'.encode()).decode()
    assert created(api, caller, encoded, isBase64Encoded=True)["title"] == "Größe"


def test_a_body_that_is_not_json_gets_400_encoded_or_not(api: Function, caller: dict[str, str]) -> None:
    for text, is_encoded in (('{"title":', False), (base64.b64encode(b'{"title":').decode(), True)):
        sent = event("POST", ACTIONS, text=text, caller=caller, headers=IS_JSON) | {"isBase64Encoded": is_encoded}
        answer = api.answer(sent)
        assert answer["statusCode"] == 400
        assert "not valid JSON at line 1" in json.loads(content(answer))["detail"]


@pytest.mark.parametrize("runtime", ["python3.11", "python3.12"])
def test_text_of_all_alphabets_survives_on_every_runtime(
    task: Task, caller: dict[str, str], tmp_path: Path, runtime: str
) -> None:
    title = "Ωmega, größer, 日本\u2028, 😀"
    chosen = replace(task, environment=task.environment | {"AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}"})
    with chosen.running(API, tmp_path / "log") as function:
        assert created(function, caller, json.dumps({"title": title}, ensure_ascii=False))["title"] == title
        found = function.answer(event("GET", ACTIONS, caller=caller, query={"q": ["GRÖSSER, 日本"], "limit": ["1"]}))
        assert [action["title"] for action in json.loads(content(found))] == [title]
        half = function.answer(event("POST", ACTIONS, text=r'{"title": "\ud800"}', caller=caller, headers=IS_JSON))
        assert half["statusCode"] == 422  # python3.12 could not send half of a surrogate pair in a response


def test_an_error_is_a_problem_with_its_own_media_type(api: Function, caller: dict[str, str]) -> None:
    sent = event("GET", ACTION, ids={"action_id": "999999.json"}, caller=caller)
    answer = api.answer(sent)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (404, "application/problem+json")
    problem = json.loads(content(answer))
    assert problem["instance"] == "/dev/api/v2/actions/999999.json"
    assert problem["request_id"] == sent["requestContext"]["requestId"]


def test_a_response_without_a_body_has_an_empty_text(api: Function, caller: dict[str, str]) -> None:
    made = api.answer(event("POST", WORKSPACES, body={"name": "Short"}, caller=caller, headers=IS_JSON))
    ids = {"workspace_id": str(json.loads(content(made))["id"])}
    deleted = api.answer(event("DELETE", WORKSPACE, ids=ids, caller=caller))
    assert (deleted["statusCode"], content(deleted)) == (204, b"")
    assert api.answer(event("GET", WORKSPACE, ids=ids, caller=caller))["statusCode"] == 404


def test_a_picture_arrives_unchanged(api: Function) -> None:
    headers = {"Accept": "image/avif,image/webp,image/png,*/*;q=0.8"}
    answer = api.answer(event("GET", "/assets/app/no-profile.svg", headers=headers))
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "image/svg+xml")
    assert content(answer).decode() == SILHOUETTE
    jpeg = content(api.answer(event("GET", "/assets/app/no-profile.jpg", headers=headers)))
    assert jpeg == rendering.read_picture("no-profile.jpg")


def test_an_invalid_event_is_reported_and_the_api_keeps_working(api: Function) -> None:
    sound = event("GET", "/health")
    broken = {name: value for name, value in sound.items() if name != "headers"}
    outcome = api.invoke(broken)
    assert (outcome.kind, outcome.report["errorType"]) == ("error", "KeyError")
    assert api.answer(sound)["statusCode"] == 200


def test_an_invalid_event_is_reported_and_the_authorizer_keeps_working(authorizer: Function) -> None:
    outcome = authorizer.invoke({"type": "TOKEN"})
    assert (outcome.kind, outcome.report["errorType"]) == ("error", "KeyError")
    assert authorizer.answer(asking("Basic x"))["principalId"] == "nobody"


def test_an_event_of_eventbridge_runs_the_alarms_function(task: Task, tmp_path: Path) -> None:
    with task.running(ALARMS, tmp_path / "alarms") as function:
        for _ in range(2):
            assert function.answer(schedule.EVENT) is None


def test_each_request_logs_one_json_line_without_its_content(api: Function, caller: dict[str, str]) -> None:
    printed = len(api.log.read_bytes())
    sent = event("POST", ACTIONS, text='{"title": "secret\\n"}', caller=caller, headers=IS_JSON)
    answer = api.answer(sent)
    [line] = api.log.read_bytes()[printed:].splitlines()
    entry = json.loads(line)
    assert entry["request_id"] == sent["requestContext"]["requestId"] == answer["headers"]["X-Request-Id"]
    asked = {"account": int(caller["account"]), "key": caller["key"], "method": "POST", "route": ACTIONS}
    assert asked.items() <= entry.items()
    assert (entry["status"], entry["calls"]) == (201, 2)
    assert b"secret" not in line


def test_nothing_is_written_into_the_package_which_is_read_only_on_lambda(
    task: Task, built: Path, api: Function, caller: dict[str, str]
) -> None:
    assert api.answer(event("GET", ACTIONS, caller=caller))["statusCode"] == 200
    with zipfile.ZipFile(built / "deployment.zip") as archive:
        shipped = set(archive.namelist())
    assert {str(path.relative_to(task.root)) for path in task.root.rglob("*") if path.is_file()} == shipped
