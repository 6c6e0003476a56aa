"""ministack's DynamoDB and SES, called without its HTTP interface, which has more services and needs no key."""

import copy
import logging
from typing import Any
from urllib.parse import parse_qs

from infra.store_access import StoreRequest, StoreResponse, error_response

ACCOUNT, REGION = "000000000000", "us-east-1"  # the account of every access key that is no account number
DYNAMODB = "DynamoDB_20120810"  # in the header X-Amz-Target
MAIL_PATH = "/v2/email/"

_log = logging.getLogger(__name__)

READS = frozenset(
    {
        "BatchGetItem",
        "DescribeEndpoints",
        "DescribeLimits",
        "DescribeTable",
        "DescribeTimeToLive",
        "GetItem",
        "ListTables",
        "Query",
        "Scan",
        "TransactGetItems",
    }
)
# All of these have the same effect when they are carried out again in the same order, except for the date and the id of
# a new table or stream. UpdateTimeToLive is missing: ministack would then remove rows without a request.
WRITES = frozenset(
    {
        "BatchWriteItem",
        "CreateTable",
        "DeleteItem",
        "DeleteTable",
        "PutItem",
        "TransactWriteItems",
        "UpdateItem",
        "UpdateTable",
    }
)


async def carry_out(name: str, body: bytes) -> StoreResponse:
    """Carry out one operation of DynamoDB, without yielding to other tasks, so that operations never overlap."""
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    with request_scope(ACCOUNT, REGION):
        target = {"x-amz-target": f"{DYNAMODB}.{name}"}
        try:
            return _read_response(*await dynamodb.handle_request("POST", "/", target, body, {}))
        except Exception:  # a request that ministack cannot handle must not end the store
            _log.exception("The operation %s failed.", name)
            return error_response(500, "InternalServerError", "The store could not carry out the operation.")


async def answer_mail_request(request: StoreRequest) -> StoreResponse:
    """Answer a request to SES."""
    from ministack.core.responses import request_scope
    from ministack.services import ses_v2

    with request_scope(ACCOUNT, REGION):
        query = parse_qs(request.query, keep_blank_values=True)
        headers = dict(request.headers)
        return _read_response(*await ses_v2.handle_request(request.method, request.path, headers, request.body, query))


def copy_tables() -> Any:
    """Return a copy of all tables. It shares the rows with the emulator, which never changes a row, but replaces it.

    The emulator's own copy has copies of the rows too. With a few hundred thousand of them, making it takes so long
    that all requests fail meanwhile. This uses internals of ministack, because it has no other way.
    """
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import dynamodb

    module: Any = dynamodb
    copies = AccountRegionScopedDict()
    for place, table in module._tables.all_items():
        kept = {name: value for name, value in table.items() if name not in ("items", module._INDEX_MEMBERS)}
        rows = {partition: dict(rows) for partition, rows in table["items"].items()}
        copies.set_scoped(*place, copy.deepcopy(kept) | {"items": rows})
    return copies


def load_tables(tables: Any) -> None:
    """Put tables that `copy_tables` has returned into an emulator that has none."""
    from ministack.services import dynamodb

    dynamodb.load_persisted_state({"tables": tables})


def take_stream_records(table: str) -> list[Any]:
    """Return the records in the stream of a table, the oldest first, and remove them from the emulator.

    Their images are the rows of the emulator. It never changes a row, but replaces it.
    """
    from ministack.core.responses import request_scope
    from ministack.services import dynamodb

    with request_scope(ACCOUNT, REGION):
        kept = dynamodb.stream_live_records(table)  # the emulator's own list; otherwise it keeps records for a day
        taken = list(kept)
        kept.clear()
        return taken


def _read_response(status: int, headers: dict[str, str], body: bytes | str) -> StoreResponse:
    return StoreResponse(status, headers, body if isinstance(body, bytes) else body.encode())
