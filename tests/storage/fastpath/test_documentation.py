"""botocore works without its documentation, which can still be imported by others."""

import json
import subprocess
import sys
from typing import Any

import pytest

from chalicelib.storage.fastpath.documentation import MODULES, import_botocore
from infra.testing.processes import PROJECT, environment

PROGRAM = """
import sys, chalicelib.storage
import botocore.session
has_documentation = bool({"botocore.docs", "html.parser"} & sys.modules.keys())
session = botocore.session.get_session()
clients = [session.create_client(name) for name in ("dynamodb", "sesv2")]
clients[0].get_paginator("query"), clients[0].get_waiter("table_exists")
requests = []
clients[0].meta.events.register("before-send", lambda request, **_: requests.append(request))
try:
    clients[0].get_item(TableName="one", Key={"pk": {"S": "two"}})
except Exception as error:
    failure = type(error).__name__
import boto3, botocore.docs, json
print(json.dumps({
    "has documentation": has_documentation,
    "members": [sorted(name for name in dir(one) if not name.startswith("__")) for one in clients],
    "request": [requests[0].method, requests[0].body.decode(), requests[0].headers["X-Amz-Target"].decode()],
    "failure": failure,
    "later": [botocore.docs.__file__ is not None, boto3.resource("dynamodb").Table("one").name],
}))
"""


def run(fastpath: str) -> Any:
    settings = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    settings |= {"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1", "FASTPATH": fastpath}
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, env=environment(**settings), capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.mark.slow
def test_clients_are_those_of_botocore_without_documentation() -> None:
    without, whole = run(""), run("off")
    assert [without.pop("has documentation"), whole.pop("has documentation")] == [False, True]
    assert without == whole
    assert without["later"] == [True, "one"]


def test_nothing_is_replaced_once_botocore_has_been_imported() -> None:
    import botocore.docs

    before = {name: sys.modules.get(name) for name in MODULES}
    import_botocore()
    assert {name: sys.modules.get(name) for name in MODULES} == before
    assert botocore.docs.__file__
