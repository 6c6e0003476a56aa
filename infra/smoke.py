"""`python -m infra.smoke --stage dev`: check over HTTP that a deployment works. `make deploy` runs it at the end.

The check creates an account named "Smoke test" in the stack's table if there is none yet. It creates credentials for
one run and revokes them afterwards. It deletes all objects that it creates.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Problem
from infra import aws, deploy, stacks, terminal
from infra.package import STAGES
from infra.stacks import StackError

ACCOUNT_NAME = "Smoke test"
STARTUP_SECONDS = 90  # how long a new address may take until it answers
KeyAndSecret = tuple[str, str]


class SmokeTestError(Exception):
    """The deployment gave a wrong response. The message says what was expected and what came."""


class Deployment:
    """A client of a deployed API, with or without credentials."""

    def __init__(self, url: str, headers: dict[str, str], auth: KeyAndSecret | None = None) -> None:
        self.stage_path = urlsplit(url).path.rstrip("/")
        host = url.removesuffix(self.stage_path)
        self.client = httpx.Client(base_url=host, headers=headers, auth=auth, timeout=30)

    def request(self, status: int, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request and return the response. Raises SmokeTestError if it has another status.

        The path may begin with the stage, as in a Location header.
        """
        address = path if path.startswith(f"{self.stage_path}/") else f"{self.stage_path}{path}"
        response = self.client.request(method, address, **options)
        terminal.show(f"  {method:6} {address} {response.status_code}")
        if response.status_code != status:
            received = f"{response.status_code} {response.text[:500]}"
            raise SmokeTestError(f"{method} {address} should answer {status}, but it answered {received}")
        return response


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all checks. Exit with 1 at the first wrong response, or with one line if AWS cannot be used."""
    options = _build_parser().parse_args(arguments)
    aws.use_region()
    try:
        run_checks(options)
    except SmokeTestError as error:
        terminal.fail(f"{error}\nTo restore what was deployed before, run `make rollback STAGE={options.stage}`.")
    except (StackError, Problem) as error:
        terminal.fail(f"The smoke test could not be run. {error}")
    except (BotoCoreError, ClientError) as error:
        terminal.fail(f"The smoke test could not be run. {aws.explain(error)}")


def run_checks(options: argparse.Namespace) -> None:
    """Run all checks. Raises SmokeTestError at the first wrong response."""
    stack = stacks.get_stack(deploy.stack_name(options.stage))
    # The service's modules read these when they are imported.
    os.environ.update(STACK_NAME=stack.name, TABLE_NAME=stack.outputs["Table"])
    url = options.url or stack.outputs["Url"]
    terminal.show(f"Smoke test of {url}.")
    headers = dict(header.split(": ", 1) for header in options.header)
    anonymous = Deployment(url, headers)
    wait_until_healthy(anonymous)
    with temporary_credentials() as (write, read):
        check_anonymous_access(anonymous, has_gateway_responses=not options.without_gateway_responses)
        check_actions(Deployment(url, headers, write), Deployment(url, headers, read))
        check_workspaces(Deployment(url, headers, write))
    terminal.show(f"{url} works.")


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.smoke", description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev", help="The stage to check. The default is dev.")
    parser.add_argument("--url", help="Another address of the same deployment.")
    parser.add_argument(
        "--header", action="append", default=[], metavar="NAME: VALUE", help="A header to send with every request."
    )
    parser.add_argument(
        "--without-gateway-responses",
        action="store_true",
        help="Skip the responses of API Gateway itself, for an emulator that does not have them.",
    )
    return parser


def wait_until_healthy(anonymous: Deployment) -> None:
    """Wait until the API answers, because a new address takes a moment to work. Raises SmokeTestError."""
    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            anonymous.request(200, "GET", "/health")
        except (SmokeTestError, httpx.TransportError) as error:
            if time.monotonic() > deadline:
                message = f"/health did not answer 200 within {STARTUP_SECONDS} seconds: {error}"
                raise SmokeTestError(message) from None
            time.sleep(2)
        else:
            return


def check_anonymous_access(anonymous: Deployment, *, has_gateway_responses: bool) -> None:
    """Check that a caller without valid credentials gets 401, and that API Gateway itself answers as documented."""
    denied = anonymous.request(401, "GET", "/api/v2/actions.json")
    if not has_gateway_responses:
        print("The responses of API Gateway itself are not checked, because this emulator does not have them.")
        return
    expect(denied.headers.get("www-authenticate", "").startswith("Basic "), "a 401 asks for Basic credentials")
    expect(denied.headers["content-type"] == "application/problem+json", "a 401 is a problem document")
    expect(denied.json()["status"] == 401, "a 401 has its status in the body")
    anonymous.request(401, "GET", "/api/workspaces", auth=("1-0123456789abcdef", "wrong"))
    anonymous.request(404, "GET", "/no/such/address")


def check_actions(writer: Deployment, reader: Deployment) -> None:
    """Create, read, list, change and delete an action, and check that a read-only credential cannot create one."""
    reader.request(403, "POST", "/api/v2/actions.json", json={"title": "Refused"})
    writer.request(404, "GET", "/api/v2/actions/999999999.json")
    created = writer.request(201, "POST", "/api/v2/actions.json", json={"title": "Smoke", "status": {"name": "doing"}})
    address = created.headers["location"]
    read = reader.request(200, "GET", address)
    expect(read.json() == created.json(), "the action that is read is the action that was created")
    reader.request(304, "GET", address, headers={"If-None-Match": read.headers["etag"]})
    actions = reader.request(200, "GET", "/api/v2/actions.json").json()
    expect(created.json() in actions, "the list contains the new action")
    changed = writer.request(200, "PATCH", address, json={"progress": 50})
    expect(changed.json() == created.json() | {"progress": 50}, "an update changes the given field and no other")
    writer.request(200, "DELETE", address)
    writer.request(404, "GET", address)


def check_workspaces(writer: Deployment) -> None:
    """Create a workspace, put an item into it, find the item on the inbox, and delete the workspace."""
    created = writer.request(201, "POST", "/api/workspaces", json={"name": "Smoke"})
    address = created.headers["location"]
    item = writer.request(201, "POST", f"{address}/items", json={"type": "Activity", "name": "Smoke"}).json()
    inbox = writer.request(200, "GET", f"{address}/inbox").json()
    expect(inbox["items"] == [{"activity": item["activity"]}], "the item is on the inbox")
    for link in created.json()["links"]:
        writer.request(200, "GET", link["href"])
    deleted = writer.request(204, "DELETE", address)
    expect(deleted.content == b"", "a 204 has no body")
    writer.request(404, "GET", address)


def expect(condition: bool, statement: str) -> None:
    """Raise SmokeTestError with the statement unless the condition is true."""
    if not condition:
        raise SmokeTestError(f"This is not true: {statement}.")


@contextmanager
def temporary_credentials() -> Iterator[list[KeyAndSecret]]:
    """Create a write credential and a read credential, and revoke both after the block."""
    from infra import operations

    user = find_smoke_user() or create_smoke_account()
    created = [operations.create_credential(user, scope=scope)["credential"] for scope in ("write", "read")]
    try:
        yield [(credential["key"], credential["secret"]) for credential in created]
    finally:
        for credential in created:
            operations.revoke_credential(credential["key"])


def find_smoke_user() -> str | None:
    """Return the id of the user of this check's account, or None if there is no such account yet."""
    from infra import operations

    accounts = operations.list_accounts()["accounts"]
    account = next((one["id"] for one in accounts if one["name"] == ACCOUNT_NAME), None)
    return None if account is None else str(operations.list_users(account)["users"][0]["id"])


def create_smoke_account() -> str:
    """Create the account of this check, revoke its first credential and return the id of its user."""
    from infra import operations, usage_keys

    person = {"email": "smoke@test.example", "first_name": "Smoke", "last_name": "Test"}
    created = usage_keys.create_account(name=ACCOUNT_NAME, **person)
    expect(created.get("finished", True), f"the account {ACCOUNT_NAME} has its API key: {created.get('error')}")
    operations.revoke_credential(created["credential"]["key"])
    return str(created["user"]["id"])


if __name__ == "__main__":
    main()
