"""The API on a real socket with moto as DynamoDB, and clients for the users of two accounts."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    TABLE_NAME="ogsm-workspaces-dev",
    MAIL_FROM="invitations@acme.example",
)
for name in (
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DYNAMODB",
    "AWS_ENDPOINT_URL_SESV2",
    "ALLOWED_ORIGINS",
    "PUBLIC_URL",
):
    os.environ.pop(name, None)

from moto import mock_aws

mock_aws().start()

import httpx
import pytest
from botocore import UNSIGNED
from chalice.local import LocalDevServer
from moto.dynamodb.models import dynamodb_backends

from chalicelib import clock as product_clock
from chalicelib import config as app_config
from chalicelib.mail import sending
from chalicelib.storage import table
from infra import local_api, operations
from infra.testing.meter import Meter
from infra.testing.processes import PLAIN
from infra.testing.snapshots import build_or_restore
from infra.testing.world import World, create_people, open_world
from tests.support import capacities, dynamodb_limits, moto_speedups, openapi_check
from tests.support.change_stream import ChangeStream
from tests.support.clock import Clock, Timeline
from tests.support.failures import EVENTS, Hook

send = httpx.Client.send


def sent_and_checked(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
    """Send a request, and check the response against the OpenAPI document."""
    response = send(client, request, **more)
    openapi_check.check_response(response)
    return response


httpx.Client.send = sent_and_checked  # type: ignore[assignment, method-assign]
moto_speedups.install()
dynamodb_limits.install()
# moto checks no signature, and signing takes a twelfth of a request. Other clients still sign, as in fastpath/.
EVENTS.register("choose-signer.dynamodb", lambda **_: UNSIGNED)
# By default, the collector would search for garbage after every 700 objects. A request makes thousands.
gc.set_threshold(50_000, 20, 20)

PROJECT = Path(__file__).parent.parent
Json = dict[str, Any]
LONGEST = (
    "test_simulation.py",
    "test_rehearsal.py",
    "test_pages_in_browser.py",
    "test_reference_in_browser.py",
    "test_fuzz.py",
    "test_serve.py",
    "test_access.py",
    "test_request_budgets.py",
    "test_simultaneous_requests.py",
    "test_replay.py",
    "test_actions.py",
    "test_change_stream_restarts.py",
    "test_ogsm_deletion.py",
    "test_bad_input.py",
    "test_contract.py",
    "test_as_lambda.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the modules that take longest, so that no worker is left alone with one of them at the end."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONGEST)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options with which `make access`, `capacities` and `rows` write what the tests compare."""
    parser.addoption("--keep-access", action="store_true")
    parser.addoption("--keep-capacities", action="store_true")
    parser.addoption("--keep-rows", action="store_true")


@pytest.fixture(autouse=True)
def _limits_of_dynamodb() -> Iterator[None]:
    """Fail the test if one of its requests exceeds a limit of DynamoDB, even if the service has caught the error."""
    dynamodb_limits.violations.clear()
    yield
    assert dynamodb_limits.violations == []


@pytest.fixture(scope="session")
def server() -> Iterator[LocalDevServer]:
    """Start the local Chalice server on a free port, as `make run` does."""
    sending.verify_sender()
    server = local_api.listen(0)
    app_config.PUBLIC_URL = f"http://127.0.0.1:{server.server.server_address[1]}"
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server.server_close()


@pytest.fixture
def url(server: LocalDevServer) -> str:
    """Return the address of the API, with an empty table."""
    for backend in dynamodb_backends.values():
        for region in backend.values():
            region.reset()
    build_or_restore("empty table", table.create_table)
    return f"http://127.0.0.1:{server.server.server_address[1]}"


@pytest.fixture
def anybody(url: str) -> Iterator[httpx.Client]:
    """Return a client without credentials."""
    with httpx.Client(base_url=url, verify=PLAIN, timeout=60) as client:
        yield client


@pytest.fixture
def sign_in(url: str) -> Iterator[Callable[[Json], httpx.Client]]:
    """Return a function that makes a client from the output of an operator's command."""
    clients: list[httpx.Client] = []

    def make(answer: Json) -> httpx.Client:
        credential = answer["credential"]
        auth = (credential["key"], credential["secret"])
        clients.append(httpx.Client(base_url=url, auth=auth, verify=PLAIN, timeout=60))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def acme(url: str) -> Json:
    """Create an account with an admin, and return it with the admin's credential."""
    ada = {"email": "ada@acme.example", "first_name": "Ada", "last_name": "Admin"}
    return build_or_restore("acme", lambda: operations.create_account(name="Acme", **ada))


@pytest.fixture
def ada(acme: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Return a client of the admin of Acme, with a write credential."""
    return sign_in(acme)


@pytest.fixture
def own(acme: Json) -> str:
    """Return the address of Ada's only credential."""
    return f"/api/credentials/{acme['credential']['key']}"


@pytest.fixture
def mia_user(acme: Json) -> Json:
    """Create a member of Acme, and return the user and a write credential."""
    return operations.create_user(acme["account"]["id"], email="mia@acme.example", first_name="Mia", last_name="Mel")


@pytest.fixture
def mia(mia_user: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Return a client of Mia, a member of Acme."""
    return sign_in(mia_user)


@pytest.fixture
def bob_user(acme: Json) -> Json:
    """Create another admin of Acme, and return the user and a write credential."""
    bob = {"email": "bob@acme.example", "first_name": "Bob", "last_name": "Boss", "role": "admin"}
    return operations.create_user(acme["account"]["id"], **bob)


@pytest.fixture
def bob(bob_user: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Return a client of Bob, another admin of Acme."""
    return sign_in(bob_user)


@pytest.fixture
def world(url: str, acme: Json) -> Iterator[World]:
    """Build a workspace of Ada's, and a client for each role that somebody can have in it."""
    people = build_or_restore("world", lambda: create_people(url, acme))
    with open_world(url, people) as world:
        yield world


@pytest.fixture
def stream(world: World) -> ChangeStream:
    """Switch on the stream of the table. What exists already is older than the stream."""
    return ChangeStream()


@pytest.fixture
def reader(acme: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Return a client of Ada with a credential that may only read."""
    return sign_in(operations.create_credential(acme["user"]["id"], scope="read"))


@pytest.fixture
def stranger(url: str, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Return a client of the admin of another account."""
    return sign_in(
        operations.create_account(name="Other", email="olga@other.example", first_name="Olga", last_name="Other")
    )


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return a clock that stands still until the test lets it go on. The service reads it."""
    clock = Clock()
    monkeypatch.setattr(product_clock, "current_time", lambda: clock.now)
    return clock


@pytest.fixture
def timeline(world: World, monkeypatch: pytest.MonkeyPatch) -> Timeline:
    """Return a clock for tests about the past. Everything in the world is older than it."""
    return Timeline(monkeypatch)


@pytest.fixture
def on() -> Iterator[Hook]:
    """Return a function that registers a handler for an event of the DynamoDB client, for this test only."""
    registered: list[tuple[str, Callable[..., Any]]] = []

    def register(event: str, handler: Callable[..., Any]) -> None:
        registered.append((event, handler))
        EVENTS.register(event, handler)

    yield register
    for event, handler in registered:
        EVENTS.unregister(event, handler)


@pytest.fixture
def asked(on: Hook) -> list[str]:
    """Return the list of operations that are sent to DynamoDB during the test."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    on("before-call.dynamodb", note)
    return names


@pytest.fixture
def meter(url: str) -> Meter:
    """Return a meter that notes the requests to DynamoDB and their capacity units."""
    return Meter(capacities.get_row, capacities.indexes())


@pytest.fixture
def outbox() -> Iterator[list[Json]]:
    """Return the list of mails that are sent through SES during the test."""
    mails: list[Json] = []

    def keep(params: Json, **_: Any) -> None:
        mails.append(params)

    events = sending.client().meta.events
    events.register("before-parameter-build.sesv2.SendEmail", keep)
    yield mails
    events.unregister("before-parameter-build.sesv2.SendEmail", keep)
