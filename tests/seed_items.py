"""`python -m tests.seed_items ACCOUNT USER WORKSPACE STACK COUNT`: so many items at once on a stack."""

import sys

from chalicelib.domain import activities, copies, items
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.spaces import Activity


def fill(account: int, user: str, workspace: int, stack: int, count: int, text: str = "words " * 20) -> list[int]:
    """Takes one block of ids and writes the items in batches. Answers their ids, the highest first."""
    last = table.count_up(account, "ids", by=count)
    caller = Caller(account, user, "", "write")
    with Activity.batch_write() as batch:
        for number in range(last - count + 1, last + 1):
            order = items.order_now(number - last)
            doc = activities.blank(number, user, {"name": f"item {number}", "description": text})
            where = {"id": number, "workspace": workspace, "stack": stack, "order": order}
            activity = Activity.at(account, number, **where, doc=doc)
            for item in (activity, *copies.of(caller, activity)):
                item.version = 1
                batch.save(item)
    return list(range(last, last - count, -1))


if __name__ == "__main__":
    account, user, workspace, stack, count = sys.argv[1:]
    fill(int(account), user, int(workspace), int(stack), int(count))
