"""Enter the plan of plan.json through the API: three canvases with 120 actions and 2,000 measurements.

It needs Python 3.11 and no packages. `KEY` is a key and its secret, as `make run` prints them:

    export KEY=1-0123456789abcdef:the-secret
    python3 -m docs.examples.enter_plan http://127.0.0.1:8000

Run it in the folder of the project. It can be run again, also after it was interrupted: what exists already is found by
its title and not created twice.
"""

import argparse
import base64
import http.client
import json
import os
import sys
import time
import uuid
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from docs.examples.plan_file import ITEMS, MEASURED, REPORTED, read_plan, title_of, to_body, to_measurements

Json = dict[str, Any]

ATTEMPTS = 5


class ApiError(Exception):
    """The API has refused a request. The text has the status and the reason."""


class Api:
    """A client of the API with one connection. `key` is the key and the secret of a credential, as `key:secret`."""

    def __init__(self, url: str, key: str) -> None:
        self._address = urlsplit(url)
        basic = base64.b64encode(key.encode()).decode()
        self._headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
        self._connection = self._connect()

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """Return the JSON that the API answers. Raises ApiError, and OSError or HTTPException without a connection.

        A request is sent again if its answer got lost, or if the API asks for another attempt. With the Idempotency-Key
        the API creates nothing twice.
        """
        headers = self._headers | ({"Idempotency-Key": uuid.uuid4().hex} if method == "POST" else {})
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                response, content = self._send(method, path, body, headers)
            except (OSError, http.client.HTTPException):
                if not attempts_left:
                    raise
                self._connection = self._connect()
                continue
            if response.status < 400:
                return json.loads(content)
            wait = response.headers.get("Retry-After")
            if wait is None or not attempts_left:
                break
            time.sleep(int(wait))
        raise ApiError(f"{method} {path} was answered with {response.status}: {content.decode()}")

    def _send(
        self, method: str, path: str, body: Json | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        text = None if body is None else json.dumps(body)
        self._connection.request(method, self._address.path.rstrip("/") + path, text, headers)
        response = self._connection.getresponse()
        return response, response.read()

    def _connect(self) -> http.client.HTTPConnection:
        is_safe = self._address.scheme == "https"
        kind = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
        return kind(self._address.netloc, timeout=30)


class PlanEntry:
    """Enters a plan, and counts what is new. The file counts its months from that of `today`."""

    def __init__(self, api: Api, today: date) -> None:
        self._api = api
        self._today = today
        self._ids: dict[tuple[str, str], int] = {}

    def enter_items(self, noun: str, items: list[Json]) -> int:
        """Create the objects of a noun that do not exist yet. Return the number of those."""
        stored = {title_of(one): one["id"] for one in self._api.call("GET", f"/api/v2/{noun}.json")}
        missing = [item for item in items if title_of(item) not in stored]
        self._ids |= {(noun, title): object_id for title, object_id in stored.items()}
        for item in missing:
            created = self._api.call("POST", f"/api/v2/{noun}.json", to_body(noun, item, self._ids, self._today))
            self._ids[noun, title_of(item)] = created["id"]
        return len(missing)

    def enter_reports(self, subject: str, reports: list[Json]) -> int:
        """Create the reports on a kind of item that do not exist yet. Return the number of those."""
        path = f"/api/v2/{subject}_progress_reports.json"
        stored = {(one[subject]["id"], one["description"]) for one in self._api.call("GET", path)}
        bodies = [to_body(path, report, self._ids, self._today) for report in reports]
        missing = [body for body in bodies if (body[subject]["id"], body["description"]) not in stored]
        for body in missing:
            self._api.call("POST", path, body)
        return len(missing)

    def enter_measurements(self, noun: str, items: list[Json]) -> int:
        """Set the measurements of the goals or KPIs. PUT can be repeated. Return the number of measurements."""
        count = 0
        for item in items:
            path = f"/api/v2/{noun}/{self._ids[noun, title_of(item)]}/measurements"
            for day, body in to_measurements(item, self._today):
                self._api.call("PUT", f"{path}/{day}.json", body)
                count += 1
        return count


def enter_plan(api: Api, plan: dict[str, list[Json]], today: date) -> None:
    """Enter a plan, and print what was done."""
    entry = PlanEntry(api, today)
    for noun in ITEMS:
        print(f"{noun}: {entry.enter_items(noun, plan[noun])} of {len(plan[noun])} created")
    for subject in REPORTED:
        reports = plan[f"{subject}_progress_reports"]
        print(f"{subject}_progress_reports: {entry.enter_reports(subject, reports)} of {len(reports)} created")
    for singular, noun in MEASURED.items():
        print(f"{singular}_measurements: {entry.enter_measurements(noun, plan[noun])} set")


def main() -> None:
    """Enter the plan into the account of the credential in the environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="The address of the service, such as http://127.0.0.1:8000.")
    url, key = parser.parse_args().url, os.environ.get("KEY")
    if not key:
        sys.exit("Set KEY to the key and the secret of a credential with the scope write, with a colon between.")
    try:
        enter_plan(Api(url, key), read_plan(), datetime.now(UTC).date())
    except (ApiError, OSError, http.client.HTTPException) as error:
        sys.exit(f"Not everything was entered. Run it again when this is solved: {error}")


if __name__ == "__main__":
    main()
