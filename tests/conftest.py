"""The API on a real socket over moto, and people of two accounts who call it."""

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
for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SESV2", "ALLOWED_ORIGINS"):
    os.environ.pop(name, None)

from moto import mock_aws

mock_aws().start()

import httpx
import pytest
from chalice.cli.factory import CLIFactory
from chalice.local import LocalDevServer, create_local_server
from moto.dynamodb.models import dynamodb_backends

from chalicelib.http import local_server
from chalicelib.mail import sending
from chalicelib.storage import table
from infra import operations
from infra.testing.meter import Meter
from infra.testing.processes import PLAIN
from infra.testing.world import World, create_people, open_world
from tests.support import capacities, contract, quick_moto
from tests.support.failures import EVENTS, Hook
from tests.support.moments import recalled

send = httpx.Client.send


def sent_and_checked(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
    """What httpx answers, held against the OpenAPI document."""
    response = send(client, request, **more)
    contract.check(response)
    return response


httpx.Client.send = sent_and_checked  # type: ignore[assignment, method-assign]
quick_moto.install()

PROJECT = Path(__file__).parent.parent
Json = dict[str, Any]
LONG = ("test_fuzz.py", "test_load_workspaces.py", "test_rehearsal.py")  # a minute of work each


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Lets `make capacities` write down what a route takes of DynamoDB, in place of comparing it."""
    parser.addoption("--keep-capacities", action="store_true")


@pytest.fixture(scope="session")
def server() -> Iterator[LocalDevServer]:
    """The local chalice server, as `make run` starts it, on a free port."""
    local_server.install()
    sending.verify_sender()
    config = CLIFactory(str(PROJECT), environ=os.environ).create_config_obj(chalice_stage_name="dev")
    server = create_local_server(config.chalice_app, config, "127.0.0.1", 0)
    thread = threading.Thread(target=server.server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server.server_close()


@pytest.fixture
def url(server: LocalDevServer) -> str:
    """Where the API answers, with an empty table behind it."""
    for backend in dynamodb_backends.values():
        for region in backend.values():
            region.reset()
    table.create_table()
    return f"http://127.0.0.1:{server.server.server_address[1]}"


@pytest.fixture
def anybody(url: str) -> Iterator[httpx.Client]:
    """A client without credentials."""
    with httpx.Client(base_url=url, verify=PLAIN, timeout=60) as client:
        yield client


@pytest.fixture
def sign_in(url: str) -> Iterator[Callable[[Json], httpx.Client]]:
    """Makes a client of what the operator's commands answer."""
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
    """An account, its admin and that admin's credential."""
    ada = {"email": "ada@acme.example", "first_name": "Ada", "last_name": "Admin"}
    return recalled("acme", lambda: operations.create_account(name="Acme", **ada))


@pytest.fixture
def ada(acme: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """The admin of Acme, with a write credential."""
    return sign_in(acme)


@pytest.fixture
def own(acme: Json) -> str:
    """The address of Ada's only credential."""
    return f"/api/credentials/{acme['credential']['key']}"


@pytest.fixture
def mia_card(acme: Json) -> Json:
    """A member of Acme."""
    return operations.create_user(acme["account"]["id"], email="mia@acme.example", first_name="Mia", last_name="Mel")


@pytest.fixture
def mia(mia_card: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Mia, with a write credential."""
    return sign_in(mia_card)


@pytest.fixture
def bob_card(acme: Json) -> Json:
    """Another admin of Acme."""
    bob = {"email": "bob@acme.example", "first_name": "Bob", "last_name": "Boss", "role": "admin"}
    return operations.create_user(acme["account"]["id"], **bob)


@pytest.fixture
def bob(bob_card: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Bob, with a write credential."""
    return sign_in(bob_card)


@pytest.fixture
def world(url: str, acme: Json) -> Iterator[World]:
    """Everybody who can stand to a workspace of Ada's."""
    people = recalled("world", lambda: create_people(url, acme))
    with open_world(url, people) as world:
        yield world


@pytest.fixture
def reader(acme: Json, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """Ada again, with a credential that may only read."""
    return sign_in(operations.create_credential(acme["user"]["id"], scope="read"))


@pytest.fixture
def stranger(url: str, sign_in: Callable[[Json], httpx.Client]) -> httpx.Client:
    """The admin of another account."""
    return sign_in(
        operations.create_account(name="Other", email="olga@other.example", first_name="Olga", last_name="Other")
    )


@pytest.fixture
def on() -> Iterator[Hook]:
    """Registers what happens on an event of the DynamoDB client."""
    registered: list[tuple[str, Callable[..., Any]]] = []

    def register(event: str, handler: Callable[..., Any]) -> None:
        registered.append((event, handler))
        EVENTS.register(event, handler)

    yield register
    for event, handler in registered:
        EVENTS.unregister(event, handler)


@pytest.fixture
def asked(on: Hook) -> list[str]:
    """The operations that are sent to DynamoDB."""
    names: list[str] = []

    def note(model: Any, **_: Any) -> None:
        names.append(model.name)

    on("before-call.dynamodb", note)
    return names


@pytest.fixture
def meter(url: str) -> Meter:
    """Notes what is sent to DynamoDB while it is on, with the units that it takes."""
    return Meter(capacities.get_row, capacities.indexes())


@pytest.fixture
def outbox() -> Iterator[list[Json]]:
    """The mails that are sent through SES, as it is given them."""
    mails: list[Json] = []

    def keep(params: Json, **_: Any) -> None:
        mails.append(params)

    events = sending.client().meta.events
    events.register("before-parameter-build.sesv2.SendEmail", keep)
    yield mails
    events.unregister("before-parameter-build.sesv2.SendEmail", keep)
