"""`python -m tests.support.seed_items ACCOUNT USER WORKSPACE STACK COUNT`: so many items at once on a stack."""

import sys

from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.keys import new_order
from infra.testing.rows import store_rows


def fill(account: int, user: str, workspace: int, stack: int, count: int, text: str = "words " * 20) -> list[int]:
    """Takes one block of ids and writes the items in batches. Answers their ids, the highest first."""
    last = next_id(account, "ids", by=count)
    caller = Caller(account, user, "", "write")
    rows: list[Row] = []
    for number in range(last - count + 1, last + 1):
        order = new_order(number - last)
        doc = documents.new_document(number, user, {"name": f"item {number}", "description": text})
        where = {"id": number, "workspace": workspace, "stack": stack, "order": order}
        activity = Activity.at(account, number, **where, doc=doc)
        rows += [activity, *copies.all_copies(caller, activity)]
    store_rows(rows)
    return list(range(last, last - count, -1))


if __name__ == "__main__":
    account, user, workspace, stack, count = sys.argv[1:]
    fill(int(account), user, int(workspace), int(stack), int(count))
