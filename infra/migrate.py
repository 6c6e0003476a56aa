"""`python -m infra.admin migrate`: rewrite the rows whose document has an older version, while the service is running.

The command scans the table, which requests never do: only a scan finds the rows of all accounts without a list of all
kinds of partitions. A row is written on condition that its document is still the one that was read. The condition
protects copies as well, which have no version of their own. The command writes the document and its version, and no
other attribute. It does not count as a change: ETags stay valid, and a request that has read the row before can still
write it.
"""

import base64
import binascii
import json
import sys
from collections import Counter
from functools import partial
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib import config, errors
from chalicelib.storage.connection import table_connection
from chalicelib.storage.failures import translate_errors
from chalicelib.storage.models.base import MAX_DOCUMENT_BYTES, Item, Row, StoredDocument, class_of_kind
from chalicelib.storage.parallel import run_parallel
from infra.row_chart import row_classes

PAGE_ROWS = 500  # rows of one Scan. After each page the command can be stopped and continued
ATTRIBUTES = ["pk", "sk", "kind", "doc", "doc_version"]
CHECKED, MIGRATED, NEWER, TOO_LARGE = "checked", "migrated", "newer", "too_large"


def migrate(start: str | None = None) -> dict[str, Any]:
    """Rewrite all rows with an older document, or those from a cursor on. Return how many there were of each outcome.

    Ctrl-C stops the command. It then returns the cursor with which it can be continued. Raises errors.Invalid if
    `start` is not a cursor.
    """
    cursor = start
    counts: Counter[str] = Counter(dict.fromkeys((CHECKED, MIGRATED, NEWER, TOO_LARGE), 0))
    is_outdated = _build_filter()
    is_finished = is_outdated is None  # no kind of document has a migration
    try:
        while not is_finished:
            page = _read_page(cursor, is_outdated)
            outcomes = run_parallel([partial(_migrate_item, item) for item in page["Items"]])
            counts.update(outcome for outcome in outcomes if outcome)
            counts[CHECKED] += page["ScannedCount"]
            is_finished = "LastEvaluatedKey" not in page
            cursor = None if is_finished else _write_cursor(page["LastEvaluatedKey"])
            _print_progress(counts, cursor)
    except KeyboardInterrupt:
        print("Stopped. Every row is either as it was or complete.", file=sys.stderr)
    return {"table": config.TABLE_NAME, **counts, "finished": is_finished, "next": cursor}


def _build_filter() -> Condition | None:
    """Return the condition that a document does not have the current version, or None if all are in their first."""
    outdated: Condition | None = None
    for row_class in row_classes():
        if issubclass(row_class, StoredDocument) and (version := row_class.doc_format.version):
            is_other = row_class.doc_version.does_not_exist() | (row_class.doc_version != version)
            condition: Condition = (Row.kind == row_class) & is_other
            outdated = condition if outdated is None else outdated | condition
    return outdated


@translate_errors()
def _read_page(cursor: str | None, is_outdated: Condition | None) -> dict[str, Any]:
    """Return the rows of the next page whose document is not current. Raises errors.Invalid for a wrong cursor."""
    position: Any = _read_cursor(cursor) if cursor else None
    page: dict[str, Any] = table_connection.connection.scan(
        config.TABLE_NAME,
        filter_condition=is_outdated,
        attributes_to_get=ATTRIBUTES,
        limit=PAGE_ROWS,
        exclusive_start_key=position,
        consistent_read=True,
    )
    return page


def _migrate_item(item: Item) -> str | None:
    """Rewrite a row in the current version, and return the outcome. Return None if that is no longer necessary.

    If a request was faster, read the row again and decide anew.
    """
    row_class: type[StoredDocument] = class_of_kind(item["kind"]["S"])
    if row_class.doc_format.is_newer(_text(item, "doc_version")):
        return NEWER
    upgraded = row_class.upgrade_item(item)
    if upgraded == item:
        return None
    if len(upgraded["doc"]["S"].encode()) > MAX_DOCUMENT_BYTES:
        return TOO_LARGE
    try:
        _replace_document(item, upgraded)
    except errors.Stale:
        current = _read_again(item)
        return _migrate_item(current) if current else None
    return MIGRATED


@translate_errors()
def _replace_document(item: Item, upgraded: Item) -> None:
    """Write the upgraded document of a row. Raises errors.Stale if the document is not the one that was read."""
    version = _text(item, "doc_version")
    stored_version, stored_text = StoredDocument.doc_version, Path("doc")
    is_unchanged = stored_version == version if version else stored_version.does_not_exist()
    table_connection.update_item(
        item["pk"]["S"],
        item["sk"]["S"],
        actions=[stored_text.set(upgraded["doc"]["S"]), stored_version.set(upgraded["doc_version"]["S"])],
        condition=(stored_text == item["doc"]["S"]) & is_unchanged,
    )


@translate_errors()
def _read_again(item: Item) -> Item | None:
    key = item["pk"]["S"], item["sk"]["S"]
    current: Item | None = table_connection.get_item(*key, consistent_read=True).get("Item")
    return current


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _print_progress(counts: Counter[str], cursor: str | None) -> None:
    line = f"{counts[CHECKED]} rows checked, {counts[MIGRATED]} rewritten."
    print(line if cursor is None else f"{line} To continue from here: --start {cursor}", file=sys.stderr, flush=True)


def _write_cursor(key: Item) -> str:
    """Return the key of a row as text that a shell leaves as it is."""
    return base64.urlsafe_b64encode(json.dumps([key["pk"]["S"], key["sk"]["S"]]).encode()).decode()


def _read_cursor(cursor: str) -> dict[str, Any]:
    """Return the key in a cursor. Raises errors.Invalid."""
    try:
        partition, sort = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise errors.Invalid([{"pointer": "#/start", "detail": "must be a cursor that this command printed"}]) from None
    return {"pk": {"S": partition}, "sk": {"S": sort}}
