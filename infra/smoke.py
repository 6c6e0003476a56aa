"""`python -m infra.smoke --stage dev`: whether a deployment works, tried over HTTP with credentials of its own.

The account "Smoke test" is made in the stack's table the first time. Its credentials last for one run,
and what a run makes it removes again.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra import deploy
from infra.package import STAGES

ACCOUNT = "Smoke test"
PATIENCE = 90  # seconds until a new address has to be known everywhere
Json = dict[str, Any]


class Failure(Exception):
    """What was expected and what came."""


class Deployment:
    """A deployed API, as somebody sees it who has credentials or none."""

    def __init__(self, url: str, headers: dict[str, str], auth: tuple[str, str] | None = None) -> None:
        self.stage = urlsplit(url).path.rstrip("/")
        self.client = httpx.Client(base_url=url.removesuffix(self.stage), headers=headers, auth=auth, timeout=30)

    def ask(self, status: int, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer. Raises Failure if it has another status."""
        address = path if path.startswith(f"{self.stage}/") else f"{self.stage}{path}"
        answer = self.client.request(method, address, **more)
        print(f"{method:6} {address} {answer.status_code}")
        if answer.status_code != status:
            raise Failure(f"{method} {address} should answer {status}: {answer.status_code} {answer.text[:500]}")
        return answer


def main(arguments: Sequence[str] | None = None) -> None:
    """Tries everything once; exits with 1 at the first thing that is wrong."""
    options = _parser().parse_args(arguments)
    told = deploy.outputs(deploy.stack_of(options.stage))
    url, headers = options.url or told["Url"], dict(header.split(": ", 1) for header in options.header)
    try:
        nobody = Deployment(url, headers)
        await_health(nobody)
        with credentials(told["Table"]) as (writer, reader):
            try_strangers(nobody, gateway_responses=not options.without_gateway_responses)
            try_actions(Deployment(url, headers, writer), Deployment(url, headers, reader))
            try_workspaces(Deployment(url, headers, writer))
    except Failure as failure:
        sys.exit(f"{failure}\n`make rollback STAGE={options.stage}` puts back what was there before.")
    print(f"{url} works.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="infra.smoke", description=__doc__)
    parser.add_argument("--stage", choices=STAGES, default="dev")
    parser.add_argument("--url", help="another address of the same deployment")
    parser.add_argument("--header", action="append", default=[], help="Name: value, with every request")
    parser.add_argument("--without-gateway-responses", action="store_true", help="for an emulator that has none")
    return parser


def await_health(nobody: Deployment) -> None:
    """Returns when the API answers at all: a new address takes a moment to be known."""
    latest = time.monotonic() + PATIENCE
    while True:
        try:
            nobody.ask(200, "GET", "/health")
        except (Failure, httpx.TransportError) as error:
            if time.monotonic() > latest:
                raise Failure(f"/health did not answer 200 within {PATIENCE} seconds: {error}") from None
            time.sleep(2)
        else:
            return


def try_strangers(nobody: Deployment, *, gateway_responses: bool) -> None:
    """Whoever has no credentials is told so, and sees nothing."""
    denied = nobody.ask(401, "GET", "/api/v2/actions.json")
    if not gateway_responses:
        print("The gateway's own answers are not tried: this emulator does not read them from the API's definition.")
        return
    expect(denied.headers.get("www-authenticate", "").startswith("Basic "), "a 401 asks for Basic credentials")
    expect(denied.headers["content-type"] == "application/problem+json", "a 401 is a problem document")
    expect(denied.json()["status"] == 401, "a 401 says so in its body")
    nobody.ask(401, "GET", "/api/workspaces", auth=("1-0123456789abcdef", "wrong"))
    nobody.ask(404, "GET", "/no/such/address")


def try_actions(writer: Deployment, reader: Deployment) -> None:
    """An action is made, read, changed and removed; a credential that may only read cannot do so."""
    reader.ask(403, "POST", "/api/v2/actions.json", json={"title": "Refused"})
    writer.ask(404, "GET", "/api/v2/actions/999999999.json")
    made = writer.ask(201, "POST", "/api/v2/actions.json", json={"title": "Smoke", "status": {"name": "doing"}})
    address = made.headers["location"]
    read = reader.ask(200, "GET", address)
    expect(read.json() == made.json(), "what was made is what is read")
    reader.ask(304, "GET", address, headers={"If-None-Match": read.headers["etag"]})
    listed = reader.ask(200, "GET", "/api/v2/actions.json").json()
    expect(made.json() in listed, "the list holds what was made")
    changed = writer.ask(200, "PATCH", address, json={"progress": 50})
    expect(changed.json() == made.json() | {"progress": 50}, "a change changes what it names and nothing else")
    writer.ask(200, "DELETE", address)
    writer.ask(404, "GET", address)


def try_workspaces(writer: Deployment) -> None:
    """A workspace is made, an item put inside and found on its inbox, and all of it deleted."""
    made = writer.ask(201, "POST", "/api/workspaces", json={"name": "Smoke"})
    address = made.headers["location"]
    item = writer.ask(201, "POST", f"{address}/items", json={"type": "Activity", "name": "Smoke"}).json()
    inbox = writer.ask(200, "GET", f"{address}/inbox").json()
    expect(inbox["items"] == [{"activity": item["activity"]}], "the item is on the inbox")
    for link in made.json()["links"]:
        writer.ask(200, "GET", link["href"])
    gone = writer.ask(204, "DELETE", address)
    expect(gone.content == b"", "a 204 has no body")
    writer.ask(404, "GET", address)


def expect(fact: bool, what: str) -> None:
    """Raises Failure unless it is so."""
    if not fact:
        raise Failure(f"This does not hold: {what}.")


@contextmanager
def credentials(table: str) -> Iterator[list[tuple[str, str]]]:
    """A credential that may write and one that may read, revoked at the end."""
    accounts = [str(one["id"]) for one in admin(table, "list-accounts")["accounts"] if one["name"] == ACCOUNT]
    user = admin(table, "list-users", "--account", accounts[0])["users"][0]["id"] if accounts else founded(table)
    keys = [admin(table, "create-credential", "--user", user, "--scope", scope) for scope in ("write", "read")]
    try:
        yield [(one["credential"]["key"], one["credential"]["secret"]) for one in keys]
    finally:
        for one in keys:
            admin(table, "revoke-credential", "--key", one["credential"]["key"])


def founded(table: str) -> str:
    """The only user of a new account, whose first credential is revoked at once."""
    person = ("--email", "smoke@test.example", "--first-name", "Smoke", "--last-name", "Test")
    made = admin(table, "create-account", "--name", ACCOUNT, *person)
    admin(table, "revoke-credential", "--key", made["credential"]["key"])
    return str(made["user"]["id"])


def admin(table: str, *command: str) -> Json:
    """What infra.admin answers, on this table."""
    run = [sys.executable, "-m", "infra.admin", *command]
    answer = subprocess.run(run, stdout=subprocess.PIPE, text=True, env=os.environ | {"TABLE_NAME": table}, check=False)
    expect(answer.returncode == 0, f"infra.admin {command[0]} works on the table {table}")
    told: Json = json.loads(answer.stdout)
    return told


if __name__ == "__main__":
    main()
